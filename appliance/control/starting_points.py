"""Ready routes of a number: what each would lay out, and laying one out in a single change (IN-1, IN-2)."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToPerson
from appliance.configuration.fields import E164
from appliance.configuration.lines import Number
from appliance.configuration.starting_points import (
    Chosen,
    StartingPoint,
    lay_out,
    menu_options,
    usual,
)
from appliance.control.bodies import answer, body
from appliance.control.changes import edit, wrong
from appliance.control.errors import not_found
from appliance.control.representation import plain, shown
from appliance.control.routes import Access, Route, box_of, identity_of


class Wished(BaseModel):
    """A starting point; `who` rings where somebody does, then `backup`. Null: the usual ones."""

    model_config = ConfigDict(extra="forbid")

    kind: StartingPoint
    who: Annotated[ToPerson | ToGroup, Field(discriminator="kind")] | None = None
    backup: E164 | None = None


class Usual(BaseModel):
    """Who rings where nobody is named, the backup number, and the choices of a menu: keys and names."""

    who: dict[str, Any] | None
    backup: str | None
    menu: tuple[dict[str, str], ...]


def _number(configuration: Configuration, request: web.Request) -> Number:
    number = configuration.numbers.get(request.match_info["id"])
    if number is None:
        raise not_found()
    return number


async def read_usual(request: web.Request) -> web.Response:
    """What the starting points of a number would ring and offer."""
    configuration = box_of(request).configuration
    found = usual(configuration, _number(configuration, request))
    menu = tuple({"key": each.key, "name": each.name} for each in menu_options(configuration))
    return answer(Usual(who=plain(found.who) if found.who else None, backup=found.backup, menu=menu))


async def start(request: web.Request) -> web.Response:
    """Lay a route out; the number as it is then."""
    box, wished = box_of(request), await body(request, Wished)
    token = box.token()[:8].lower()

    def change(configuration: Configuration) -> Configuration:
        number = _number(configuration, request)
        known = usual(configuration, number)
        chosen = Chosen(wished.who or known.who, wished.backup or known.backup)
        if chosen.who is None:
            raise wrong("who", "nobody_to_ring")
        if wished.kind is StartingPoint.MENU_THEN_PERSON and chosen.backup is None:
            raise wrong("backup", "backup_number_missing")
        return lay_out(configuration, number, wished.kind, chosen, token)

    record = ("numbers", request.match_info["id"])
    after = await edit(box, change, who=identity_of(request).name, record=record)
    return answer(shown(after.numbers[record[1]]))


ROUTES = (
    Route(
        "GET",
        "/numbers/{id}/starting-point",
        read_usual,
        Access.ADMINISTRATOR,
        "What the ready routes of a number would ring and offer",
        "numbers",
        gives=Usual,
    ),
    Route(
        "POST",
        "/numbers/{id}/starting-point",
        start,
        Access.ADMINISTRATOR,
        "Lay a ready route of a number out",
        "numbers",
        takes=Wished,
        gives=Number,
    ),
)
