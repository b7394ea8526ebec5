"""Calls that people make: to each other, to the box, and outside."""

from __future__ import annotations

import pytest

from appliance.configuration.destinations import (
    ToPerson,
)
from appliance.configuration.fields import Language
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from appliance.routing.facts import Direction, Facts
from appliance.routing.outbound import ALERTING
from appliance.routing.steps import (
    Announce,
    ExternalTarget,
    HangUp,
    Outcome,
    Ring,
    Service,
    Tone,
)
from appliance.routing.world import World
from tests.unit.routing.small_office import (
    EVERYBODY,
    NUMBER,
    changed,
    codes,
    follow,
    inbound,
    inside,
    number,
    rung,
    small_office,
    steps,
)

MOBILE = "+33612000001"
ALICE = ToPerson(person_id="alice")


class TestInsideAndOut:
    def test_an_extension_rings_the_person(self) -> None:
        assert rung(follow(small_office(), inside("101"))[0].step) == {"alice-desk"}

    def test_an_unknown_extension_is_told(self) -> None:
        words, end = follow(small_office(), inside("199"))
        assert isinstance(words.step, Announce) and words.step.speech.prompt_name == "unknown_extension"
        assert isinstance(end.step, HangUp) and end.step.sip_status == 404

    def test_a_call_for_no_number_of_ours_is_turned_away_and_the_office_told(self) -> None:
        (end,) = follow(small_office(), inbound(called="+33155555555"))
        assert isinstance(end.step, HangUp) and end.step.sip_status == 404
        assert [entry.reason.code for entry in end.trail] == ["number_unknown"]
        assert "number_unknown" in ALERTING

    def test_star_codes(self) -> None:
        own = Mailbox(id="bruno", name="Bruno", owner=MailboxOwner.PERSON, owner_id="bruno")
        configuration = small_office().with_record("mailboxes", "bruno", own)
        assert follow(configuration, inside("*43"))[0].step == Service("echo")
        expected = Service("mailbox", {"mailbox_ids": "bruno", "person_id": "bruno"})
        assert follow(configuration, inside("*97"))[0].step == expected
        without = follow(configuration, inside("*97", "alice"))[0].step
        assert isinstance(without, Announce) and without.speech.prompt_name == "mailbox_unavailable"

    @pytest.mark.feature("VM-1", "VM-7")
    def test_members_hear_their_group_s_messages_after_their_own_unless_they_are_not_to(self) -> None:
        configuration = small_office()
        (group,) = [each for each in configuration.groups.values() if each.members][:1]
        member = group.members[0].person_id
        shared = Mailbox(id="shared", name="Accueil", owner=MailboxOwner.GROUP, owner_id=group.id)
        configuration = configuration.with_record("mailboxes", "shared", shared)

        def mailboxes() -> str:
            step = follow(configuration, inside("*97", member))[0].step
            return step.parameters["mailbox_ids"] if isinstance(step, Service) else ""

        assert mailboxes() == "shared"
        own = Mailbox(id="own", name="Own", owner=MailboxOwner.PERSON, owner_id=member)
        configuration = configuration.with_record("mailboxes", "own", own)
        assert mailboxes() == "own shared"
        closed = shared.model_copy(update={"members_hear": False})
        configuration = configuration.with_record("mailboxes", "shared", closed)
        assert mailboxes() == "own"

    @pytest.mark.feature("RING-4")
    def test_a_number_outside_goes_over_a_line_showing_the_main_number(self) -> None:
        office = small_office().office
        assert office is not None
        configuration = small_office(office=office.model_copy(update={"outbound_ring_seconds": 45}))
        step = follow(configuration, inside(MOBILE))[0].step
        assert step == Ring((ExternalTarget(MOBILE, None, ("trunk",), (NUMBER,)),), 45, Language.FRENCH)

    def test_the_caller_s_own_number_is_shown_and_its_line_comes_first(self) -> None:
        configuration = small_office()
        second = configuration.lines["trunk"].model_copy(update={"id": "second"})
        other = number("other", "+33199001299", open=steps(ALICE)).model_copy(update={"line_id": "second"})
        configuration = configuration.with_record("lines", "second", second)
        configuration = configuration.with_record("numbers", "other", other)
        configuration = changed(configuration, "people", "bruno", presented_number_id="other")
        world = World(EVERYBODY.registered, lines_up=frozenset({"trunk", "second"}))
        step = follow(configuration, inside(MOBILE), world=world)[0].step
        assert isinstance(step, Ring)
        assert step.targets == (ExternalTarget(MOBILE, None, ("second", "trunk"), ("+33199001299", NUMBER)),)

    def test_without_a_line_the_caller_is_told(self) -> None:
        words = follow(small_office(), inside(MOBILE), world=World(EVERYBODY.registered))[0]
        assert isinstance(words.step, Announce) and words.step.speech.prompt_name == "no_line"
        assert "lines_down" in codes([words])

    @pytest.mark.feature("OUT-9")
    @pytest.mark.parametrize("called", ["15", "112", "116117"])
    def test_emergency_numbers_take_any_line(self, called: str) -> None:
        ring, *_ = follow(small_office(), inside(called), world=World())
        assert rung(ring.step) == {called}
        assert "emergency_called" in codes([ring])

    def test_one_of_our_numbers_dialled_inside_follows_its_route(self) -> None:
        facts = Facts(Direction.OUTBOUND, "102", "Bruno", NUMBER, caller_person_id="bruno")
        assert rung(follow(small_office(), facts)[0].step) == {"alice-desk", "chloe-desk"}

    def test_outcomes_outside_are_told_apart(self) -> None:
        busy = follow(small_office(), inside(MOBILE), Outcome.BUSY)[1].step
        failed = follow(small_office(), inside(MOBILE), Outcome.UNREACHABLE)[1].step
        assert isinstance(busy, Tone)
        assert isinstance(failed, Announce) and failed.then == "congestion"
