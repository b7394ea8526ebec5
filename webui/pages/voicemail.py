"""Voicemail: the messages, to hear, download, delete, and where their e-mails are."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from webui.client import Refused
from webui.live_state import read_names
from webui.page import asks_for_part, go_to, only_inside, render
from webui.records import Json
from webui.session import Visit, visit_of

PAGE_SIZE = 30


async def messages_page(request: web.Request) -> web.Response:
    """A page of messages, newest first."""
    return render(request, "voicemail.html", await _messages(request))


async def messages_list(request: web.Request) -> web.Response:
    """The list alone, fetched again when a message comes or changes."""
    return render(request, "voicemail_list.html", await _messages(request))


async def _messages(request: web.Request) -> Json:
    visit = visit_of(request)
    page = request.query.get("page", "1")
    mailbox = request.query.get("mailbox", "")
    query = {"page": page if page.isdigit() and page != "0" else "1", "page_size": str(PAGE_SIZE)}
    if mailbox:
        query["mailbox_id"] = mailbox
    told = await visit.get("/messages", **query)
    state = await visit.get("/state")
    mailboxes = await _mailboxes(visit)
    return {
        "messages": told["messages"],
        "total": told["total"],
        "page": told["page"],
        "pages": max(1, -(-told["total"] // PAGE_SIZE)),
        "mailbox": mailbox,
        "mailboxes": mailboxes,
        "counts": state["mailboxes"],
        "names": await read_names(visit),
        "list_address": "/voicemail/list?" + urlencode({"page": told["page"], "mailbox": mailbox}),
    }


async def _mailboxes(visit: Visit) -> list[Json]:
    """The mailboxes whose messages this user hears: all, or their own and those of their groups."""
    if visit.is_administrator:
        items: list[Json] = (await visit.get("/mailboxes"))["items"]
        return items
    entries = (await visit.get("/directory"))["mailboxes"]
    own = (await visit.get("/state"))["mailboxes"]
    return [entry for entry in entries if entry["id"] in own]


async def heard(request: web.Request) -> web.StreamResponse:
    """Mark a message heard, or not: by its button, or because it is being played."""
    identifier = request.match_info["id"]
    values = await request.post()
    await visit_of(request).send(
        "PATCH", f"/messages/{identifier}", {"heard": values.get("heard", "1") == "1"}
    )
    if asks_for_part(request):
        return web.Response(status=204)
    return go_to(_back(request, str(values.get("back", ""))))


async def delete(request: web.Request) -> web.StreamResponse:
    """Delete a message for good."""
    values = await request.post()
    await visit_of(request).send("DELETE", f"/messages/{request.match_info['id']}")
    return go_to(_back(request, str(values.get("back", ""))), "deleted")


async def retry(request: web.Request) -> web.StreamResponse:
    """Send a message's e-mail again."""
    values = await request.post()
    back = _back(request, str(values.get("back", "")))
    try:
        await visit_of(request).send("POST", f"/messages/{request.match_info['id']}/mail")
    except Refused as refusal:
        if refusal.status != 409:
            raise
        return go_to(back, "no_mail")
    return go_to(back, "retried")


def _back(request: web.Request, path: str) -> str:
    return only_inside(path.partition("?")[0], "/voicemail")


ROUTES = (
    web.get("/voicemail", messages_page),
    web.get("/voicemail/list", messages_list),
    web.post("/voicemail/{id}/heard", heard),
    web.post("/voicemail/{id}/delete", delete),
    web.post("/voicemail/{id}/retry", retry),
)
