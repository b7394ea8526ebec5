"""What happens is told to everyone who listens, in order, and to those who come back."""

import asyncio

import pytest

from appliance.control.events import KEPT_EVENTS, LONGEST_QUEUE, RESYNC, EventHub, HubClosed


async def test_every_listener_hears_every_event_in_order() -> None:
    hub = EventHub()
    with hub.subscribe() as one, hub.subscribe() as other:
        hub.publish("phone", id="a")
        hub.publish("call", id="b")
        for listener in (one, other):
            assert [
                (event.kind, event.data["id"]) for event in (await listener.next(), await listener.next())
            ] == [
                ("phone", "a"),
                ("call", "b"),
            ]


async def test_a_listener_waits_for_what_comes() -> None:
    hub = EventHub()
    with hub.subscribe() as listener:
        waiting = asyncio.ensure_future(listener.next())
        await asyncio.sleep(0)
        assert not waiting.done()
        hub.publish("line", id="trunk")
        assert (await waiting).kind == "line"


async def test_who_comes_back_hears_what_was_missed() -> None:
    hub = EventHub(first_id=100)
    for number in range(5):
        hub.publish("call", id=number)
    with hub.subscribe(after=102) as listener:
        assert [(await listener.next()).id, (await listener.next()).id] == [103, 104]


async def test_who_was_up_to_date_hears_nothing_again() -> None:
    hub = EventHub()
    hub.publish("call", id="a")
    with hub.subscribe(after=hub.last_id) as listener:
        hub.publish("call", id="b")
        assert (await listener.next()).data == {"id": "b"}


@pytest.mark.parametrize("after", [3, 10**9])
async def test_who_comes_back_too_late_or_from_before_a_restart_starts_afresh(after: int) -> None:
    hub = EventHub(first_id=10)
    for number in range(KEPT_EVENTS + 10):
        hub.publish("call", id=number)
    with hub.subscribe(after=after) as listener:
        event = await listener.next()
        assert (event.kind, event.id) == (RESYNC, hub.last_id)


async def test_who_falls_behind_starts_afresh() -> None:
    hub = EventHub()
    with hub.subscribe() as listener:
        for number in range(LONGEST_QUEUE + 1):
            hub.publish("call", id=number)
        assert (await listener.next()).kind == RESYNC


async def test_listeners_are_let_go_when_the_box_stops() -> None:
    hub = EventHub()
    with hub.subscribe() as listener:
        hub.publish("call", id="last")
        hub.close()
        assert (await listener.next()).data == {"id": "last"}
        with pytest.raises(HubClosed):
            await listener.next()
