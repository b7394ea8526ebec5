"""Two thousand calls, each hung up at another stage of its set-up: the box is left as it was."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.interop.box import Box
from tests.interop.network import Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.callee import Behaviour, Callee
from tests.interop.phones.raw import RawPhone
from tests.interop.waiting import until

CALLS = int(os.environ.get("AUTOCOM_SOAK_CALLS", "2000"))
# A leak of one leg a call would be 40 MiB; what the allocator keeps varies by some.
MEMORY_ALLOWED = 14 * 2**20

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def caller(box: Box, network: Network) -> Iterator[RawPhone]:
    box.start()
    set_up(box)
    add_somebody(box, "Alice", "101")
    add_somebody(box, "Bruno", "102")
    phone = RawPhone(network.host("caller"), (box.host.address, box.sip_port), "101", PASSWORD)
    assert phone.register().status == 200
    yield phone
    phone.close()


@pytest.fixture
def callee(caller: RawPhone, box: Box, network: Network) -> Iterator[Callee]:
    phone = RawPhone(network.host("callee"), (box.host.address, box.sip_port), "102", PASSWORD)
    assert phone.register().status == 200
    answering = Callee(phone)
    yield answering
    answering.close()


def leave_at_the_challenge(caller: RawPhone) -> None:
    """The caller vanishes when asked for a password."""
    call = caller.invite("102", authenticate=False)
    caller.acknowledge(call, caller.wait_response(call.call_id, "INVITE", 401))


def cancel_at_once(caller: RawPhone) -> None:
    call = caller.invite("102")
    caller.wait_response(call.call_id, "INVITE", 100)
    caller.cancel(call)
    caller.wait_final(call)


def cancel_while_ringing(caller: RawPhone) -> None:
    call = caller.invite("102")
    caller.wait_ringing(call)
    caller.cancel(call)
    assert caller.wait_final(call).status == 487


def cancel_as_it_is_answered(caller: RawPhone) -> None:
    """The cancel and the answer cross: whichever wins, the call ends."""
    call = caller.invite("102")
    caller.wait_ringing(call)
    caller.cancel(call)
    answer = caller.wait_final(call)
    if answer.status == 200:
        caller.acknowledge(call, answer)
        caller.bye(call)
        caller.wait_response(call.call_id, "BYE", 200)


def hang_up_once_answered(caller: RawPhone) -> None:
    call = caller.invite("102")
    answer = caller.wait_final(call)
    assert answer.status == 200, answer
    caller.acknowledge(call, answer)
    caller.bye(call)
    assert caller.wait_response(call.call_id, "BYE", 200).status == 200


def hang_up_before_acknowledging(caller: RawPhone) -> None:
    call = caller.invite("102")
    assert caller.wait_final(call).status == 200
    caller.bye(call)
    caller.wait_response(call.call_id, "BYE", 200)


def be_hung_up_on(caller: RawPhone) -> None:
    call = caller.invite("102")
    answer = caller.wait_final(call)
    assert answer.status == 200, answer
    caller.acknowledge(call, answer)
    bye = caller.wait_request("BYE")
    while bye.get("call-id") != call.call_id:
        bye = caller.wait_request("BYE")
    caller.respond(bye, 200, "OK")


def leave_the_busy_tone(caller: RawPhone) -> None:
    """The other is on a call: the box gives the tone, and the caller leaves in the middle of it."""
    leave_what_the_box_says(caller, "102")


def leave_an_announcement(caller: RawPhone) -> None:
    """Nobody has that extension: the box says so, to somebody who leaves."""
    leave_what_the_box_says(caller, "999")


def leave_what_the_box_says(caller: RawPhone, extension: str) -> None:
    call = caller.invite(extension)
    answer = caller.wait_response(call.call_id, "INVITE", 183)
    if answer.status < 200:
        caller.cancel(call)
        caller.wait_final(call)


STAGES: tuple[tuple[Callable[[RawPhone], None], Behaviour], ...] = (
    (leave_at_the_challenge, Behaviour.RING),
    (cancel_at_once, Behaviour.RING),
    (cancel_while_ringing, Behaviour.RING),
    (cancel_as_it_is_answered, Behaviour.ANSWER),
    (hang_up_once_answered, Behaviour.ANSWER),
    (hang_up_before_acknowledging, Behaviour.ANSWER),
    (be_hung_up_on, Behaviour.ANSWER_AND_LEAVE),
    (leave_the_busy_tone, Behaviour.REFUSE),
    (leave_an_announcement, Behaviour.RING),
)


def run(box: Box, caller: RawPhone, callee: Callee, numbers: range) -> None:
    for number in numbers:
        stage, behaviour = STAGES[number % len(STAGES)]
        callee.behaviour = Behaviour.DEAF if number % 200 == 2 else behaviour
        caller.drain()
        if callee.behaviour is Behaviour.DEAF:
            cancel_at_once(caller)
        else:
            stage(caller)
        # The other end hears of it a moment later; the next call is not to find it busy.
        until(lambda: not box.resources()["calls"], f"the end of call {number}", every=0.002)


def test_calls_hung_up_at_every_stage_leave_nothing(box: Box, caller: RawPhone, callee: Callee) -> None:
    # Ended transactions are kept for 32 s, as RFC 3261 asks, and there are more of them the faster the
    # machine: both readings are taken when none is left, so that growth would be a leak.
    run(box, caller, callee, range(CALLS))
    before = box.wait_forgotten()
    run(box, caller, callee, range(CALLS))
    after = box.wait_forgotten()
    print(f"at rest after {CALLS} calls: {before}; after {2 * CALLS}: {after}")
    # A job of the clock may be at work at either moment; a leak would be thousands.
    assert after["tasks"] <= before["tasks"] + 4
    assert after["file_descriptors"] <= before["file_descriptors"] + 4
    assert after["memory_bytes"] - before["memory_bytes"] < MEMORY_ALLOWED
