"""The route table's rows: what is served where, to whom, with which bodies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aiohttp import web

from appliance.configuration.office import Role, User
from appliance.control.box import Box

PREFIX = "/api/v1"

BOX: web.AppKey[Box] = web.AppKey("box", object)  # type: ignore[arg-type]


class Access(Enum):
    """Who may use a route; `doors` enforces it, nothing else does."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    OWN = "own"  # an administrator, or the person whom the route's `owns` recognises
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a signed-in user, or whoever may open the socket (the command line), who is an administrator.

    `token` is the sign-in's, to end it.
    """

    user: User | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def is_administrator(self) -> bool:
        """Whether everything is allowed."""
        return self.user is None or self.user.role is Role.ADMINISTRATOR

    @property
    def person_id(self) -> str | None:
        """The person this user is, if any."""
        return self.user.person_id if self.user else None

    @property
    def name(self) -> str:
        """How the configuration's versions name who changed it."""
        return self.user.id if self.user else "command line"


IDENTITY: web.RequestKey[Identity] = web.RequestKey("identity", Identity)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Whether what a request is about belongs to the person of that id.
Owns = Callable[[web.Request, str], Awaitable[bool]]
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One row: method and path (below PREFIX), who may use it, and what the OpenAPI document says of it.

    `takes` and `gives` are pydantic models or JSON schemas; `gives_type` is the media type when it is not
    JSON.
    """

    method: str
    path: str
    handler: Handler
    access: Access
    summary: str
    tag: str
    takes: Any = None
    gives: Any = None
    status: int = 200
    takes_type: str = "application/json"
    gives_type: str = "application/json"
    query: Mapping[str, str] = field(default_factory=dict)
    owns: Owns | None = None


def box_of(request: web.Request) -> Box:
    """The box that a request is for."""
    return request.app[BOX]


def identity_of(request: web.Request) -> Identity:
    """Who sent a request; set by `doors`."""
    return request[IDENTITY]
