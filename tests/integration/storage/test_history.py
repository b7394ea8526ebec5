"""The history: kept, found again, forgotten."""

from __future__ import annotations

import pytest

from appliance.storage.database import Database
from appliance.storage.history import CallRecord, History, HistoryFilter


def call(number: int, **changes: object) -> CallRecord:
    facts: dict[str, object] = {
        "id": f"call{number}",
        "direction": "inbound",
        "started_at": 1000.0 + number,
        "caller": "+33612345678",
        "caller_name": "Marie Durand",
        "called": "+33123456789",
        "outcome": "answered",
    }
    return CallRecord.model_validate({**facts, **changes})


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


async def test_a_call_comes_back_as_it_was(history: History) -> None:
    record = call(
        1,
        answered_at=1003.5,
        ended_at=1060.0,
        person_ids=("p1", "p2"),
        trail=({"node": "number:n1", "reason": {"code": "calendar_open", "parameters": {"until": "18:00"}}},),
        steps=({"kind": "ring", "seconds": 20},),
        configuration_version=12,
    )
    await history.add(record)
    assert await history.get("call1") == record
    assert await history.get("call2") is None


async def test_the_newest_come_first_page_by_page(history: History) -> None:
    for number in range(25):
        await history.add(call(number))
    first, last = await history.list(page=1, page_size=10), await history.list(page=3, page_size=10)
    assert [record.id for record in first.records[:2]] == ["call24", "call23"]
    assert [record.id for record in last.records] == [f"call{number}" for number in (4, 3, 2, 1, 0)]
    assert first.total == last.total == 25


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "06 12 34"}, {"call1"}),
        ({"text": "+33 6 12 34 56 78"}, {"call1"}),
        ({"text": "dupont"}, {"call2"}),
        ({"text": "100%"}, set()),
        ({"text": "_"}, set()),
        ({"direction": "internal"}, {"call3"}),
        ({"person_id": "p1"}, {"call2"}),
        ({"person_id": "p"}, set()),
        ({"since": 1002.0, "until": 1003.0}, {"call2"}),
        ({"outcome": "busy", "text": "102"}, {"call3"}),
        ({"number_id": "n1"}, {"call1"}),
        ({}, {"call1", "call2", "call3"}),
    ],
)
async def test_filters(history: History, wanted: dict[str, object], found: set[str]) -> None:
    await history.add(call(1, number_id="n1"))
    await history.add(call(2, caller="+33711111111", caller_name="Paul Dupont", person_ids=("p1", "p22")))
    await history.add(
        call(3, direction="internal", caller="101", called="102", caller_name="Zoé", outcome="busy")
    )
    page = await history.list(HistoryFilter.model_validate(wanted))
    assert {record.id for record in page.records} == found


async def test_old_calls_are_forgotten(history: History) -> None:
    for number in range(4):
        await history.add(call(number))
    assert await history.delete_before(1002.0) == 2
    assert {record.id for record in (await history.list()).records} == {"call2", "call3"}
