"""What an ended call has held goes by itself: nothing of it is left to the garbage collector."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tests.integration.box.test_transfers import refer, reported
from tests.support.raw_messages import description

CALLS = 2
# Longer than any transaction is remembered.
FORGOTTEN_AFTER = 40.0
CALL_ROOMS = (
    "appliance.calls",
    "appliance.legs",
    "appliance.sip",
    "appliance.media",
    "appliance.runtime.media",
)


def home(thing: object) -> str:
    """The module of the class of a thing, or of the code that a frame runs."""
    return thing.f_globals["__name__"] if isinstance(thing, FrameType) else type(thing).__module__


@contextmanager
def left_to_the_collector() -> Iterator[Counter[str]]:
    """What of the calls' rooms only the collector would have freed, by kind: filled in at the end."""
    found: Counter[str] = Counter()
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found.update(repr(type(each)) for each in gc.garbage if home(each).startswith(CALL_ROOMS))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def talking(caller, callee, extension):
    call = caller.call(extension)
    await call.invite_authenticated()
    heard = await callee.incoming()
    heard.answer(180)
    await call.ringing()
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    return call, heard


async def answered(alice, bruno, chloe):
    call, heard = await talking(alice, bruno, "102")
    await call.hang_up()
    await heard.hung_up()


async def ended_by_the_callee(alice, bruno, chloe):
    call, heard = await talking(alice, bruno, "102")
    await heard.hang_up()
    await call.hung_up()


async def held_and_resumed(alice, bruno, chloe):
    call, heard = await talking(alice, bruno, "102")
    for direction, version in (("sendonly", 2), ("sendrecv", 3)):
        call.invite(description(direction=direction, version=version))
        await call.accepted()
    await call.hang_up()
    await heard.hung_up()


async def cancelled(alice, bruno, chloe):
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(180)
    await call.ringing()
    call.cancel()
    await heard.cancelled()
    await call.refused()


async def refused(alice, bruno, chloe):
    """Who is called is busy; the caller leaves while hearing it."""
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(486)
    await heard.request("ACK")
    await call.response(least=183)
    call.cancel()
    await call.refused()


async def transferred(alice, bruno, chloe):
    call, heard = await talking(alice, bruno, "102")
    refer(heard, "<sip:103@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    await reported(heard)
    taken = await chloe.incoming()
    taken.answer(200, description())
    await taken.request("ACK")
    await reported(heard)
    await heard.hung_up()
    await call.hang_up()
    await taken.hung_up()


KINDS = (answered, ended_by_the_callee, held_and_resumed, cancelled, refused, transferred)


async def test_an_ended_call_leaves_nothing_to_the_collector(running, phone):
    phones = [await phone(user) for user in ("101", "102", "103")]
    driver = running.box.driver
    for kind in KINDS:
        with left_to_the_collector() as found:
            for _ in range(CALLS):
                await kind(*phones)
                await running.at_rest()
            driver.endpoint.advance(time.monotonic() + FORGOTTEN_AFTER)
            driver.pump()
            assert driver.transactions == 0
        assert not found, kind.__name__
