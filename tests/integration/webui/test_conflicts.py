"""A form that was opened before somebody else saved: told what differs, then saved on purpose."""

from __future__ import annotations

from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox


async def test_what_differs_is_shown_and_saving_again_is_meant(
    administrator: Browser, office: OfficeBox
) -> None:
    person = next(iter(office.configuration.people.values()))
    page = await administrator.get(f"/people/{person.id}")
    theirs = person.model_copy(update={"comment": "parti à Lyon", "ring_seconds": 33})
    await office.change(
        office.configuration.with_record("people", person.id, theirs), expected=office.version, who="bob"
    )
    told = await administrator.submit(page, comment="en réunion")
    assert told.status == 422
    assert "parti à Lyon" in told.text
    assert "en réunion" in told.text
    assert "Enregistré entre-temps" in told.text
    assert office.configuration.people[person.id].comment == "parti à Lyon"
    again = await administrator.submit(told, path=page.path)
    assert again.status == 200
    assert office.configuration.people[person.id].comment == "en réunion"


async def test_a_part_with_many_inputs_is_named(administrator: Browser, office: OfficeBox) -> None:
    number = next(iter(office.configuration.numbers.values()))
    page = await administrator.get(f"/numbers/{number.id}/edit")
    first = next(iter(number.routes))
    shorter = replace_route(number, first)
    await office.change(
        office.configuration.with_record("numbers", number.id, shorter), expected=office.version, who="bob"
    )
    told = await administrator.submit(page)
    assert told.status == 422
    assert "Les parcours des appels" in told.text
    assert office.configuration.numbers[number.id] == shorter


def replace_route(number, state):  # type: ignore[no-untyped-def]
    """The number with the first step of one route alone waiting 7 seconds."""
    route = number.routes[state]
    steps = (route.steps[0].model_copy(update={"max_wait": 7}), *route.steps[1:])
    routes = {**number.routes, state: route.model_copy(update={"steps": steps})}
    return number.model_copy(update={"routes": routes})
