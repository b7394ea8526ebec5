"""Blind transfers, asked for by REFER: what the party who is sent on meets."""

import pytest

from appliance.calls.call import Party
from appliance.calls.transfer import send_on, transfer
from appliance.configuration.fields import Language
from appliance.legs.referral import Referral
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome
from appliance.sip.refer import Refer
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call


@pytest.mark.feature("NUM-5")
@pytest.mark.parametrize("hung_up", [True, False])
async def test_who_is_sent_on_hears_the_language_of_their_call_also_when_it_comes_back(hung_up):
    board = ScriptedBoard([])
    facts = Facts(Direction.INBOUND, "+33612345678", "", "+33123456789", "l1", language=Language.ENGLISH)
    call = scripted_call(ScriptedCaller(board.story, "outsider"), facts)
    transferor, by = ScriptedCallee(board.story, "alice"), Party("101", "Alice", "alice")
    if hung_up:
        transferor.hang_up()
    spoken = []

    async def follow(to_the_end: bool = False) -> Outcome | None:
        spoken.append((call.facts.called, call.facts.language))
        return None if to_the_end else Outcome.NO_ANSWER

    call.follow = follow
    wish = Referral(Refer("103"), lambda *_: None)
    assert await send_on(board, call, wish, transferor, call.caller, by) is hung_up
    called = ["103", "101"] if hung_up else ["103"]
    assert spoken == [(each, Language.ENGLISH) for each in called]
    assert call.facts.language is Language.ENGLISH


@pytest.mark.feature("RING-10", "OUT-10")
@pytest.mark.parametrize(
    ("party", "line_id"), [(Party("+33639981234", "Alice", "alice"), "l1"), (Party("x"), None)]
)
async def test_nobody_reached_by_a_line_sends_calls_on_not_even_somebody_of_ours(party, line_id):
    board, told = ScriptedBoard([]), []
    facts = Facts(Direction.INBOUND, "+33612345678", "", "+33123456789", "l1")
    call = scripted_call(ScriptedCaller(board.story, "outsider"), facts)
    mobile = ScriptedCallee(board.story, "mobile")
    mobile.line_id = line_id
    call.know(mobile, party)
    wish = Referral(Refer("0899123456"), lambda body, headers: told.append(body))
    assert not await transfer(board, call, wish, mobile, call.caller)
    assert [line.split(b"\r\n")[0] for line in told] == [b"SIP/2.0 603 Decline"]
