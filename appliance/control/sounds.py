"""Sound files sent out, whole or in parts."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from appliance.control.errors import refusal
from appliance.control.routes import box_of

TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"}


async def sound_answer(
    request: web.Request, path: Path, download_as: str | None = None
) -> web.StreamResponse:
    """A sound file; aiohttp answers ranges. Raises ApiError 404 no_audio when it is not there."""
    if not await box_of(request).in_thread(path.is_file):
        raise refusal(404, "no_audio")
    headers = {
        "Cache-Control": "no-store",
        "Content-Type": TYPES.get(path.suffix, "application/octet-stream"),
    }
    if download_as is not None:
        headers["Content-Disposition"] = f'attachment; filename="{download_as}"'
    return web.FileResponse(path, headers=headers)
