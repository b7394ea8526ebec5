"""Phones that send a call elsewhere themselves."""

import pytest

from appliance.calls.phone_forwards import MOST_FORWARDS, follow_phones
from appliance.configuration.destinations import ToExternal
from appliance.configuration.fields import Language
from appliance.routing.redirections import ALWAYS, Redirection
from appliance.routing.steps import Outcome, PhoneTarget, Ring
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call
from tests.unit.routing.small_office import small_office

pytestmark = pytest.mark.feature("FWD-1")

STEP = Ring((PhoneTarget("desk", "bruno"),), 20, Language.FRENCH)


class Forwarding:
    """A call to Bruno, whose phone wants 0612345678 to be called; what is followed comes to `ended`."""

    def __init__(self, ended: Outcome | None = None) -> None:
        self.board = ScriptedBoard([], plan=None)
        self.board.configuration = small_office()
        self.board.by_phone.destination = lambda dialled: ToExternal(number="+33612345678")
        self.call = scripted_call(ScriptedCaller([], "caller"))
        self.leg = ScriptedCallee([], "bruno", Outcome.UNREACHABLE)
        self.leg.sends_to = "0612345678"
        self.before = self.call.facts
        self.followed = []

        async def follow(to_the_end: bool = False) -> Outcome | None:
            self.followed.append(self.call.facts)
            return ended

        self.call.follow = follow

    async def come_to(self, step: Ring = STEP, outcome: Outcome = Outcome.UNREACHABLE) -> Outcome | None:
        return await follow_phones(self.board, self.call, step, [self.leg], outcome)

    @property
    def codes(self) -> list[str]:
        return [entry.reason.code for entry in self.call.trail]


async def test_the_call_goes_where_the_phone_says_as_sent_on_by_its_person():
    forwarding = Forwarding()
    assert await forwarding.come_to() is None
    bruno = forwarding.board.configuration.people["bruno"]
    (facts,) = forwarding.followed
    assert facts.called == "0612345678" and facts.redirected == Redirection(
        bruno.extension, bruno.name, ALWAYS
    )
    assert forwarding.codes == ["phone_forwards"] and forwarding.call.facts is facts


async def test_when_nobody_takes_it_there_it_goes_on_as_without():
    forwarding = Forwarding(Outcome.BUSY)
    assert await forwarding.come_to() is Outcome.BUSY
    assert forwarding.call.facts is forwarding.before


@pytest.mark.parametrize("why", ["locked", "nowhere", "to itself", "in circles"])
async def test_where_it_may_not_go_the_phone_is_not_there(why):
    forwarding = Forwarding(Outcome.UNREACHABLE)
    if why == "locked":
        forwarding.board.by_phone.is_locked = lambda person_id, setting: setting == "people.forward_to"
    elif why == "nowhere":
        forwarding.board.by_phone.destination = lambda dialled: None
    elif why == "to itself":
        forwarding.leg.sends_to = forwarding.board.configuration.people["bruno"].extension
    else:
        for _ in range(MOST_FORWARDS):
            await forwarding.come_to()
        forwarding.followed.clear()
    assert await forwarding.come_to() is Outcome.UNREACHABLE
    assert not forwarding.followed and forwarding.codes[-1] == "phone_forward_barred"


async def test_a_call_for_a_group_or_one_that_was_refused_is_not_sent_on():
    forwarding = Forwarding()
    group = Ring(STEP.targets, 20, Language.FRENCH, "everybody")
    assert await forwarding.come_to(group) is Outcome.UNREACHABLE
    intercom = Ring((PhoneTarget("desk", "bruno", by_itself=True),), 20, Language.FRENCH)
    assert await forwarding.come_to(intercom) is Outcome.UNREACHABLE
    assert await forwarding.come_to(outcome=Outcome.DECLINED) is Outcome.DECLINED
    assert not forwarding.codes
