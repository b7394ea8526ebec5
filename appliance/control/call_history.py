"""The history of calls, and each call's trail."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.control.bodies import answer, query
from appliance.control.errors import not_found
from appliance.control.moments import Moment
from appliance.control.past_calls import PastPath, past_path
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.storage.history import CallRecord, HistoryFilter, HistoryPage

PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=200)]


class HistoryQuery(BaseModel):
    """Which calls: `q` in numbers and names, from `from` (included) to `to` (excluded), dates or date-
    times.
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    page: PageNumber = 1
    page_size: PageSize = 50
    q: Annotated[str, Field(max_length=100)] = ""
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")
    direction: str | None = None
    outcome: str | None = None
    person_id: str | None = None
    number_id: str | None = None


async def list_history(request: web.Request) -> web.Response:
    """One page of calls, newest first; a person sees their own."""
    box, who, wanted = box_of(request), identity_of(request), query(request, HistoryQuery)
    zone = box.now().tzinfo
    person = wanted.person_id if who.is_administrator else who.person_id or "-"
    filters = HistoryFilter(
        text=wanted.q,
        since=wanted.since.epoch(zone) if wanted.since else None,
        until=wanted.until.epoch(zone, end_of_day=True) if wanted.until else None,
        direction=wanted.direction,
        outcome=wanted.outcome,
        person_id=person,
        number_id=wanted.number_id,
    )
    return answer(await box.history.list(filters, wanted.page, wanted.page_size))


async def read_call(request: web.Request) -> web.Response:
    """One call with its trail."""
    return answer(await _record(request))


async def _record(request: web.Request) -> CallRecord:
    record = await box_of(request).history.get(request.match_info["id"])
    if record is None:
        raise not_found()
    return record


async def read_path(request: web.Request) -> web.Response:
    """The path on the settings the call ran with, what it went through lit, and where it would go today."""
    return answer(await past_path(box_of(request), await _record(request)))


async def _took_part(request: web.Request, person_id: str) -> bool:
    record = await box_of(request).history.get(request.match_info["id"])
    return record is not None and person_id in (
        *record.person_ids,
        record.caller_person_id,
        record.answered_by,
    )


QUERY = {
    "page": "from 1",
    "page_size": "1 to 200",
    "q": "in numbers and names",
    "from": "date or date-time, included",
    "to": "date (included) or date-time (excluded)",
    "direction": "inbound, internal, outbound",
    "outcome": "how the call went",
    "person_id": "who took part",
    "number_id": "on which number",
}

ROUTES = (
    Route(
        "GET",
        "/history",
        list_history,
        Access.SIGNED_IN,
        "List calls, newest first",
        "history",
        gives=HistoryPage,
        query=QUERY,
    ),
    Route(
        "GET",
        "/history/{id}",
        read_call,
        Access.OWN,
        "Read a call with its trail",
        "history",
        gives=CallRecord,
        owns=_took_part,
    ),
    Route(
        "GET",
        "/history/{id}/path",
        read_path,
        Access.OWN,
        "A past call's path, and where it would go today",
        "history",
        gives=PastPath,
        owns=_took_part,
    ),
)
