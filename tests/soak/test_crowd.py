"""A crowd of callers, fifty a second, each leaving at another moment, some without a word: nothing is left.

`test_hang_ups` makes its calls one after the other; here they overlap, and some ends simply vanish, so that
the box has only its timers (32 s, RFC 3261 17) to know by.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.interop.box import Box
from tests.interop.network import Host
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.support.raw_messages import description
from tests.support.raw_sip import RawCall, RawPhone

# A network of loopback addresses of this run alone: several may go on at once.
NET = f"127.88.{os.getpid() % 250}"
CALLS = 1000
CALLS_A_SECOND = 50
CALLERS = [str(number) for number in range(101, 109)]
CALLEES = [str(number) for number in range(200, 240)]
# Longer than the 32 s of every timer, the longest announcement and its tone.
PATIENCE = 120.0
MEMORY_ALLOWED = 12 << 20
SOUND = description()

pytestmark = pytest.mark.timeout(900)


class Stage(NamedTuple):
    """What the caller does, and what the callee; `extension` is called instead of the callee's own."""

    caller: Callable[[RawCall], Awaitable[None]]
    callee: Callable[[RawCall], Awaitable[None]]
    extension: str = ""


# The callers.


async def leaves_the_challenge_alone(call: RawCall) -> None:
    call.invite()
    await call.response()


async def leaves_after_the_challenge(call: RawCall) -> None:
    call.invite()
    await call.refused()


async def cancels_at_once(call: RawCall) -> None:
    await call.invite_authenticated()
    await call.response(least=100)
    await cancels(call)


async def cancels_while_it_rings(call: RawCall) -> None:
    await call.invite_authenticated()
    await call.ringing()
    await cancels(call)


async def cancels(call: RawCall) -> None:
    """Take the call back; if the answer was quicker, hang up."""
    call.cancel()
    final = await call.response()
    call.acknowledge(final)
    if final.status == 200:
        await hangs_up(call)


async def hangs_up(call: RawCall) -> None:
    call.bye()
    await call.response("BYE", sequence=call.sequence)


async def says_bye_instead_of_ack(call: RawCall) -> None:
    await call.invite_authenticated()
    await call.response()
    await hangs_up(call)


async def talks_and_hangs_up(call: RawCall) -> None:
    await call.invite_authenticated()
    final = await call.response()
    call.acknowledge(final)
    if final.status == 200:
        await hangs_up(call)


async def waits_to_be_hung_up(call: RawCall) -> None:
    await call.invite_authenticated()
    final = await call.response()
    call.acknowledge(final)
    if final.status == 200:
        await call.hung_up()


async def leaves_the_words(call: RawCall) -> None:
    """The box speaks before the answer; the caller does not stay."""
    await call.invite_authenticated()
    await call.response(least=183)
    await cancels(call)


async def says_bye_to_the_words(call: RawCall) -> None:
    """BYE in an early dialog, which is the caller's right (RFC 3261 15)."""
    await call.invite_authenticated()
    await call.response(least=183)
    await hangs_up(call)


async def vanishes_while_it_rings(call: RawCall) -> None:
    await call.invite_authenticated()
    await call.response(least=100)


async def vanishes_when_answered(call: RawCall) -> None:
    await call.invite_authenticated()
    await call.response()


async def vanishes_in_the_talk(call: RawCall) -> None:
    await call.invite_authenticated()
    call.acknowledge(await call.response())


# The callees.


async def rings(call: RawCall) -> None:
    call.answer(180)
    await call.cancelled(60)


async def trying(call: RawCall) -> None:
    call.answer(100)
    await call.cancelled(60)


async def answers(call: RawCall) -> None:
    call.answer(180)
    call.answer(200, SOUND)
    await call.request("ACK")
    await call.hung_up(60)


async def answers_and_hangs_up(call: RawCall) -> None:
    call.answer(200, SOUND)
    await call.request("ACK")
    call.bye()
    await call.response("BYE")


async def answers_and_both_hang_up(call: RawCall) -> None:
    call.answer(200, SOUND)
    await call.request("ACK")
    call.bye()
    await call.response("BYE")


async def is_busy(call: RawCall) -> None:
    call.answer(486)
    await call.request("ACK")


async def refuses(call: RawCall) -> None:
    call.answer(180)
    call.answer(603)
    await call.request("ACK")


async def is_deaf(call: RawCall) -> None:
    pass


async def answers_and_vanishes(call: RawCall) -> None:
    call.answer(200, SOUND)


STAGES = (
    Stage(leaves_the_challenge_alone, rings),
    Stage(leaves_after_the_challenge, rings),
    Stage(cancels_at_once, trying),
    Stage(cancels_while_it_rings, rings),
    Stage(cancels_while_it_rings, answers),
    Stage(says_bye_instead_of_ack, answers),
    Stage(talks_and_hangs_up, answers),
    Stage(waits_to_be_hung_up, answers_and_hangs_up),
    Stage(talks_and_hangs_up, answers_and_both_hang_up),
    Stage(leaves_the_words, is_busy),
    Stage(says_bye_to_the_words, refuses),
    Stage(leaves_the_words, rings, "999"),
)
NEVER_RUNG = (leaves_the_challenge_alone, leaves_after_the_challenge)
# One call in this many ends by somebody vanishing; those wait for their timers.
VANISHING_EVERY = 25
VANISHING = (
    Stage(vanishes_while_it_rings, rings),
    Stage(vanishes_when_answered, answers),
    Stage(vanishes_in_the_talk, answers_and_hangs_up),
    Stage(talks_and_hangs_up, answers_and_vanishes),
    Stage(cancels_at_once, is_deaf),
)


class Crowd:
    """The phones of the office, and what became of their calls."""

    def __init__(self, callers: list[RawPhone], callees: list[RawPhone]) -> None:
        self._callers = callers
        self._free: asyncio.Queue[RawPhone] = asyncio.Queue()
        self._stages: dict[RawPhone, Stage] = {}
        self._made = 0
        self._vanished: set[asyncio.Task[None]] = set()
        for callee in callees:
            self._free.put_nowait(callee)

    async def make_calls(self, count: int) -> None:
        """So many calls, at their pace; returns when all those whose ends behave are over."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                await asyncio.sleep(max(0.0, started + number / CALLS_A_SECOND - loop.time()))
                self._made += 1
                callee = await self._free.get()
                if self._made % VANISHING_EVERY == 0:
                    stage = VANISHING[self._made // VANISHING_EVERY % len(VANISHING)]
                else:
                    stage = STAGES[self._made % len(STAGES)]
                work = self._one(stage, callee, self._callers[self._made % len(self._callers)])
                if stage in VANISHING:
                    self._vanished.add(asyncio.create_task(work))
                else:
                    group.create_task(work)

    def close(self) -> None:
        for task in self._vanished:
            task.cancel()

    async def _one(self, stage: Stage, callee: RawPhone, caller: RawPhone) -> None:
        call = caller.call(stage.extension or callee.user)
        answering = asyncio.ensure_future(self._answer(stage, callee))
        try:
            async with asyncio.timeout(PATIENCE):
                await stage.caller(call)
                if stage.caller not in NEVER_RUNG and not stage.extension:
                    # Whoever was taken back at once, or has vanished, need not have been rung.
                    await asyncio.wait((answering,), timeout=1 if stage in STAGES else 40)
        except (TimeoutError, AssertionError) as error:
            raise AssertionError(f"{stage}: caller saw {call.inbox.seen}") from error
        finally:
            answering.cancel()
            self._free.put_nowait(callee)

    async def _answer(self, stage: Stage, callee: RawPhone) -> None:
        await stage.callee(await callee.incoming(PATIENCE))


@pytest.fixture
def box() -> Iterator[Box]:
    folder = Path(tempfile.mkdtemp(prefix="autocom-soak-"))
    made = Box(Host("box", f"{NET}.1", None), folder / "data", sip_port=25188, rtp="44000-46000")
    made.start()
    set_up(made)
    for number in (*CALLERS, *CALLEES):
        add_somebody(made, f"Poste {number}", number, ring_seconds=5)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def crowd(box: Box) -> AsyncIterator[Crowd]:
    server = (box.host.address, box.sip_port)
    phones = []
    for user in (*CALLERS, *CALLEES):
        phone = await RawPhone.open(server, user, PASSWORD, host=f"{NET}.2")
        phones.append(phone)
        assert (await phone.register(3600)).status == 200
    crowd = Crowd(phones[: len(CALLERS)], phones[len(CALLERS) :])
    yield crowd
    crowd.close()
    for phone in phones:
        phone.close()


async def at_rest(box: Box) -> dict[str, int]:
    """What the box holds once its calls are over, and forgotten."""
    return await asyncio.to_thread(box.wait_forgotten)


async def test_a_crowd_that_leaves_at_every_moment_leaves_nothing(box: Box, crowd: Crowd) -> None:
    await crowd.make_calls(CALLS)
    before = await at_rest(box)
    await crowd.make_calls(CALLS)
    after = await at_rest(box)
    print(f"at rest after {CALLS} calls: {before}; after {2 * CALLS}: {after}")
    assert {name: after[name] for name in ("calls", "legs", "ports")} == {"calls": 0, "legs": 0, "ports": 0}
    # A job of the clock may be at work at either moment; a leak would be thousands.
    assert after["tasks"] <= before["tasks"] + 4
    assert after["file_descriptors"] <= before["file_descriptors"] + 4
    assert after["memory_bytes"] - before["memory_bytes"] < MEMORY_ALLOWED
    assert "Traceback" not in box.log(), box.log()[-4000:]
