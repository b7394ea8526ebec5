"""The overview: what goes on now, and what is still to be set up."""

from __future__ import annotations

from aiohttp import web

from webui.live_state import LiveState, read_live
from webui.page import render
from webui.records import Json
from webui.session import Visit, visit_of


async def overview(request: web.Request) -> web.Response:
    """The whole page."""
    visit = visit_of(request)
    context = await _now(visit)
    if visit.is_administrator:
        context["to_do"] = _to_do(context["live"])
    return render(request, "overview.html", {"to_do": None, **context})


async def overview_now(request: web.Request) -> web.Response:
    """The part that moves, fetched again when something happens."""
    return render(request, "overview_now.html", await _now(visit_of(request)))


async def _now(visit: Visit) -> Json:
    live = await read_live(visit)
    names = live.names.entries
    online = sum(live.phone(identifier)["online"] for identifier in names["phones"])
    return {
        "live": live,
        "online": online,
        "unheard": sum(count["unheard"] for count in live.state["mailboxes"].values()),
        "kept": sum(count["total"] for count in live.state["mailboxes"].values()),
        "calendars": (await visit.get("/calendars"))["items"] if visit.is_administrator else [],
        "forwards": await _forwards(visit),
        "phones_by_person": await _phones_by_person(visit, live),
    }


async def _forwards(visit: Visit) -> dict[str, Json]:
    """The operators' forwards that somebody should see to, by line."""
    if not visit.is_administrator:
        return {}
    told = (await visit.get("/operator-forwards"))["items"]
    return {one["line_id"]: one for one in told if one["state"] != "works"}


async def _phones_by_person(visit: Visit, live: LiveState) -> list[tuple[Json, list[tuple[Json, Json]]]]:
    """Each person with their phones and how these are."""
    people = live.names.entries["people"]
    phones = live.names.entries["phones"]
    by_person: dict[str, list[tuple[Json, Json]]] = {identifier: [] for identifier in people}
    for one in live.state["phones"]:
        entry = phones.get(one["phone_id"])
        if entry is not None:
            by_person.setdefault(one["person_id"], []).append((entry, one))
    return [(people[identifier], found) for identifier, found in by_person.items() if identifier in people]


def _to_do(live: LiveState) -> list[tuple[str, bool]]:
    """The first steps of an office, and which are done; empty when all are."""
    names = live.names.entries
    steps = [
        ("people", bool(names["people"])),
        ("phones", bool(names["phones"])),
        ("lines", bool(names["lines"])),
        ("numbers", bool(names["numbers"])),
    ]
    return [] if all(done for _, done in steps) else steps


ROUTES = (web.get("/", overview), web.get("/overview/now", overview_now))
