"""Files sent to the API: in a multipart form, or as the whole body."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web
from aiohttp.multipart import MultipartReader

from appliance.control.errors import refusal

CHUNK = 256 * 1024


async def uploaded_chunks(request: web.Request, most: int) -> AsyncIterator[bytes]:
    """The content of a request's file: of the first part with a file name, else of the body.

    Raises ApiError 413 past `most` bytes, 422 not_an_upload when there is none.
    """
    received = 0
    chunks = _form_chunks(request) if request.content_type.startswith("multipart/") else _body_chunks(request)
    async for chunk in chunks:
        received += len(chunk)
        if received > most:
            raise refusal(413, "too_large", "file")
        yield chunk
    if not received:
        raise refusal(422, "not_an_upload", "file")


async def _body_chunks(request: web.Request) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_chunked(CHUNK):
        yield chunk


async def _form_chunks(request: web.Request) -> AsyncIterator[bytes]:
    try:
        reader: MultipartReader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.filename is not None:
                while chunk := await part.read_chunk(CHUNK):
                    yield chunk
                return
    except (ValueError, AssertionError):  # what aiohttp raises on a form that is none
        raise refusal(422, "not_an_upload", "file") from None
