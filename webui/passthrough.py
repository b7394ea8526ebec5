"""The web door of the API: /api/v1 handed on to the telephone process, streams unbuffered."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import ClientError, ClientPayloadError, ClientResponse, web
from multidict import CIMultiDict

from webui.client import API, CLIENT_HEADER, Away
from webui.security import SAFE_METHODS, comes_from_elsewhere
from webui.session import CLIENT, SESSION_COOKIE

# Hop-by-hop (RFC 9110 7.6.1), or of our door only.
_KEPT_BACK = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "cookie",
        "set-cookie",
        "x-autocom-door",
        "x-autocom-client",
    }
)

# Answers under way: a stream of events would otherwise keep the process from stopping.
UNDER_WAY: web.AppKey[set[ClientResponse]] = web.AppKey("under_way", set)


async def end_streams(app: web.Application) -> None:
    """Close what is under way, when the process is told to stop."""
    under_way = app[UNDER_WAY]
    for answer in tuple(under_way):
        answer.close()


async def pass_through(request: web.Request) -> web.StreamResponse:
    """Hand one request on, the signed-in browser's token in place of its cookie."""
    headers = _headers(request.headers)
    token = request.cookies.get(SESSION_COOKIE)
    if "Authorization" not in headers and token:
        if request.method not in SAFE_METHODS and comes_from_elsewhere(request):
            return _refusal(403, "other_site", "This request comes from another site")
        headers["Authorization"] = f"Bearer {token}"
    if request.remote:
        headers[CLIENT_HEADER] = request.remote
    body = request.content if request.body_exists else None
    path = request.raw_path.removeprefix(API)
    try:
        answer = await request.app[CLIENT].stream(request.method, path, headers, body)
    except Away:
        return _refusal(503, "restarting", "The phone system is restarting")
    async with answer:
        response = web.StreamResponse(
            status=answer.status, reason=answer.reason, headers=_headers(answer.headers)
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if answer.content_type == "text/event-stream":
            response.headers["X-Accel-Buffering"] = "no"
        await response.prepare(request)
        request.app[UNDER_WAY].add(answer)
        try:
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
        except (ClientPayloadError, ClientError, ConnectionResetError):
            # One of the two ends went away in the middle; a stream ends, a page comes back by itself.
            return response
        finally:
            request.app[UNDER_WAY].discard(answer)
        await response.write_eof()
    return response


def _headers(given: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict((name, value) for name, value in given.items() if name.lower() not in _KEPT_BACK)


def _refusal(status: int, code: str, message: str) -> web.Response:
    error = {"field": "", "code": code, "parameters": {}, "message": message}
    return web.json_response({"errors": [error]}, status=status)
