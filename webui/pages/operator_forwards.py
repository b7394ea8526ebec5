"""If the box is dead: the operator's forward of a line, step by step, and its test by a call (BACKUP-2)."""

from __future__ import annotations

from aiohttp import web

from webui.client import Refused
from webui.forms import Form
from webui.operator_steps import guide_of
from webui.operators import operator_of
from webui.page import go_to, render
from webui.records import Json
from webui.session import visit_of


async def page(request: web.Request) -> web.Response:
    """The guide, how the forward stands, and what a test under way has seen."""
    return await _show(request)


async def save(request: web.Request) -> web.StreamResponse:
    """Say where the forward leads, and whether it is set up."""
    form = await request.post()
    sent: Json = {"number": str(form.get("number", "")).strip() or None, "set_up": bool(form.get("set_up"))}
    try:
        await visit_of(request).send("PUT", _forward(request), sent)
    except Refused as refusal:
        return await _refused(request, refusal, sent)
    return go_to(_forward(request), "forward")


async def start(request: web.Request) -> web.StreamResponse:
    """Let the line play dead."""
    return await _post(request, "test", {})


async def end(request: web.Request) -> web.StreamResponse:
    """Have it live again at once."""
    return await _post(request, "end", {})


async def judge(request: web.Request) -> web.StreamResponse:
    """Say whether the number rang."""
    return await _post(request, "verdict", {"works": (await request.post()).get("works") == "yes"})


async def _post(request: web.Request, what: str, sent: Json) -> web.StreamResponse:
    try:
        await visit_of(request).send("POST", f"{_forward(request)}/{what}", sent)
    except Refused as refusal:
        return await _refused(request, refusal, None)
    return go_to(f"{_forward(request)}#forward-test")


def _forward(request: web.Request) -> str:
    """The page's address, and the API's: they are alike."""
    return f"/lines/{request.match_info['id']}/forward"


async def _refused(request: web.Request, refusal: Refused, sent: Json | None) -> web.Response:
    if refusal.status not in (409, 422):
        raise refusal
    response = await _show(request, refusal, sent)
    response.set_status(refusal.status)
    return response


async def _show(
    request: web.Request, refused: Refused | None = None, sent: Json | None = None
) -> web.Response:
    visit, line_id = visit_of(request), request.match_info["id"]
    now = await visit.get(_forward(request))
    line = await visit.get(f"/lines/{line_id}")
    numbers = (await visit.get("/numbers"))["items"]
    office = await visit.get("/office")
    suggested = {"number": now["number"] or office["backup_number"] or "", "set_up": now["set_up"]}
    operator = operator_of(line["operator"] or "")
    context = {
        "line": line,
        "now": now,
        "form": Form(sent or suggested, errors=refused.errors if refused else ()),
        "saving": sent is not None,
        "numbers": [one for one in numbers if one["line_id"] == line_id],
        "operator": operator,
        "guide": guide_of(line["operator"]),
    }
    return render(request, "operator_forward.html", context)


ROUTES = (
    web.get("/lines/{id}/forward", page),
    web.post("/lines/{id}/forward", save),
    web.post("/lines/{id}/forward/test", start),
    web.post("/lines/{id}/forward/end", end),
    web.post("/lines/{id}/forward/verdict", judge),
)
