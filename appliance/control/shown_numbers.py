"""The numbers of ours that a person may show when calling out (OUT-1)."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel

from appliance.configuration.shown_numbers import may_show
from appliance.control.bodies import answer
from appliance.control.errors import not_found
from appliance.control.own import owns_person
from appliance.control.routes import Access, Route, box_of


class ShownNumber(BaseModel):
    """A number of ours that may be chosen."""

    id: str
    name: str
    number: str


class ShownNumbers(BaseModel):
    """Every number that one person may choose, in the order they were made."""

    items: tuple[ShownNumber, ...]


async def list_shown_numbers(request: web.Request) -> web.Response:
    """What a person may choose from."""
    configuration, person_id = box_of(request).configuration, request.match_info["id"]
    person = configuration.people.get(person_id)
    if person is None:
        raise not_found()
    allowed = (
        ShownNumber(id=number.id, name=number.name, number=number.number)
        for number in configuration.numbers.values()
        if may_show(configuration.outbound, person, number.id)
    )
    return answer(ShownNumbers(items=tuple(allowed)))


ROUTES = (
    Route(
        "GET",
        "/people/{id}/shown_numbers",
        list_shown_numbers,
        Access.OWN,
        "The numbers that a person may show when calling out",
        "people",
        gives=ShownNumbers,
        owns=owns_person,
    ),
)
