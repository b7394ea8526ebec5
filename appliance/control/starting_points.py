"""Ready routes: what each would lay out, and laying one out in a single change (IN-1, IN-2).

A number to come is made by that same change: where it is refused nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Route as NumberRoute
from appliance.configuration.destinations import ToGroup, ToPerson
from appliance.configuration.fields import E164, HoursState
from appliance.configuration.lines import Number
from appliance.configuration.starting_points import (
    Chosen,
    StartingPoint,
    lay_out,
    menu_options,
    usual,
)
from appliance.control.bodies import answer, body, country_of, etag_of, json_object
from appliance.control.changes import edit, wrong
from appliance.control.errors import ApiError, not_found, refusal
from appliance.control.identifiers import new_identifier
from appliance.control.representation import plain, shown
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.control.validation import validated

# The part of a number to come that is its starting point: errors of it are named below that.
PART = "start."
LAID_OUT = f"routes.{HoursState.OPEN.value}"
QUESTIONS: dict[str, str] = {"person": "who", "group": "who", "external": "backup"}


class Wished(BaseModel):
    """A starting point; `who` rings where somebody does, then `backup`. Null: the usual ones."""

    model_config = ConfigDict(extra="forbid")

    kind: StartingPoint
    who: Annotated[ToPerson | ToGroup, Field(discriminator="kind")] | None = None
    backup: E164 | None = None


class NumberToStart(Number):
    """A number to come, and the ready route that is laid out as its route of open hours."""

    routes: dict[HoursState, NumberRoute] = {}
    start: Wished


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
    """What the starting points of a number would ring and offer; of one to come where none is named."""
    configuration = box_of(request).configuration
    found = usual(configuration, _number(configuration, request) if "id" in request.match_info else None)
    menu = tuple({"key": each.key, "name": each.name} for each in menu_options(configuration))
    return answer(Usual(who=plain(found.who) if found.who else None, backup=found.backup, menu=menu))


async def start(request: web.Request) -> web.Response:
    """Lay a route out; the number as it is then."""
    wished, identifier = await body(request, Wished), request.match_info["id"]
    return answer(shown(await _keep(request, identifier, wished, lambda now: _number(now, request), "")))


async def start_number(request: web.Request) -> web.Response:
    """Make a number with a route laid out; its id is made from its name unless one is given."""
    box, sent = box_of(request), await json_object(request)
    if box.configuration.office is None:
        raise refusal(409, "not_set_up")
    name, taken = sent.get("name"), box.configuration.numbers
    identifier = sent.get("id") or new_identifier(name if isinstance(name, str) else "", taken, box.token)
    whole = validated(NumberToStart, {**sent, "id": identifier}, country_of(request))
    number = Number.model_construct(**{field: getattr(whole, field) for field in Number.model_fields})

    def unless_taken(configuration: Configuration) -> Number:
        if number.id in configuration.numbers:
            raise refusal(422, "identifier_taken", "id")
        return number

    made = shown(await _keep(request, number.id, whole.start, unless_taken, PART))
    response = answer(made, 201, etag=etag_of(made))
    response.headers["Location"] = f"/numbers/{number.id}"
    return response


async def _keep(
    request: web.Request,
    identifier: str,
    wished: Wished,
    number: Callable[[Configuration], Number],
    part: str,
) -> Number:
    """Lay out the route of `number` in one change; errors name the question below `part` they come from."""
    box = box_of(request)
    token = box.token()[:8].lower()
    laid: list[Number] = []

    def change(configuration: Configuration) -> Configuration:
        before = number(configuration)
        chosen = _chosen(wished, usual(configuration, before), part)
        after = lay_out(configuration, before, wished.kind, chosen, token)
        laid[:] = [after.numbers[identifier]]
        return after

    try:
        await edit(box, change, who=identity_of(request).name, record=("numbers", identifier))
    except ApiError as error:
        if not laid:
            raise
        raise error.renamed(lambda field: _question(field, laid[0], part)) from None
    return laid[0]


def _chosen(wished: Wished, known: Chosen, part: str) -> Chosen:
    chosen = Chosen(wished.who or known.who, wished.backup or known.backup)
    if chosen.who is None:
        raise wrong(f"{part}who", "nobody_to_ring")
    if wished.kind is StartingPoint.MENU_THEN_PERSON and chosen.backup is None:
        raise wrong(f"{part}backup", "backup_number_missing")
    return chosen


def _question(field: str, number: Number, part: str) -> str:
    """The question whose answer has become the field of the number that an error names."""
    if field != LAID_OUT and not field.startswith(f"{LAID_OUT}."):
        return field
    place = field.removeprefix(f"{LAID_OUT}.steps.").partition(".")[0]
    steps = number.routes[HoursState.OPEN].steps
    kind = steps[int(place)].destination.kind if place.isdigit() else ""
    return part + QUESTIONS.get(kind, "kind")


ROUTES = (
    Route(
        "GET",
        "/starting-point",
        read_usual,
        Access.ADMINISTRATOR,
        "What the ready routes of a number to come would ring and offer",
        "numbers",
        gives=Usual,
    ),
    Route(
        "POST",
        "/starting-point",
        start_number,
        Access.ADMINISTRATOR,
        "Make a number with a ready route laid out",
        "numbers",
        takes=NumberToStart,
        gives=Number,
        status=201,
    ),
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
