"""Backup: everything as one file, and back again."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web

from webui.client import FieldError, Refused, read_errors
from webui.forms import Form
from webui.page import go_to, render
from webui.records import one_error
from webui.session import visit_of

CHUNK = 256 * 1024


async def backup_page(request: web.Request) -> web.Response:
    """Offer the archive, and ask for one."""
    if not visit_of(request).is_administrator:
        raise web.HTTPForbidden
    return render(request, "backup.html", {"form": Form({})})


async def restore(request: web.Request) -> web.StreamResponse:
    """Hand an archive to the box as it arrives: it may be larger than the memory."""
    visit = visit_of(request)
    errors: tuple[FieldError, ...] = one_error("file", "no_file")
    reader = await request.multipart()
    async for part in reader:
        if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
            headers = {"Authorization": f"Bearer {visit.token}", "Content-Type": "application/gzip"}
            answer = await visit.client.stream("POST", "/restore", headers, _chunks(part))
            async with answer:
                if answer.status < 400:
                    return go_to("/backup", "restored")
                if answer.status == 401:
                    raise Refused(401, ())
                body = await answer.json() if answer.content_type == "application/json" else None
                errors = read_errors(body)
            break
    response = render(request, "backup.html", {"form": Form({}, errors=errors)})
    response.set_status(422)
    return response


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield chunk


ROUTES = (web.get("/backup", backup_page), web.post("/backup/restore", restore))
