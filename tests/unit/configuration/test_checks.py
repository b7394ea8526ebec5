"""What must hold among records: each problem, where it is, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from appliance.configuration.calendars import PublicHolidays, SpecialDays, Week
from appliance.configuration.checks import CODES, problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    RouteStep,
    ToAnnouncement,
    ToBusyTone,
    ToCallBack,
    ToExternal,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToNumber,
    ToPerson,
)
from appliance.configuration.fields import DeviceKind, HoursState, TimeRange
from appliance.configuration.office import MailServer, Role, User
from appliance.configuration.people import DeviceChoice, Member, Person
from appliance.configuration.voicemail import Audio, Mailbox, MailboxOwner
from tests.unit.routing.small_office import NUMBER, changed, number, small_office, steps, with_route

Office = Callable[[], Configuration]
ALICE, BRUNO = ToPerson(person_id="alice"), ToPerson(person_id="bruno")
OPEN = HoursState.OPEN


def span(start: int, end: int) -> TimeRange:
    return TimeRange(start=time(start), end=time(end))


def person(**fields: Any) -> Configuration:
    return changed(small_office(), "people", "alice", **fields)


def hours(**fields: Any) -> Configuration:
    return changed(small_office(), "calendars", "hours", **fields)


def special(**fields: Any) -> Configuration:
    given = {"name": "S", "first": date(2026, 8, 1), "last": date(2026, 8, 2)} | fields
    return hours(special_days=(SpecialDays(**given),))


def two_numbers(*second: Any) -> Configuration:
    numbers = {
        "main": number(open=steps(ToNumber(number_id="other"))),
        "other": number("other", "+33199001299", open=steps(*second)),
    }
    return small_office(numbers=numbers)


def adding(collection: str, record: Any) -> Configuration:
    return small_office().with_record(collection, record.id, record)


def test_the_small_office_may_be_saved() -> None:
    assert problems(small_office()) == ()


def test_nothing_at_all_may_be_saved() -> None:
    assert problems(Configuration()) == ()


CASES: list[tuple[str, str, Office]] = [
    ("people/alice/extension", "extension_is_emergency", lambda: person(extension="15")),
    ("people/bruno/extension", "extension_taken", lambda: person(extension="102")),
    ("groups/sales/extension", "extension_taken", lambda: person(extension="200")),
    ("people/alice/calendar_id", "unknown_calendar", lambda: person(calendar_id="lost")),
    ("people/alice/presented_number_id", "unknown_number", lambda: person(presented_number_id="lost")),
    (
        "people/alice/when_unanswered/open/mailbox_id",
        "unknown_mailbox",
        lambda: person(when_unanswered={OPEN: ToMailbox(mailbox_id="lost")}),
    ),
    (
        "people/alice/mobile",
        "mobile_missing",
        lambda: person(devices=(DeviceChoice(kind=DeviceKind.EXTERNAL),)),
    ),
    (
        "people/alice/devices/1/kind",
        "device_twice",
        lambda: person(devices=(DeviceChoice(kind=DeviceKind.DESKPHONE),) * 2),
    ),
    ("people/alice/mobile", "number_is_ours", lambda: person(mobile=NUMBER)),
    (
        "phones/bruno-desk/person_id",
        "unknown_person",
        lambda: changed(small_office(), "phones", "bruno-desk", person_id="lost"),
    ),
    (
        "phones/bruno-desk/sip_user",
        "sip_user_taken",
        lambda: changed(small_office(), "phones", "bruno-desk", sip_user="101"),
    ),
    (
        "phones/bruno-desk/kind",
        "phone_is_external",
        lambda: changed(small_office(), "phones", "bruno-desk", kind=DeviceKind.EXTERNAL),
    ),
    (
        "groups/sales/members/1/person_id",
        "member_twice",
        lambda: changed(small_office(), "groups", "sales", members=(Member(person_id="alice"),) * 2),
    ),
    (
        "groups/sales/members/0/devices",
        "mobile_missing",
        lambda: changed(
            small_office(),
            "groups",
            "sales",
            members=(Member(person_id="alice", devices=(DeviceKind.EXTERNAL,)),),
        ),
    ),
    ("numbers/other/number", "number_taken", lambda: adding("numbers", number("other", open=steps(ALICE)))),
    (
        "numbers/main/line_id",
        "unknown_line",
        lambda: changed(small_office(), "numbers", "main", line_id="lost"),
    ),
    (
        "numbers/main/routes/open",
        "route_missing",
        lambda: small_office(numbers={"main": number(closed=steps(ALICE))}),
    ),
    (
        "numbers/main/routes/open/steps/1/destination",
        "route_ends_in_silence",
        lambda: with_route(ALICE, ToHangUp()),
    ),
    *(
        (
            "numbers/main/routes/open/steps/0/destination/person_id",
            "call_back_by_nobody",
            lambda given=given: with_route(ToCallBack(**given), ALICE),
        )
        for given in ({}, {"person_id": "alice", "group_id": "sales"})
    ),
    (
        "numbers/main/routes/open/steps/0/destination/group_id",
        "unknown_group",
        lambda: with_route(ToCallBack(group_id="gone"), ALICE),
    ),
    (
        "numbers/main/routes/open/steps/1/destination",
        "step_never_reached",
        lambda: with_route(ToBusyTone(), ALICE),
    ),
    (
        "numbers/main/routes/open/steps/1/destination",
        "step_never_reached",
        lambda: with_route(RouteStep(destination=ALICE, next_on=frozenset()), BRUNO),
    ),
    (
        "numbers/main/routes/open/steps/0/destination/text",
        "announcement_empty",
        lambda: with_route(ToAnnouncement()),
    ),
    (
        "numbers/main/routes/open/steps/0/destination/audio_id",
        "unknown_audio",
        lambda: with_route(ToAnnouncement(audio_id="lost")),
    ),
    (
        "numbers/main/routes/open/steps/0/destination/group_id",
        "unknown_group",
        lambda: with_route(ToGroup(group_id="lost")),
    ),
    (
        "numbers/main/routes/open/steps/0/destination/number",
        "number_is_ours",
        lambda: with_route(ToExternal(number=NUMBER)),
    ),
    (
        "numbers/main/backup_number",
        "number_is_ours",
        lambda: changed(small_office(), "numbers", "main", backup_number=NUMBER),
    ),
    (
        "mailboxes/office/owner_id",
        "mailbox_missing_owner",
        lambda: changed(small_office(), "mailboxes", "office", owner=MailboxOwner.PERSON),
    ),
    (
        "mailboxes/m/owner_id",
        "unknown_group",
        lambda: adding("mailboxes", Mailbox(id="m", name="M", owner=MailboxOwner.GROUP, owner_id="lost")),
    ),
    (
        "mailboxes/b/owner_id",
        "mailbox_owner_taken",
        lambda: adding(
            "mailboxes", Mailbox(id="a", name="A", owner=MailboxOwner.PERSON, owner_id="alice")
        ).with_record(
            "mailboxes", "b", Mailbox(id="b", name="B", owner=MailboxOwner.PERSON, owner_id="alice")
        ),
    ),
    ("audios/a/text", "audio_empty", lambda: adding("audios", Audio(id="a", name="A"))),
    ("lines/trunk/user", "line_user_missing", lambda: changed(small_office(), "lines", "trunk", user="")),
    (
        "lines/trunk/password",
        "line_password_missing",
        lambda: changed(small_office(), "lines", "trunk", password=""),
    ),
    (
        "lines/second/main_number_id",
        "main_number_elsewhere",
        lambda: adding(
            "lines",
            small_office().lines["trunk"].model_copy(update={"id": "second", "main_number_id": "main"}),
        ),
    ),
    (
        "calendars/hours/week/sunday/1",
        "overlapping_ranges",
        lambda: hours(week=Week(sunday=(span(9, 12), span(11, 13)))),
    ),
    (
        "calendars/hours/week/sunday/1",
        "overlapping_ranges",
        lambda: hours(week=Week(sunday=(span(22, 2), span(23, 0)))),
    ),
    ("calendars/hours/special_days/0/last", "dates_reversed", lambda: special(last=date(2026, 7, 1))),
    (
        "calendars/hours/special_days/0/ranges",
        "ranges_on_closed_day",
        lambda: special(ranges=(span(9, 10),)),
    ),
    (
        "calendars/hours/special_days/0/ranges/1",
        "overlapping_ranges",
        lambda: special(state=OPEN, ranges=(span(9, 12), span(9, 10))),
    ),
    (
        "calendars/hours/special_days/0/destination",
        "route_ends_in_silence",
        lambda: special(destination=ToHangUp()),
    ),
    (
        "calendars/hours/holidays/country",
        "holidays_unknown_country",
        lambda: hours(holidays=PublicHolidays(country="QQ")),
    ),
    (
        "calendars/hours/holidays/subdivision",
        "holidays_unknown_subdivision",
        lambda: hours(holidays=PublicHolidays(subdivision="Atlantis")),
    ),
    (
        "users/u/role",
        "no_administrator",
        lambda: adding("users", User(id="u", name="U", password_hash="x", role=Role.PERSON)),
    ),
    (
        "mail_server/sender",
        "mail_sender_missing",
        lambda: small_office(mail_server=MailServer(enabled=True, host="mail.example.net")),
    ),
    (
        "mail_server/host",
        "mail_host_missing",
        lambda: small_office(mail_server=MailServer(enabled=True, sender="a@example.net")),
    ),
]


@pytest.mark.parametrize(("place", "code", "office"), CASES, ids=[f"{c}:{p}" for p, c, _ in CASES])
def test_each_problem_is_told_where_it_is(place: str, code: str, office: Office) -> None:
    found = problems(office())
    told = {
        ("/".join(map(str, (each.collection, each.record_id, *each.path))).replace("//", "/"), each.code)
        for each in found
    }
    assert told == {(place, code)}
    for each in found:
        assert "{" not in each.sentence() and "…" not in each.sentence()


class TestLoops:
    """Ways that come back are refused on each record that takes part."""

    def looping(self, configuration: Configuration) -> set[str]:
        return {each.record_id for each in problems(configuration) if each.code == "route_loops"}

    def test_two_numbers_that_follow_each_other(self) -> None:
        assert self.looping(two_numbers(ToNumber(number_id="main"))) == {"main", "other"}

    def test_a_number_that_ends_with_another_is_fine(self) -> None:
        assert self.looping(two_numbers(ALICE)) == set()

    def test_two_people_who_send_to_each_other(self) -> None:
        configuration = person(when_unanswered={OPEN: BRUNO})
        configuration = changed(configuration, "people", "bruno", when_unanswered={HoursState.CLOSED: ALICE})
        assert self.looping(configuration) == {"alice", "bruno"}

    def test_a_group_that_sends_back_to_its_number(self) -> None:
        configuration = changed(
            with_route(ToGroup(group_id="sales")),
            "groups",
            "sales",
            when_unanswered=ToNumber(number_id="main"),
        )
        assert self.looping(configuration) == {"main", "sales"}

    def test_what_follows_on_the_route_breaks_it(self) -> None:
        configuration = changed(
            with_route(ToGroup(group_id="sales"), ToMailbox(mailbox_id="office")),
            "groups",
            "sales",
            when_unanswered=ToNumber(number_id="main"),
        )
        assert self.looping(configuration) == set()

    def test_a_special_day_that_leads_to_a_number_of_the_same_calendar(self) -> None:
        assert self.looping(special(destination=ToNumber(number_id="main"))) == {"hours"}


def test_all_codes_have_sentences_that_can_be_filled() -> None:
    for code, sentence in CODES.items():
        assert sentence and sentence == sentence.strip(), code


def test_a_thousand_people_are_checked_quickly() -> None:
    people = {
        f"p{place}": Person(
            id=f"p{place}",
            name=f"P{place}",
            extension=str(10000 + place),
            when_unanswered={OPEN: ToPerson(person_id=f"p{place + 1}")} if place < 999 else {},
        )
        for place in range(1000)
    }
    assert problems(small_office(people=people, phones={}, groups={}, numbers={})) == ()


@pytest.mark.feature("IN-3")
@pytest.mark.parametrize("field", ["extension_in_to", "calls_outside"])
def test_extensions_and_the_outside_are_called_by_another_phone_system_only(field):
    configuration = changed(small_office(), "lines", "trunk", **{field: True})
    assert [(each.path, each.code) for each in problems(configuration)] == [((field,), f"{field}_of_trunk")]
    assert not problems(changed(configuration, "lines", "trunk", kind="pbx"))


@pytest.mark.parametrize(
    ("address", "host", "code"),
    [
        ("stun", None, "outside_host_missing"),
        ("stun", "stun.example.org", None),
        ("stun", "[2001:db8::1]:3478", None),
        ("stun", "stun.example.org:65535", None),
        ("stun", "stun.example.org:65536", "outside_port_wrong"),
        ("stun", "stun.example.org:0", "outside_port_wrong"),
        ("stun", "stun.example.org:", "outside_port_wrong"),
        ("fixed", "2001:db8::1", None),
        ("fixed", "office.example.net", None),
        ("fixed", "203.0.113.7:5070", "outside_port_fixed"),
        ("own", "stun.example.org:65536", None),
    ],
)
def test_the_outside_address_of_a_line_is_refused_where_it_was_typed(
    address: str, host: str | None, code: str | None
) -> None:
    told = changed(small_office(), "lines", "trunk", outside_address=address, outside_host=host)
    found = [(each.path, each.code) for each in problems(told)]
    assert found == ([(("outside_host",), code)] if code else [])
