"""Backup and restore: everything the office keeps, as one archive."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import IO

from aiohttp import web

from appliance.control.bodies import nothing
from appliance.control.errors import ApiError, FieldError
from appliance.control.routes import Access, Route, box_of
from appliance.control.uploads import uploaded_chunks
from appliance.storage.backup import write_archive
from appliance.storage.errors import StorageError

CHUNK = 256 * 1024
LARGEST_ARCHIVE = 64 * 1024**3
ARCHIVE_TYPE = "application/gzip"


async def send_backup(request: web.Request) -> web.StreamResponse:
    """The archive of everything, made beside the data and removed once sent."""
    box = box_of(request)
    moment = box.now()
    # Beside the data: it may be larger than the memory or /tmp, and is as secret as the data.
    with tempfile.TemporaryFile(dir=box.data) as file:
        await box.in_thread(lambda: write_archive(box.data, file, moment.isoformat()))
        size = await box.in_thread(partial(file.seek, 0, 2))
        await box.in_thread(partial(file.seek, 0))
        return await _stream(request, file, size, f"autocom-{moment:%Y-%m-%d-%H%M}.tar.gz")


async def _stream(request: web.Request, file: IO[bytes], size: int, name: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Cache-Control": "no-store"})
    response.content_type = ARCHIVE_TYPE
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    await response.prepare(request)
    while chunk := await box_of(request).in_thread(partial(file.read, CHUNK)):
        await response.write(chunk)
    await response.write_eof()
    return response


async def take_restore(request: web.Request) -> web.Response:
    """Replace everything by what an archive holds; the box restarts."""
    box = box_of(request)
    with tempfile.TemporaryDirectory(dir=box.data, prefix=".incoming-") as folder:
        archive = Path(folder) / "archive.tar.gz"
        await _receive(request, archive)
        try:
            await box.restore(archive)
        except StorageError as error:
            if not error.code.startswith("archive_"):
                raise
            raise ApiError(422, [FieldError(field="file", code=error.code, message=str(error))]) from error
    return nothing()


async def _receive(request: web.Request, archive: Path) -> None:
    box = box_of(request)
    with open(archive, "wb") as file:
        async for chunk in uploaded_chunks(request, LARGEST_ARCHIVE):
            await box.in_thread(partial(file.write, chunk))


ROUTES = (
    Route(
        "GET",
        "/backup",
        send_backup,
        Access.ADMINISTRATOR,
        "Everything in one archive",
        "archive",
        gives_type=ARCHIVE_TYPE,
    ),
    Route(
        "POST",
        "/restore",
        take_restore,
        Access.ADMINISTRATOR,
        "Replace everything by an archive; the box restarts",
        "archive",
        takes={"type": "string", "format": "binary"},
        takes_type=ARCHIVE_TYPE,
        status=204,
    ),
)
