"""A person's mobile: have it called, type the code that was said, and it may be shown to people called."""

from __future__ import annotations

from aiohttp import web

from webui.client import Refused
from webui.page import go_to, render
from webui.session import visit_of
from webui.wording import say_error


async def page(request: web.Request) -> web.Response:
    """How the mobile stands, and what can be done."""
    return await _show(request)


async def call(request: web.Request) -> web.StreamResponse:
    """Have the mobile called."""
    return await _send(request, "call", None, "")


async def type_code(request: web.Request) -> web.StreamResponse:
    """Type what was said."""
    code = str((await request.post()).get("code", ""))
    return await _send(request, "code", {"code": code}, "verified")


async def _send(request: web.Request, what: str, sent: object, done: str) -> web.StreamResponse:
    path = f"/people/{request.match_info['id']}"
    try:
        await visit_of(request).send("POST", f"{path}/mobile/{what}", sent)
    except Refused as refusal:
        if refusal.status not in (409, 422, 429):
            raise
        return await _show(request, refusal)
    return go_to(path, done) if done else go_to(f"{path}/mobile")


async def _show(request: web.Request, refused: Refused | None = None) -> web.Response:
    visit, path = visit_of(request), f"/people/{request.match_info['id']}"
    errors = refused.errors if refused else ()
    wrong = {
        name: [say_error(each) for each in errors if (each.field == "code") is (name == "code")]
        for name in ("code", "mobile")
    }
    context = {"person": await visit.get(path), "now": await visit.get(f"{path}/mobile"), "wrong": wrong}
    response = render(request, "mobile.html", context)
    if refused:
        response.set_status(refused.status)
    return response


ROUTES = (
    web.get("/people/{id}/mobile", page),
    web.post("/people/{id}/mobile/call", call),
    web.post("/people/{id}/mobile/code", type_code),
)
