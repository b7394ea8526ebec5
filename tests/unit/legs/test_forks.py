"""A call that rings in several places at once, each with sound of its own."""

from __future__ import annotations

import asyncio

from appliance.legs.outgoing import OutgoingLeg
from appliance.legs.sessions import Sound
from appliance.routing.steps import Outcome
from appliance.sip import events
from appliance.sip.message import make_response
from appliance.sip.offer_answer import DEFAULT_CODECS
from tests.support.raw_messages import description
from tests.support.scripted_calls import settle
from tests.support.scripted_signalling import ScriptedStack, attempt, invite

ONE, TWO = description(6000, "127.0.0.2"), description(7000, "127.0.0.3")


class Forked:
    """A leg that is being dialled, and the forks that speak to it."""

    def __init__(self, listens: bool) -> None:
        self.stack = ScriptedStack()
        self.leg = OutgoingLeg(self.stack.around(), "outside", [attempt(self.stack)], Sound(DEFAULT_CODECS))
        self.opened = 0
        if listens:
            self.leg.when_early(self._open)
        self.dialling = asyncio.ensure_future(self.leg.dial())

    def _open(self) -> None:
        self.opened += 1

    def says(self, tag: str, status: int, body: bytes = b"", reliable: bool = False) -> None:
        reply = make_response(invite(), status, to_tag=tag, body=body)
        if status < 200:
            self.stack.tells(events.Progress("s1", status, reply, tag, reliable))
        else:
            self.stack.tells(events.Accepted("s1", reply))

    @property
    def heard_at(self) -> tuple[str, int]:
        agreed = self.stack.ports[0].agreement
        assert agreed is not None
        return agreed.remote_host, agreed.remote_port


async def forked(listens: bool = True) -> Forked:
    made = Forked(listens)
    await settle()
    return made


async def test_the_fork_that_spoke_last_is_heard_and_joined_once():
    call = await forked()
    call.says("one", 183, ONE)
    call.says("two", 183, TWO)
    assert call.heard_at == ("127.0.0.3", 7000)
    call.says("one", 183, ONE)
    assert call.heard_at == ("127.0.0.3", 7000), "what is said again is no news"
    assert call.opened == 1
    call.leg.close()


async def test_the_answer_of_the_other_fork_counts():
    call = await forked()
    call.says("one", 183, ONE)
    call.says("two", 183, TWO)
    call.says("one", 200)
    assert (await call.dialling).outcome is Outcome.ANSWERED
    assert call.heard_at == ("127.0.0.2", 6000)
    call.leg.close()


async def test_a_third_fork_may_answer():
    call = await forked()
    call.says("one", 183, ONE)
    call.says("three", 200, TWO)
    assert (await call.dialling).outcome is Outcome.ANSWERED
    assert call.heard_at == ("127.0.0.3", 7000)
    call.leg.close()


async def test_a_fork_that_has_ended_gives_way_to_the_one_before():
    call = await forked()
    call.says("one", 183, ONE)
    call.says("two", 183, TWO)
    call.says("two", 199)
    assert call.heard_at == ("127.0.0.2", 6000)
    call.leg.close()


async def test_an_acknowledged_description_needs_no_other_and_heeds_none():
    call = await forked()
    call.says("one", 183, ONE, reliable=True)
    call.says("one", 200, TWO)
    assert (await call.dialling).outcome is Outcome.ANSWERED
    assert call.heard_at == ("127.0.0.2", 6000)
    call.leg.close()


async def test_a_leg_nobody_listens_to_yet_keeps_what_was_acknowledged():
    call = await forked(listens=False)
    call.says("one", 183, ONE, reliable=True)
    call.says("one", 200)
    assert (await call.dialling).outcome is Outcome.ANSWERED
    assert call.heard_at == ("127.0.0.2", 6000)
    call.leg.close()
