"""Callers who wait for a group on a whole box: music, turns, hang-ups, the end of patience (RING-5)."""

from __future__ import annotations

import pytest

from appliance.configuration.destinations import ToAnnouncement, ToGroup
from appliance.configuration.people import GroupOrder, Member, RingGroup
from appliance.configuration.queues import Queue
from tests.integration.box.offices import PROVIDER_HOST
from tests.integration.box.test_outside_calls import arrives
from tests.integration.box.test_unanswered import change, leads_to
from tests.support.raw_messages import description


async def with_queue(running, **fields: object) -> None:
    """Alice alone in a group whose callers wait."""
    group = RingGroup(
        id="desk",
        name="Desk",
        members=(Member(person_id="alice"),),
        order=GroupOrder.ROUND_ROBIN,
        queue=Queue(**fields),
    )
    await running.set(running.box.configuration.with_record("groups", "desk", group))
    route = leads_to(ToGroup(group_id="desk"), ToAnnouncement(text="Personne"))
    await change(running, "numbers", "main", routes=route)


@pytest.mark.feature("RING-5")
async def test_callers_wait_with_music_and_are_served_in_their_order(running, provider, phone, audio):
    await with_queue(running, max_wait=60)
    alice = await phone("101")
    talking = arrives(provider)
    talking.invite(description(host=PROVIDER_HOST))
    first = await alice.incoming()
    first.answer(200, description())
    await talking.accepted()
    await first.request("ACK")

    ear = await audio(PROVIDER_HOST)
    waits = arrives(provider)
    waits.invite(description(ear.port, PROVIDER_HOST))
    await waits.accepted()
    await ear.hears(lambda: ear.heard, "the one who waits hears something")
    leaves = arrives(provider)
    leaves.invite(description(host=PROVIDER_HOST))
    await leaves.accepted()
    places = lambda: [call.queue.place for call in running.box.calls.live() if call.queue]
    await running.until(lambda: places() == [1, 2], "the places of those who wait")
    await leaves.hang_up()
    await running.until(lambda: places() == [1], "the places of those who wait")

    await talking.hang_up()
    await first.hung_up()
    second = await alice.incoming()
    second.answer(200, description())
    await second.request("ACK")
    await running.until(lambda: places() == [], "the places of those who wait")
    await waits.hang_up()
    await second.hung_up()
    await running.at_rest()


@pytest.mark.feature("RING-5")
async def test_with_nobody_to_wait_for_the_call_goes_on_at_once(running, provider):
    await with_queue(running)
    call = arrives(provider)
    call.invite(description(host=PROVIDER_HOST))
    await call.accepted()
    assert [entry.reason.code for each in running.box.calls.in_progress() for entry in each.trail][
        -1
    ] == "announced"
    await call.hang_up()
    await running.at_rest()
