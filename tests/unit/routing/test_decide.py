"""What a call does next, told as the stories of calls."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from appliance.configuration.calendars import PublicHolidays, SpecialDays
from appliance.configuration.destinations import (
    RingOutcome,
    RouteStep,
    ToAnnouncement,
    ToBusyTone,
    ToExternal,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToNumber,
    ToPerson,
)
from appliance.configuration.fields import DeviceKind, HoursState, Language, TimeRange
from appliance.configuration.people import DeviceChoice, GroupOrder, Member, RingOrder
from appliance.configuration.voicemail import Greeting, Mailbox, MailboxOwner
from appliance.routing.decide import Position, next_step
from appliance.routing.plan import compile_plan
from appliance.routing.steps import (
    Announce,
    ExternalTarget,
    HangUp,
    Outcome,
    Ring,
    TakeMessage,
    Tone,
)
from appliance.routing.world import PersonNow, World
from tests.unit.routing.small_office import (
    CALLER,
    CHRISTMAS,
    EVERYBODY,
    MONDAY,
    NOBODY,
    NUMBER,
    PARIS,
    SUNDAY,
    changed,
    codes,
    follow,
    inbound,
    inside,
    number,
    rung,
    small_office,
    steps,
    with_route,
)

MOBILE = "+33612000001"
ALICE = ToPerson(person_id="alice")
MESSAGE = ToMailbox(mailbox_id="office")
DESK = DeviceChoice(kind=DeviceKind.DESKPHONE, ring_seconds=10)
OUTSIDE = DeviceChoice(kind=DeviceKind.EXTERNAL, ring_seconds=25)


class TestHours:
    @pytest.mark.feature("TIME-1", "RING-2", "VM-1")
    def test_in_hours_the_group_rings_then_a_message_is_taken(self) -> None:
        first, second, last = follow(small_office(), inbound(), Outcome.NO_ANSWER)
        assert rung(first.step) == {"alice-desk", "bruno-desk", "chloe-desk"}
        assert isinstance(second.step, TakeMessage) and second.step.mailbox_id == "office"
        assert isinstance(last.step, HangUp)
        assert codes([first, second])[:3] == ["number_called", "calendar_open", "rings"]

    @pytest.mark.feature("TIME-1", "TIME-2")
    @pytest.mark.parametrize(("now", "code"), [(SUNDAY, "calendar_closed"), (CHRISTMAS, "holiday")])
    def test_out_of_hours_a_message_is_taken_at_once(self, now: datetime, code: str) -> None:
        first = follow(small_office(), inbound(), now=now)[0]
        assert isinstance(first.step, TakeMessage)
        assert code in codes([first])

    @pytest.mark.feature("TIME-2")
    def test_an_exceptional_closure_sends_calls_where_it_says(self) -> None:
        closure = SpecialDays(
            name="Inventory",
            first=MONDAY.date(),
            last=MONDAY.date(),
            destination=ToAnnouncement(text="Inventaire"),
        )
        configuration = changed(small_office(), "calendars", "hours", special_days=(closure,))
        first = follow(configuration, inbound())[0]
        assert isinstance(first.step, Announce) and first.step.speech.text == "Inventaire"
        assert first.trail[1].edge == "hours:hours@main>special/0"

    @pytest.mark.feature("TIME-2")
    def test_an_exceptional_opening_wins_over_the_holiday(self) -> None:
        opening = SpecialDays(
            name="Christmas market",
            first=CHRISTMAS.date(),
            last=CHRISTMAS.date(),
            state=HoursState.OPEN,
            ranges=(TimeRange(start=time(9), end=time(11)),),
        )
        configuration = changed(small_office(), "calendars", "hours", special_days=(opening,))
        assert isinstance(follow(configuration, inbound(), now=CHRISTMAS)[0].step, Ring)
        later = CHRISTMAS.replace(hour=11)
        assert isinstance(follow(configuration, inbound(), now=later)[0].step, TakeMessage)

    @pytest.mark.feature("TIME-2")
    def test_a_holiday_may_have_its_own_handling(self) -> None:
        holidays = PublicHolidays(destinations={"Christmas Day": ToBusyTone()})
        configuration = changed(small_office(), "calendars", "hours", holidays=holidays)
        assert isinstance(follow(configuration, inbound(), now=CHRISTMAS)[0].step, Tone)
        armistice = datetime(2026, 11, 11, 10, tzinfo=PARIS)
        assert isinstance(follow(configuration, inbound(), now=armistice)[0].step, TakeMessage)

    @pytest.mark.feature("TIME-3")
    def test_a_calendar_of_its_own_comes_before_the_office_s(self) -> None:
        always = changed(small_office(), "numbers", "main", calendar_id="other")
        configuration = always.with_record(
            "calendars",
            "other",
            always.calendars["hours"].model_copy(
                update={
                    "id": "other",
                    "name": "Other",
                    "special_days": (
                        SpecialDays(
                            name="Sunday",
                            first=date(2026, 11, 15),
                            last=date(2026, 11, 15),
                            state=HoursState.OPEN,
                        ),
                    ),
                }
            ),
        )
        assert isinstance(follow(configuration, inbound(), now=SUNDAY)[0].step, Ring)

    def test_without_any_calendar_it_is_always_open(self) -> None:
        office = small_office().office
        assert office is not None
        configuration = small_office(office=office.model_copy(update={"calendar_id": None}))
        decision = follow(configuration, inbound(), now=SUNDAY)[0]
        assert isinstance(decision.step, Ring)
        assert "no_calendar" in codes([decision])

    def test_a_holiday_without_route_is_a_closed_day(self) -> None:
        closed = steps(ToAnnouncement(text="Fermé"))
        configuration = small_office(numbers={"main": number(open=steps(ALICE), closed=closed)})
        step = follow(configuration, inbound(), now=CHRISTMAS)[0].step
        assert isinstance(step, Announce) and step.speech.text == "Fermé"


class TestRinging:
    @pytest.mark.feature("RING-6")
    def test_do_not_disturb_goes_on_at_once(self) -> None:
        configuration = changed(with_route(ALICE, MESSAGE), "people", "alice", do_not_disturb=True)
        decision = follow(configuration, inbound())[0]
        assert isinstance(decision.step, TakeMessage)
        assert "do_not_disturb" in codes([decision])

    @pytest.mark.feature("RING-6", "RING-7")
    def test_somebody_who_has_all_the_calls_they_take_is_not_rung(self) -> None:
        full = {"alice": PersonNow(talking=1, ringing=1)}
        world = World(EVERYBODY.registered, lines_up=EVERYBODY.lines_up, people=full)
        first = follow(small_office(), inbound(), world=world)[0]
        assert rung(first.step) == {"bruno-desk", "chloe-desk"}
        assert "person_busy" in codes([first])

    @pytest.mark.feature("RING-1")
    def test_devices_ring_together(self) -> None:
        configuration = changed(
            with_route(ALICE), "people", "alice", devices=(DESK, OUTSIDE), mobile=MOBILE, ring_seconds=35
        )
        step = follow(configuration, inbound())[0].step
        assert rung(step) == {"alice-desk", MOBILE}
        assert isinstance(step, Ring) and step.seconds == 35
        external = next(each for each in step.targets if isinstance(each, ExternalTarget))
        assert external == ExternalTarget(MOBILE, "alice", ("trunk",), (NUMBER,))

    @pytest.mark.feature("RING-3")
    def test_devices_ring_one_after_the_other(self) -> None:
        configuration = changed(
            with_route(ALICE),
            "people",
            "alice",
            devices=(DESK, OUTSIDE),
            mobile=MOBILE,
            ring_order=RingOrder.IN_ORDER,
        )
        desk, outside, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER, Outcome.NO_ANSWER)
        assert (rung(desk.step), desk.step.seconds) == ({"alice-desk"}, 10)  # type: ignore[union-attr]
        assert (rung(outside.step), outside.step.seconds) == ({MOBILE}, 25)  # type: ignore[union-attr]

    @pytest.mark.feature("RING-3")
    def test_who_declines_is_not_rung_on_the_next_device(self) -> None:
        configuration = changed(
            with_route(ALICE, MESSAGE),
            "people",
            "alice",
            devices=(DESK, OUTSIDE),
            mobile=MOBILE,
            ring_order=RingOrder.IN_ORDER,
        )
        _, after, *_ = follow(configuration, inbound(), Outcome.DECLINED)
        assert isinstance(after.step, TakeMessage)

    @pytest.mark.feature("RING-3")
    def test_a_group_in_order_rings_one_member_after_the_other_within_its_wait(self) -> None:
        group = ToGroup(group_id="sales")
        configuration = changed(
            with_route(RouteStep(destination=group, max_wait=45), MESSAGE),
            "groups",
            "sales",
            order=GroupOrder.IN_ORDER,
        )
        *rings, message, _ = follow(
            configuration, inbound(), Outcome.NO_ANSWER, Outcome.BUSY, Outcome.NO_ANSWER
        )
        assert [rung(each.step) for each in rings] == [{"alice-desk"}, {"bruno-desk"}, {"chloe-desk"}]
        assert [each.step.seconds for each in rings] == [20, 20, 5]  # type: ignore[union-attr]
        assert isinstance(message.step, TakeMessage)

    @pytest.mark.feature("RING-2")
    def test_a_member_has_an_own_choice_of_devices(self) -> None:
        members = (Member(person_id="alice", devices=(DeviceKind.EXTERNAL,)), Member(person_id="bruno"))
        configuration = changed(small_office(), "groups", "sales", members=members)
        configuration = changed(configuration, "people", "alice", mobile=MOBILE)
        assert rung(follow(configuration, inbound())[0].step) == {MOBILE, "bruno-desk"}

    @pytest.mark.feature("RING-3")
    def test_the_route_s_wait_comes_before_the_person_s(self) -> None:
        step = follow(with_route(RouteStep(destination=ALICE, max_wait=12)), inbound())[0].step
        assert isinstance(step, Ring) and step.seconds == 12

    def test_a_caller_is_not_called_back_on_their_own_mobile(self) -> None:
        configuration = changed(small_office(), "people", "alice", devices=(DESK, OUTSIDE), mobile=CALLER)
        assert CALLER not in rung(follow(configuration, inbound())[0].step)

    def test_who_calls_the_group_is_passed_over(self) -> None:
        first = follow(small_office(), inside("200"))[0]
        assert rung(first.step) == {"alice-desk", "chloe-desk"}
        assert "is_caller" in codes([first])

    def test_outcomes_that_lead_nowhere_end_with_what_happened(self) -> None:
        only_no_answer = RouteStep(destination=ALICE, next_on=frozenset({RingOutcome.NO_ANSWER}))
        configuration = with_route(only_no_answer, MESSAGE)
        _, tone, end = follow(configuration, inbound(), Outcome.BUSY)
        assert isinstance(tone.step, Tone) and tone.step.kind == "busy"
        assert isinstance(end.step, HangUp) and end.step.sip_status == 486
        _, words, end = follow(configuration, inbound(), Outcome.DECLINED)
        assert isinstance(words.step, Announce) and words.step.speech.prompt_name == "call_refused"
        assert isinstance(end.step, HangUp) and end.step.sip_status == 603


class TestUnanswered:
    @pytest.mark.feature("VM-1", "NOANS-1")
    def test_the_person_s_mailbox_then_words(self) -> None:
        own = Mailbox(id="alice", name="Alice", owner=MailboxOwner.PERSON, owner_id="alice")
        configuration = with_route(ALICE).with_record("mailboxes", "alice", own)
        _, message, _ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert isinstance(message.step, TakeMessage) and message.step.mailbox_id == "alice"
        off = changed(configuration, "mailboxes", "alice", enabled=False)
        _, words, _ = follow(off, inbound(), Outcome.NO_ANSWER)
        assert isinstance(words.step, Announce) and words.step.speech.prompt_name == "nobody_available"

    @pytest.mark.feature("NOANS-1", "TIME-1")
    @pytest.mark.parametrize(
        ("chosen", "kind"),
        [
            (MESSAGE, TakeMessage),
            (ToPerson(person_id="bruno"), Ring),
            (ToExternal(number=MOBILE), Ring),
            (ToAnnouncement(text="Au revoir"), Announce),
            (ToHangUp(), HangUp),
            (ToGroup(group_id="sales"), Ring),
        ],
    )
    def test_what_a_person_chose_applies(self, chosen: object, kind: type) -> None:
        configuration = changed(
            with_route(ALICE), "people", "alice", when_unanswered={HoursState.OPEN: chosen}
        )
        _, after, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert isinstance(after.step, kind)
        _, closed, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER, now=SUNDAY)
        assert isinstance(closed.step, Announce)

    def test_what_follows_on_the_route_comes_before_a_person_s_own_choice(self) -> None:
        chosen = {state: ToHangUp() for state in HoursState}
        configuration = changed(with_route(ALICE, MESSAGE), "people", "alice", when_unanswered=chosen)
        _, after, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert isinstance(after.step, TakeMessage)

    @pytest.mark.feature("NOANS-1")
    def test_what_a_group_chose_applies(self) -> None:
        configuration = changed(
            with_route(ToGroup(group_id="sales")),
            "groups",
            "sales",
            when_unanswered=ToAnnouncement(text="Non"),
        )
        _, after, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert isinstance(after.step, Announce) and after.step.speech.text == "Non"

    @pytest.mark.feature("VM-1")
    def test_the_number_s_mailbox_is_for_those_who_have_none(self) -> None:
        own = Mailbox(id="main", name="Main", owner=MailboxOwner.NUMBER, owner_id="main")
        configuration = with_route(ToExternal(number=MOBILE)).with_record("mailboxes", "main", own)
        _, message, _ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert isinstance(message.step, TakeMessage) and message.step.mailbox_id == "main"

    def test_another_number_s_route_is_followed(self) -> None:
        numbers = {
            "main": number(open=steps(ALICE, ToNumber(number_id="other"))),
            "other": number("other", "+33199001235", open=steps(ToPerson(person_id="bruno"))),
        }
        configuration = small_office(numbers=numbers)
        _, second, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert rung(second.step) == {"bruno-desk"}
        assert "number_followed" in codes([second])

    def test_inside_the_office_the_caller_is_told_what_happened(self) -> None:
        told = {}
        for outcome in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.DECLINED, Outcome.UNREACHABLE):
            step = follow(small_office(), inside("101"), outcome)[1].step
            told[outcome] = step.kind if isinstance(step, Tone) else step.speech.prompt_name  # type: ignore
        assert told == {
            Outcome.NO_ANSWER: "nobody_available",
            Outcome.BUSY: "busy",
            Outcome.DECLINED: "call_refused",
            Outcome.UNREACHABLE: "person_unavailable",
        }


class TestBackup:
    BACKUP = "+33612999999"

    @pytest.mark.feature("BACKUP-1")
    def test_is_rung_before_the_mailbox_when_no_phone_is_connected(self) -> None:
        configuration = changed(small_office(), "numbers", "main", backup_number=self.BACKUP)
        ring, message, _ = follow(configuration, inbound(), Outcome.NO_ANSWER, world=NOBODY)
        assert rung(ring.step) == {self.BACKUP}
        assert "nobody_reachable" in codes([ring])
        assert isinstance(message.step, TakeMessage)

    @pytest.mark.feature("BACKUP-1")
    def test_the_office_s_is_the_default(self) -> None:
        configuration = small_office()
        assert configuration.office is not None
        office = configuration.office.model_copy(update={"backup_number": self.BACKUP})
        configuration = configuration.with_singleton("office", office)
        assert rung(follow(configuration, inbound(), world=NOBODY)[0].step) == {self.BACKUP}

    @pytest.mark.feature("BACKUP-1")
    def test_is_not_rung_when_somebody_just_does_not_answer(self) -> None:
        configuration = changed(small_office(), "numbers", "main", backup_number=self.BACKUP)
        _, message, _ = follow(configuration, inbound(), Outcome.NO_ANSWER)
        assert isinstance(message.step, TakeMessage)

    @pytest.mark.feature("BACKUP-1")
    def test_is_rung_when_nobody_answers_and_the_disk_has_failed(self) -> None:
        configuration = changed(small_office(), "numbers", "main", backup_number=self.BACKUP)
        world = World(EVERYBODY.registered, frozenset(), EVERYBODY.lines_up, failures=frozenset({"disk"}))
        _, ring, *_ = follow(configuration, inbound(), Outcome.NO_ANSWER, world=world)
        assert rung(ring.step) == {self.BACKUP}

    @pytest.mark.feature("BACKUP-1")
    def test_phones_that_cannot_be_reached_count_as_failed(self) -> None:
        configuration = changed(small_office(), "numbers", "main", backup_number=self.BACKUP)
        _, ring, *_ = follow(configuration, inbound(), Outcome.UNREACHABLE)
        assert rung(ring.step) == {self.BACKUP}

    def test_do_not_disturb_is_no_failure(self) -> None:
        configuration = changed(with_route(ALICE, MESSAGE), "people", "alice", do_not_disturb=True)
        configuration = changed(configuration, "numbers", "main", backup_number=self.BACKUP)
        assert isinstance(follow(configuration, inbound(), world=NOBODY)[0].step, TakeMessage)


class TestMessages:
    @pytest.mark.feature("VM-2")
    @pytest.mark.parametrize(
        ("now", "prompt"),
        [
            (MONDAY, "mailbox_greeting"),
            (SUNDAY, "mailbox_greeting_closed"),
            (CHRISTMAS, "mailbox_greeting_holiday"),
        ],
    )
    def test_the_greeting_fits_the_hours(self, now: datetime, prompt: str) -> None:
        step = follow(with_route(MESSAGE), inbound(), now=now)[0].step
        assert isinstance(step, TakeMessage) and step.greeting.prompt_name == prompt

    @pytest.mark.feature("VM-2")
    def test_own_greetings_by_hours(self) -> None:
        greetings = {HoursState.OPEN: Greeting(text="Ouvert"), HoursState.CLOSED: Greeting(audio_id="a")}
        configuration = changed(with_route(MESSAGE), "mailboxes", "office", greetings=greetings)
        opened = follow(configuration, inbound())[0].step
        closed = follow(configuration, inbound(), now=SUNDAY)[0].step
        assert isinstance(opened, TakeMessage) and opened.greeting.text == "Ouvert"
        assert isinstance(closed, TakeMessage) and closed.greeting.audio_id == "a"

    @pytest.mark.feature("VM-2")
    def test_the_number_called_may_be_said(self) -> None:
        configuration = changed(with_route(MESSAGE), "mailboxes", "office", announce_number=True)
        step = follow(configuration, inbound())[0].step
        assert isinstance(step, TakeMessage)
        assert step.greeting.prompt_name == "mailbox_greeting_number"
        assert step.greeting.parameters == {"number": "01 99 00 12 34"}

    def test_the_mailbox_s_language_comes_before_the_caller_s(self) -> None:
        configuration = changed(with_route(MESSAGE), "mailboxes", "office", language=Language.ENGLISH)
        step = follow(configuration, inbound())[0].step
        assert isinstance(step, TakeMessage) and step.greeting.language is Language.ENGLISH

    def test_a_mailbox_that_is_off_says_so_instead(self) -> None:
        configuration = changed(with_route(MESSAGE), "mailboxes", "office", enabled=False)
        assert isinstance(follow(configuration, inbound())[0].step, Announce)


class TestResuming:
    @pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.CALLER_LEFT])
    def test_a_call_that_is_over_is_hung_up(self, outcome: Outcome) -> None:
        _, end = follow(small_office(), inbound(), outcome)
        assert isinstance(end.step, HangUp)
        assert codes([end]) == [outcome.value]

    def test_a_place_that_the_plan_does_not_know_ends_the_call(self) -> None:
        plan = compile_plan(small_office())
        gone = Position("person:somebody@elsewhere")
        decision = next_step(plan, inbound(), EVERYBODY, MONDAY, gone, Outcome.NO_ANSWER)
        assert isinstance(decision.step, HangUp)

    def test_after_the_end_it_stays_ended(self) -> None:
        plan = compile_plan(small_office())
        end = follow(small_office(), inbound())[-1]
        again = next_step(plan, inbound(), EVERYBODY, MONDAY, end.position, Outcome.DONE)
        assert isinstance(again.step, HangUp)

    def test_the_world_may_change_between_steps(self) -> None:
        plan = compile_plan(with_route(ALICE, ToPerson(person_id="bruno"), MESSAGE))
        first = next_step(plan, inbound(), EVERYBODY, MONDAY)
        after = next_step(plan, inbound(), NOBODY, MONDAY, first.position, Outcome.NO_ANSWER)
        assert isinstance(after.step, TakeMessage)
