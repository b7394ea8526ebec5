"""The largest office the box is made for: 60 people, 20 groups, 30 numbers, each with all it may have."""

from __future__ import annotations

from datetime import date, time

from appliance.configuration.calendars import Calendar, PublicHolidays, SpecialDays, Week
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Route,
    RouteStep,
    ToExternal,
    ToGroup,
    ToMailbox,
    ToNumber,
    ToPerson,
)
from appliance.configuration.fields import DeviceKind, HoursState, TimeRange
from appliance.configuration.lines import Number, SipTrunk
from appliance.configuration.office import Office
from appliance.configuration.people import (
    DeviceChoice,
    GroupOrder,
    Member,
    Person,
    Phone,
    RingGroup,
    RingOrder,
)
from appliance.configuration.voicemail import Mailbox, MailboxOwner

PEOPLE, GROUPS, NUMBERS, CALENDARS = 60, 20, 30, 6
OFFICE = "+33199009999"


def number_of(place: int) -> str:
    """The E.164 number of the office's number at that place."""
    return f"+331990000{place:02d}"


def large_office() -> Configuration:
    """The office; what must hold among its records does."""
    people = {f"p{place}": _person(place) for place in range(PEOPLE)}
    phones = {
        f"p{place}-{kind}": Phone(
            id=f"p{place}-{kind}",
            name="Phone",
            person_id=f"p{place}",
            kind=kind,
            sip_user=f"p{place}-{kind}",
            sip_password="a secret of twelve",
        )
        for place in range(PEOPLE)
        for kind in (DeviceKind.DESKPHONE, DeviceKind.SOFTPHONE)
    }
    own = [
        Mailbox(id=f"m{place}", name=f"Mailbox {place}", owner=MailboxOwner.PERSON, owner_id=f"p{place}")
        for place in range(PEOPLE)
    ]
    mailboxes = {each.id: each for each in (Mailbox(id="office", name="Office"), *own)}
    return Configuration(
        office=Office(name="Office", calendar_id="c0", backup_number=OFFICE),
        people=people,
        phones=phones,
        groups={f"g{place}": _group(place) for place in range(GROUPS)},
        calendars={f"c{place}": _calendar(place) for place in range(CALENDARS)},
        lines={
            f"l{place}": SipTrunk(
                id=f"l{place}", name=f"Line {place}", server="sip.example.net", user="u", password="p"
            )
            for place in range(4)
        },
        numbers={f"n{place}": _number(place) for place in range(NUMBERS)},
        mailboxes=mailboxes,
    )


def _person(place: int) -> Person:
    next_one = ToPerson(person_id=f"p{place + 1}") if place % 5 and place + 1 < PEOPLE else None
    closed = ToMailbox(mailbox_id=f"m{place}")
    return Person(
        id=f"p{place}",
        name=f"Person {place}",
        extension=f"3{place:02d}",
        mobile=f"+3363998{place:04d}",
        devices=tuple(DeviceChoice(kind=kind) for kind in DeviceKind),
        ring_order=RingOrder.IN_ORDER if place % 2 else RingOrder.TOGETHER,
        calendar_id=f"c{place % CALENDARS}",
        when_unanswered={HoursState.OPEN: next_one or closed, HoursState.CLOSED: closed},
    )


def _group(place: int) -> RingGroup:
    members = [Member(person_id=f"p{(place * 3 + each) % PEOPLE}") for each in range(7)]
    order = tuple(GroupOrder)[place % 4]
    return RingGroup(
        id=f"g{place}", name=f"Group {place}", extension=f"2{place:02d}", members=tuple(members), order=order
    )


def _calendar(place: int) -> Calendar:
    morning = TimeRange(start=time(8, 5 * place), end=time(12))
    day = (morning, TimeRange(start=time(13, 5 * place), end=time(18, 30)))
    days = [
        SpecialDays(
            name=f"Closure {month}",
            first=date(2026 + place % 2, month, 3 + place),
            last=date(2026 + place % 2, month, 5 + place),
        )
        for month in range(1, 13)
    ]
    return Calendar(
        id=f"c{place}",
        name=f"Hours {place}",
        week=Week(**dict.fromkeys(tuple(Week.model_fields)[:5], day)),
        holidays=PublicHolidays(subdivision="Alsace-Moselle" if place % 2 else ""),
        special_days=tuple(days),
    )


def _number(place: int) -> Number:
    message = RouteStep(destination=ToMailbox(mailbox_id="office"))
    first = RouteStep(destination=ToGroup(group_id=f"g{place % GROUPS}"), max_wait=20)
    second = RouteStep(destination=ToPerson(person_id=f"p{place}"))
    third = RouteStep(destination=ToExternal(number=OFFICE))
    # Every third number's holidays follow the route of the next.
    other = RouteStep(destination=ToNumber(number_id=f"n{place + 1}")) if place % 3 == 0 else message
    return Number(
        id=f"n{place}",
        name=f"Number {place}",
        number=number_of(place),
        line_id=f"l{place % 4}",
        calendar_id=f"c{place % CALENDARS}",
        routes={
            HoursState.OPEN: Route(steps=(first, second, third, message)),
            HoursState.CLOSED: Route(steps=(third, message)),
            HoursState.HOLIDAY: Route(steps=(other,)),
        },
    )
