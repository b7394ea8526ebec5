"""Who is looking: the sign-in cookie, the user behind it, their language and the office's zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from webui.client import Answer, Client, Refused

SESSION_COOKIE = "autocom_session"
LANGUAGE_COOKIE = "autocom_language"
SESSION_DAYS = 30

CLIENT: web.AppKey[Client] = web.AppKey("client", Client)
# Typed keys of requests are newer than the oldest aiohttp we run on.
VISIT: Any = web.RequestKey("visit", object) if hasattr(web, "RequestKey") else "visit"


@dataclass(slots=True)
class Visit:
    """One request of somebody: `user` None when nobody is signed in, `office` None before set-up."""

    client: Client
    token: str | None
    user: dict[str, Any] | None = None
    office: dict[str, Any] | None = None
    claimed: bool = True
    set_up: bool = True
    overrides: list[dict[str, Any]] = field(default_factory=list)
    clock_trusted: bool = True

    @property
    def is_administrator(self) -> bool:
        """Whether this user may change the office's settings."""
        return self.user is not None and self.user.get("role") == "administrator"

    def opens(self, collection: str, identifier: str) -> bool:
        """Whether this user may look at the page of a record."""
        theirs = self.user is not None and (collection, identifier) == ("people", self.user.get("person_id"))
        return self.is_administrator or theirs

    async def get(self, path: str, **query: str) -> Any:
        """The JSON at a path of the API, as this user; raises Away, Refused."""
        return await self.client.get(path, self.token, **query)

    async def read(self, path: str, **query: str) -> Answer:
        """As `get`, with the record's version."""
        return await self.client.read(path, self.token, **query)

    async def send(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Ask for a change, as this user; raises Away, Refused."""
        return await self.client.send(method, path, self.token, body, **options)


def visit_of(request: web.Request) -> Visit:
    """The visit the middleware made for this request."""
    visit: Visit = request[VISIT]
    return visit


async def begin_visit(client: Client, token: str | None) -> Visit:
    """Ask the API who this is and how far the box is set up; raises Away."""
    visit = Visit(client, token)
    status = await client.get("/setup", None)
    visit.claimed = bool(status.get("claimed", True))
    visit.set_up = bool(status.get("set_up", True))
    if token:
        try:
            me = await client.get("/me", token)
            visit.user = {**(me.get("user") or {}), "role": me["role"], "person_id": me.get("person_id")}
            visit.office = me.get("office")
            visit.overrides = list(me.get("overrides") or ())
            visit.clock_trusted = bool(me.get("clock_trusted", True))
            if visit.office is None and visit.set_up and visit.is_administrator:
                visit.office = await client.get("/office", token)
        except Refused as refusal:
            if refusal.status != 401:
                raise
            visit.user, visit.token = None, None
    return visit


def remember(response: web.StreamResponse, request: web.Request, token: str) -> None:
    """Give the browser its sign-in token: unreadable to scripts, not sent from other sites."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=request.secure,
        path="/",
    )


def forget(response: web.StreamResponse) -> None:
    """Take the sign-in token from the browser."""
    response.del_cookie(SESSION_COOKIE, path="/")
