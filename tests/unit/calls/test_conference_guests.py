"""Guests of a conference: brought in by the code, or in somebody's place by REFER."""

import asyncio
from datetime import UTC, datetime

import pytest

from appliance.calls.call import Party
from appliance.calls.conference import confer
from appliance.calls.conference_guests import MOST_PARTIES
from appliance.calls.transfer import Loan
from appliance.legs.referral import Referral
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Outcome
from appliance.runtime.people_states import RINGING, TALKING, parts_in
from appliance.sip.refer import Refer, Replaces
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle
from tests.unit.routing.small_office import EVERYBODY, small_office

pytestmark = pytest.mark.feature("RING-10")


class Meeting:
    """Somebody outside, Bruno and Chloé in a conference; David's phone is the one that is rung."""

    def __init__(self, *more: str) -> None:
        self.story: list[str] = []
        self.board = ScriptedBoard(self.story, plan=None)
        self.board.configuration = small_office()
        self.board.plan = compile_plan(self.board.configuration)
        self.board.state = EVERYBODY
        self.legs = {"outsider": ScriptedCaller(self.story, "outsider")}
        self.call = scripted_call(self.legs["outsider"])
        for name in ("bruno", "chloe", *more):
            self.legs[name] = ScriptedCallee(self.story, name)
            self.call.know(self.legs[name], Party("10", name.capitalize(), name))
        self.call.answered_by(self.legs["bruno"], 1000.0)
        self.guest = ScriptedCallee(self.story, "david")
        self.board.legs = [self.guest]
        self.notified: list[bytes] = []
        self.call.talk = self._talk

    async def _talk(self, one, other):
        self.story.append(f"{one.label} talks to {other.label}")
        await other.wait_ended()

    async def begin(self) -> None:
        by = self.call.party_of(self.legs["bruno"])
        meeting = confer(self.board, self.call, by, tuple(self.legs.values()))
        self.task = asyncio.get_running_loop().create_task(meeting)
        await settle()
        self.story.clear()

    async def presses(self, name: str, keys: str) -> None:
        for key in keys:
            self.legs[name].media.digits.put_nowait(key)
        await settle()

    async def dials(self, name: str = "bruno", *, code: str = "*4") -> None:
        """Press the code and a number; it rings."""
        await self.presses(name, code)
        await self.presses(name, "103#")
        await settle()

    async def answers(self) -> None:
        self.guest.answers()
        await settle()

    async def refers(self, name: str, replaces: Replaces | None = None) -> None:
        wish = Referral(Refer("103", replaces), lambda body, headers: self.notified.append(body[:11]))
        self.legs[name].referred(wish)
        await settle()

    @property
    def there(self) -> list[str]:
        return [leg.label for leg in self.call.conference]

    @property
    def codes(self) -> list[str]:
        return [each.reason.code for each in self.call.trail if each.reason.code.startswith("conference")]

    async def over(self) -> None:
        self.task.cancel()
        await asyncio.wait((self.task,))


async def test_one_more_is_brought_in_while_the_others_go_on():
    meeting = Meeting()
    await meeting.begin()
    await meeting.dials()
    assert set(parts_in(meeting.call)) == {("bruno", TALKING), ("chloe", TALKING), ("david", RINGING)}
    assert "bruno takes part no more" in meeting.story and meeting.guest.label not in meeting.there
    assert "outsider hears music" not in meeting.story
    await meeting.answers()
    assert "bruno and david are joined" in meeting.story
    assert set(meeting.call.people_on_the_phone) == {"bruno", "chloe", "david"}
    await meeting.presses("bruno", "*4")
    assert meeting.there == ["outsider", "bruno", "chloe", "david"]
    assert meeting.story[-3:] == ["bruno and david are parted", "david takes part", "bruno takes part"]
    assert meeting.call.facts.caller == "+33612345678" and "david" in meeting.call.person_ids
    assert meeting.call.trail[-1].reason.sentence() == (
        "In the conference from 10:00 on: +33612345678, Bruno, Chloe, david"
    )
    meeting.legs["bruno"].hangs_up()
    meeting.guest.hangs_up()
    await settle()
    assert meeting.story[-1] == "outsider talks to chloe" and meeting.guest.closed
    await meeting.over()


async def test_whoever_comes_back_has_their_seat_again_and_nobody_came():
    meeting = Meeting()
    await meeting.begin()
    await meeting.dials("chloe")
    await meeting.answers()
    await meeting.presses("chloe", "*1")
    assert meeting.there == ["outsider", "bruno", "chloe"] and meeting.guest.closed
    assert meeting.story[-1] == "chloe takes part"
    assert meeting.codes == ["conference", "conference_of"]
    await meeting.over()


async def test_whoever_could_not_be_reached_is_said_to_be_so():
    meeting = Meeting()
    meeting.board.legs = []
    await meeting.begin()
    await meeting.dials()
    assert meeting.story[-2:] == ["bruno hears transfer_failed", "bruno takes part"]
    assert meeting.there == ["outsider", "bruno", "chloe"]
    await meeting.over()


async def test_hanging_up_leaves_the_one_consulted_in_ones_place():
    meeting = Meeting()
    await meeting.begin()
    await meeting.dials()
    await meeting.answers()
    meeting.legs["bruno"].hangs_up()
    await settle()
    assert meeting.there == ["outsider", "chloe", "david"]
    await meeting.over()


async def test_whoever_is_left_alone_meanwhile_hears_music_and_two_go_on_afterwards():
    meeting = Meeting()
    await meeting.begin()
    await meeting.dials()
    meeting.legs["outsider"].hangs_up()
    await settle()
    assert "chloe hears music" in meeting.story and not meeting.task.done()
    await meeting.answers()
    meeting.legs["chloe"].hangs_up()
    await meeting.presses("bruno", "*4")
    await settle()
    assert meeting.story[-1] == "bruno talks to david" and meeting.call.leader is meeting.call.caller
    await meeting.over()


async def test_a_full_conference_says_so_to_whoever_would_bring_in_one_more():
    meeting = Meeting(*(f"person{place}" for place in range(MOST_PARTIES - 3)))
    await meeting.begin()
    await meeting.presses("bruno", "*4")
    assert meeting.story == ["bruno hears conference_full"]
    assert len(meeting.there) == MOST_PARTIES
    # They may give their own place, but not bring in one more by that.
    await meeting.dials(code="*2")
    await meeting.answers()
    await meeting.presses("bruno", "*4")
    assert meeting.story[-2:] == ["bruno hears conference_full", "bruno and david are joined"]
    meeting.legs["bruno"].hangs_up()
    await settle()
    assert len(meeting.there) == MOST_PARTIES and meeting.there[-1] == "david"
    await meeting.over()


@pytest.mark.parametrize("hangs_up", [True, False])
async def test_the_code_of_a_blind_transfer_gives_ones_place(hangs_up):
    meeting = Meeting()
    await meeting.begin()
    await meeting.dials(code="*1")
    assert "bruno hears ringback..." in meeting.story and "david rings" in meeting.story
    if hangs_up:
        meeting.legs["bruno"].hangs_up()
        await settle()
    await meeting.answers()
    assert meeting.there == ["outsider", "chloe", "david"] and meeting.legs["bruno"].closed
    assert meeting.codes[:3] == ["conference", "conference_of", "conference_sent"]
    assert not any(each.startswith("bruno takes part") for each in meeting.story[-3:])
    await meeting.over()


async def test_whoever_could_not_send_somebody_in_their_place_is_told_and_has_it_again():
    meeting = Meeting()
    meeting.board.legs = [ScriptedCallee(meeting.story, "david", Outcome.BUSY)]
    await meeting.begin()
    await meeting.dials(code="*1")
    await settle()
    assert meeting.story[-2:] == ["bruno hears transfer_failed", "bruno takes part"]
    assert meeting.there == ["outsider", "bruno", "chloe"] and meeting.codes[-1] == "conference_stays"
    await meeting.over()


async def test_the_code_of_an_attended_transfer_lets_them_talk_first():
    meeting = Meeting()
    await meeting.begin()
    await meeting.dials(code="*2")
    await meeting.answers()
    assert "bruno and david are joined" in meeting.story
    meeting.legs["bruno"].hangs_up()
    await settle()
    assert meeting.there == ["outsider", "chloe", "david"]
    await meeting.over()


async def test_whom_another_call_lends_takes_the_place_of_who_asked_for_it_there():
    meeting = Meeting()
    loan = Loan(meeting.guest, party=Party("104", "David", "david"))
    await meeting.begin()
    assert meeting.call.give_place is not None
    assert not meeting.call.give_place(meeting.guest, loan), "they have no place"
    assert not meeting.call.give_place(meeting.legs["outsider"], loan), "nobody outside sends us people"
    # Chloé rings somebody meanwhile, so that the others' wishes wait.
    meeting.board.legs = [ScriptedCallee(meeting.story, "emma")]
    await meeting.dials("chloe")
    assert meeting.call.give_place(meeting.legs["bruno"], loan)
    loan.ready.set_result(None)
    await settle()
    assert meeting.there == ["outsider", "chloe", "david"] and meeting.legs["bruno"].closed
    assert "david takes part" in meeting.story
    await meeting.presses("chloe", "*")
    await settle()
    meeting.legs["david"] = meeting.guest
    await meeting.presses("david", "*4")
    assert "david hears dial..." in meeting.story, "whoever has come is listened to"
    await meeting.over()
    assert loan.over.is_set() and meeting.call.give_place is None


async def test_nobody_outside_brings_in_anybody():
    meeting = Meeting()
    await meeting.begin()
    await meeting.presses("outsider", "*4")
    assert not meeting.story
    await meeting.over()


async def test_who_is_sent_for_by_a_phone_takes_its_place():
    meeting = Meeting()
    await meeting.begin()
    await meeting.refers("bruno")
    assert meeting.there == ["outsider", "bruno", "chloe"] and not meeting.legs["bruno"].closed
    await meeting.answers()
    assert meeting.there == ["outsider", "chloe", "david"] and meeting.legs["bruno"].closed
    assert meeting.notified == [b"SIP/2.0 100", b"SIP/2.0 200"]
    await meeting.over()


async def test_nobody_is_lost_when_the_phone_hangs_up_at_once_and_nobody_comes():
    meeting = Meeting()
    await meeting.begin()
    await meeting.refers("bruno")
    meeting.legs["bruno"].hangs_up()
    await settle()
    assert meeting.there == ["outsider", "chloe"] and not meeting.task.done()
    await meeting.answers()
    assert meeting.there == ["outsider", "chloe", "david"]
    await meeting.over()


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.BUSY])
async def test_the_conference_goes_on_as_it_was_when_the_target_refuses(outcome):
    meeting = Meeting()
    meeting.board.legs = [ScriptedCallee(meeting.story, "david", outcome)]
    await meeting.begin()
    await meeting.refers("bruno")
    await settle()
    assert meeting.there == ["outsider", "bruno", "chloe"] and not meeting.legs["bruno"].closed
    status = {Outcome.DECLINED: b"SIP/2.0 603", Outcome.BUSY: b"SIP/2.0 486"}[outcome]
    assert meeting.notified == [b"SIP/2.0 100", status]
    assert meeting.codes[-2:] == ["conference_sent", "conference_stays"]
    await meeting.over()


async def test_the_target_stops_ringing_when_everybody_has_left():
    meeting = Meeting()
    await meeting.begin()
    await meeting.refers("bruno")
    for leg in meeting.legs.values():
        leg.hangs_up()
    await settle()
    assert "david stops ringing" in meeting.story
    await meeting.task


@pytest.mark.parametrize("lent", [True, False])
async def test_who_was_consulted_on_another_call_takes_the_place_of_who_consulted(lent):
    meeting = Meeting()
    loan = Loan(meeting.guest, party=Party("104", "David", "david"))
    told, people = [], []
    loan.tell, loan.connected = (lambda reason: told.append(reason.code)), people.append
    meeting.board.borrow = lambda replaces, mine: loan
    if lent:
        loan.ready.set_result(None)
    else:
        loan.ready.cancel()
    await meeting.begin()
    await meeting.refers("bruno", Replaces("id", "from", "to"))
    if lent:
        assert meeting.there == ["outsider", "chloe", "david"] and meeting.notified == [b"SIP/2.0 200"]
        assert loan.story == "to_conference" and told == ["conference_of", "conference_of"]
        assert [party.person_id for party in people] == ["bruno", "chloe"] and not loan.over.is_set()
        meeting.guest.hangs_up()
        assert loan.over.is_set() and told[-1] == "conference_left", "before the call that lends is kept"
        await settle()
        assert told.count("conference_left") == 1
    await meeting.over()
    assert loan.over.is_set()


async def test_the_times_are_those_of_the_office():
    meeting = Meeting()
    meeting.board.moment = datetime(2026, 11, 23, 17, 45, tzinfo=UTC)
    await meeting.begin()
    assert meeting.call.trail[-1].reason.parameters["at"] == "17:45"
    await meeting.over()
