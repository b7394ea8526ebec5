"""The session description in a message's body, also as one part of several (RFC 5621)."""

from __future__ import annotations

import re

from appliance.sip.message import Message

_BOUNDARY = re.compile(r';[ \t]*+boundary[ \t]*+=[ \t]*+(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_MOST_PARTS = 16


def session_description_of(message: Message) -> bytes:
    """The body of type application/sdp, b"" when there is none. A body without a type is taken for one.

    Of multipart bodies the first part of that type counts; nested ones are not opened. Never raises.
    """
    if not message.body:
        return b""
    kind = message.content_type
    if kind in ("", "application/sdp"):
        return message.body
    if not kind.startswith("multipart/"):
        return b""
    match = _BOUNDARY.search(message.headers.get("Content-Type") or "")
    return _find_part(message.body, match[1] or match[2]) if match is not None else b""


def _find_part(body: bytes, boundary: str) -> bytes:
    delimiter = b"--" + boundary.encode("utf-8", "surrogateescape")
    for part in body.split(delimiter, _MOST_PARTS)[1:]:
        head, _, content = part.replace(b"\r\n", b"\n").partition(b"\n\n")
        for line in head.lower().split(b"\n", _MOST_PARTS):
            name, _, value = line.partition(b":")
            if name.strip() in (b"content-type", b"c") and value.strip().startswith(b"application/sdp"):
                return content.removesuffix(b"\n") + b"\n"
    return b""
