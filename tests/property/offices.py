"""Strategies: offices with any settings that the records allow.

An office is made from a seed by plain code: hundreds of draws for one example would cost seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from appliance.configuration.answering import HumanAnswer, WhisperPart
from appliance.configuration.calendars import Calendar, PublicHolidays, SpecialDays, Week
from appliance.configuration.caller_filter import CallerFilter, FilterRule, ListedNumber
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Destination,
    RingOutcome,
    Route,
    RouteStep,
    ToAnnouncement,
    ToBusyTone,
    ToCallBack,
    ToExternal,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToMenu,
    ToNumber,
    ToPerson,
)
from appliance.configuration.dialling import ShortNumber
from appliance.configuration.fields import DeviceKind, HoursState, TimeRange
from appliance.configuration.forwards import ForwardCondition, MobileRings, ScheduledForward
from appliance.configuration.lines import (
    Display,
    ForwardedCaller,
    Number,
    OwnerFirst,
    PersonUnanswered,
    SipTrunk,
    ToldRedirections,
)
from appliance.configuration.menus import Menu, MenuOption
from appliance.configuration.office import Office
from appliance.configuration.outbound import Limits, Outbound
from appliance.configuration.overrides import HoursOverride
from appliance.configuration.people import (
    DeviceChoice,
    GroupOrder,
    Member,
    Person,
    Phone,
    RingGroup,
    RingOrder,
    VerifiedNumber,
)
from appliance.configuration.queues import Queue
from appliance.configuration.star_codes import StarCodes
from appliance.configuration.voicemail import Greeting, Mailbox, MailboxOwner

T = TypeVar("T")

PEOPLE = ("p0", "p1", "p2", "p3")
GROUPS = ("g0", "g1")
MENUS = ("i0", "i1")
NUMBERS = ("n0", "n1", "n2")
LINES = ("l0", "l1")
CALENDARS = ("c0", "c1")
MAILBOXES = ("m0", "m1", "m2")
OUTSIDE = "+33199009999"
SECRET = "a secret of twelve"
MOST_MEMBERS = 7
STATES = tuple(HoursState)


def number_of(identifier: str) -> str:
    """The E.164 number of the office's number with that id."""
    return f"+331990000{int(identifier[1:]):02d}"


def perhaps(chance: Random, make: Callable[[], T]) -> T | None:
    """Something or None."""
    return make() if chance.random() < 0.5 else None


def destination(chance: Random) -> Destination:
    """Any destination, at times one that names no record."""
    match chance.choice(
        ("person", "person", "group", "menu", "mailbox", "number", "external", "says", "busy", "ends")
        + ("call_back",)
    ):
        case "person":
            return ToPerson(person_id=chance.choice((*PEOPLE, *PEOPLE, "nobody")))
        case "group":
            return ToGroup(group_id=chance.choice((*GROUPS, *GROUPS, "nobody")))
        case "menu":
            return ToMenu(menu_id=chance.choice((*MENUS, *MENUS, "nobody")))
        case "mailbox":
            return ToMailbox(mailbox_id=chance.choice((*MAILBOXES, *MAILBOXES, "nobody")))
        case "number":
            return ToNumber(number_id=chance.choice((*NUMBERS, *NUMBERS, "nobody")))
        case "external":
            follows = chance.random() < 0.3
            return ToExternal(number=OUTSIDE, confirm=chance.random() < 0.5, follows_contact=follows)
        case "call_back":
            person = perhaps(chance, lambda: chance.choice((*PEOPLE, "nobody")))
            return ToCallBack(person_id=person, group_id=perhaps(chance, lambda: chance.choice(GROUPS)))
        case "says":
            return ToAnnouncement(text="Bonjour")
        case "busy":
            return ToBusyTone()
        case _:
            return ToHangUp()


def route(chance: Random) -> Route:
    """A route of one to four steps."""
    steps = []
    for _ in range(chance.randint(1, 4)):
        next_on = frozenset(RingOutcome) if chance.random() < 0.7 else frozenset(_some(chance, RingOutcome))
        max_wait = perhaps(chance, lambda: chance.randint(5, 60))
        steps.append(RouteStep(destination=destination(chance), max_wait=max_wait, next_on=next_on))
    return Route(steps=tuple(steps))


def ranges(chance: Random) -> tuple[TimeRange, ...]:
    """Opening hours of a day, up to three ranges, at times past midnight."""
    found = []
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        start, end = (time(chance.randrange(24), chance.choice((0, 15, 30, 59))) for _ in range(2))
        found.append(TimeRange(start=start, end=end))
    return tuple(found)


def calendar(chance: Random, identifier: str, year: int = 2026) -> Calendar:
    """Any calendar of France, with or without its holidays."""
    special_days = []
    for _ in range(chance.randint(0, 4)):
        first = date(year, 1, 1) + timedelta(days=chance.randrange(365))
        state = chance.choice(STATES)
        special_days.append(
            SpecialDays(
                name=f"Special {chance.randrange(100)}",
                first=first,
                last=first + timedelta(days=chance.choice((0, 0, 1, 12))),
                state=state,
                ranges=ranges(chance) if state is HoursState.OPEN else (),
                destination=perhaps(chance, lambda: destination(chance)),
            )
        )
    named = [name for name in ("Christmas Day", "Labor Day") if chance.random() < 0.3]
    return Calendar(
        id=identifier,
        name=identifier,
        week=Week(**{day: ranges(chance) for day in Week.model_fields}),
        holidays=PublicHolidays(
            observed=chance.random() < 0.7,
            subdivision=chance.choice(("", "Alsace-Moselle")),
            open_on=chance.choice(((), ("Pentecost Monday",))),
            destinations={name: destination(chance) for name in named},
        ),
        special_days=tuple(special_days),
        override=perhaps(chance, lambda: override(chance, year)) if chance.random() < 0.4 else None,
    )


def override(chance: Random, year: int = 2026) -> HoursOverride:
    """Something said by hand, for some days or until further notice."""
    state = chance.choice(("open", "closed", "destination"))
    since = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(365 * 1440))
    return HoursOverride(
        state=state,
        destination=destination(chance) if state == "destination" else None,
        since=since if chance.random() < 0.7 else None,
        until=perhaps(chance, lambda: since + timedelta(minutes=chance.randrange(1, 90 * 1440))),
    )


def office(seed: int) -> Configuration:
    """A whole office; what must hold among records often does not."""
    chance = Random(seed)
    phones = {
        f"{person}-{kind}": _phone(chance, person, kind)
        for person in PEOPLE
        for kind in (DeviceKind.DESKPHONE, DeviceKind.SOFTPHONE)
    }
    return Configuration(
        office=Office(
            name="Office",
            calendar_id=perhaps(chance, lambda: chance.choice(CALENDARS)),
            backup_number=perhaps(chance, lambda: "+33199009997"),
            override=override(chance) if chance.random() < 0.2 else None,
        ),
        people={each: _person(chance, each) for each in PEOPLE},
        phones=phones,
        groups={each: _group(chance, each) for each in GROUPS},
        menus={each: _menu(chance, each) for each in MENUS},
        calendars={each: calendar(chance, each) for each in CALENDARS},
        lines={each: _line(chance, each) for each in LINES},
        outbound=Outbound(
            line_order=tuple(chance.sample(LINES, chance.randint(0, len(LINES)))),
            limits=Limits(
                enabled=chance.random() < 0.7,
                all_countries=chance.random() < 0.3,
                premium=chance.random() < 0.3,
                calls_per_day=chance.choice((None, 1, 150)),
            ),
            short_numbers=short_numbers(chance),
            reserved={each: tuple(_some(chance, PEOPLE)) for each in NUMBERS if chance.random() < 0.2},
        ),
        numbers={each: _number(chance, each) for each in NUMBERS},
        caller_filter=_caller_filter(chance),
        mailboxes={each: _mailbox(chance, each) for each in MAILBOXES},
        star_codes=StarCodes(echo=chance.choice((None, "*43", "*9", "100"))),
    )


def _some(chance: Random, values: object) -> list:  # type: ignore[type-arg]
    return [value for value in values if chance.random() < 0.5]  # type: ignore[attr-defined]


def _phone(chance: Random, person: str, kind: DeviceKind) -> Phone:
    return Phone(
        id=f"{person}-{kind}",
        name="Phone",
        person_id=person,
        kind=kind,
        sip_user=f"{person}-{kind}",
        sip_password=SECRET,
        enabled=chance.random() < 0.8,
    )


def _person(chance: Random, identifier: str) -> Person:
    kinds = _some(chance, DeviceKind) or [DeviceKind.DESKPHONE]
    return Person(
        id=identifier,
        name=f"Person {identifier}",
        extension=f"10{identifier[1:]}",
        mobile=perhaps(chance, lambda: OUTSIDE),
        verified_mobile=VerifiedNumber(number=OUTSIDE, at=1.0),
        shows_mobile=True,
        confirm_mobile=chance.random() < 0.5,
        devices=tuple(DeviceChoice(kind=kind, ring_seconds=chance.randint(5, 40)) for kind in kinds),
        ring_order=chance.choice(tuple(RingOrder)),
        do_not_disturb=chance.random() < 0.3,
        short_numbers=short_numbers(chance) if chance.random() < 0.3 else (),
        calendar_id=perhaps(chance, lambda: chance.choice(CALENDARS)),
        when_unanswered={state: destination(chance) for state in STATES if chance.random() < 0.3},
        presented_number_id=perhaps(chance, lambda: chance.choice(NUMBERS)),
        allowed_number_ids=perhaps(chance, lambda: tuple(_some(chance, NUMBERS))),
        **_own_rules(chance),
    )


def _own_rules(chance: Random) -> dict[str, Any]:
    """What a person chose of forwards, second calls and devices by hours; nothing for every second one."""
    if chance.random() < 0.5:
        return {}
    forward_to = perhaps(chance, lambda: destination(chance))
    return {
        "mobile_rings": chance.choice(tuple(MobileRings)),
        "devices_by_hours": {
            state: tuple(_some(chance, DeviceKind)) for state in STATES if chance.random() < 0.2
        },
        "max_calls": chance.randint(1, 3),
        "when_busy": {state: destination(chance) for state in STATES if chance.random() < 0.3},
        "forward_to": forward_to,
        "forward_active": forward_to is not None and chance.random() < 0.4,
        "scheduled_forwards": tuple(_scheduled(chance) for _ in range(chance.choice((0, 0, 1, 2)))),
        "forwards": {
            condition: destination(chance) for condition in ForwardCondition if chance.random() < 0.4
        },
        "do_not_disturb_except": tuple(_some(chance, ("+33612345678", "100"))),
    }


def _scheduled(chance: Random) -> ScheduledForward:
    first = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    return ScheduledForward(
        destination=destination(chance),
        first=first,
        last=perhaps(chance, lambda: first + timedelta(days=chance.randrange(60))),
        rule=chance.choice(("", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYMONTHDAY=31")),
        ranges=ranges(chance),
    )


def _group(chance: Random, identifier: str) -> RingGroup:
    members = _some(chance, PEOPLE) or ["p0"]
    if len(members) > MOST_MEMBERS:
        members = chance.sample(members, MOST_MEMBERS)
    return RingGroup(
        id=identifier,
        name=f"Group {identifier}",
        extension=f"20{identifier[1:]}",
        members=tuple(
            Member(person_id=each, devices=perhaps(chance, lambda: tuple(_some(chance, DeviceKind))))
            for each in members
        ),
        order=chance.choice(tuple(GroupOrder)),
        queue=perhaps(
            chance,
            lambda: Queue(
                max_wait=chance.randint(10, 60),
                max_waiting=chance.choice((1, 10)),
                offer_call_back=chance.random() < 0.5,
            ),
        ),
        when_unanswered=perhaps(chance, lambda: destination(chance)),
    )


def _menu(chance: Random, identifier: str) -> Menu:
    keys = chance.sample("0123456789*#", chance.randint(1, 4))
    return Menu(
        id=identifier,
        name=f"Menu {identifier}",
        extension=f"30{identifier[1:]}",
        options=tuple(
            MenuOption(key=key, name=f"Key {key}", destination=perhaps(chance, lambda: destination(chance)))
            for key in keys
        ),
        repeats=chance.randint(0, 2),
        when_wrong=perhaps(chance, lambda: destination(chance)),
        when_silent=perhaps(chance, lambda: destination(chance)),
        direct_dial=chance.random() < 0.4,
    )


def _number(chance: Random, identifier: str) -> Number:
    states = _some(chance, STATES) or [HoursState.OPEN]
    return Number(
        id=identifier,
        name=f"Number {identifier}",
        number=number_of(identifier),
        line_id=chance.choice(LINES),
        calendar_id=perhaps(chance, lambda: chance.choice(CALENDARS)),
        routes={state: route(chance) for state in states},
        backup_number=perhaps(chance, lambda: "+33199009998"),
        unknown_time=chance.choice(STATES),
        human_answer=chance.choice(tuple(HumanAnswer)),
        whisper=tuple(_some(chance, WhisperPart)),
        caller_filter=chance.random() < 0.8,
        owner_id=perhaps(chance, lambda: chance.choice(PEOPLE)),
        owner_first=chance.choice((OwnerFirst.NOBODY, *OwnerFirst)),
        owner_unanswered=chance.choice(tuple(PersonUnanswered)),
        max_calls=perhaps(chance, lambda: chance.randint(1, 3)),
        **_announcements(chance),
        ask_language=chance.random() < 0.3,
        direct_dial=chance.random() < 0.3,
        direct_dial_unanswered=chance.choice(tuple(PersonUnanswered)),
        overflow=perhaps(chance, lambda: destination(chance)),
        display=chance.choice((Display.CALLER, Display.NAME, Display.NUMBER)),
        ring_tone=perhaps(chance, lambda: chance.randint(1, 5)),
        forwards_show_number_id=perhaps(chance, lambda: chance.choice(NUMBERS)),
    )


def _announcements(chance: Random) -> dict[str, Greeting | None]:
    """What callers hear first; words in the other language besides some only."""
    words = perhaps(chance, lambda: Greeting(text="Bonjour"))
    other = perhaps(chance, lambda: Greeting(text="Hello")) if words else None
    return {"announcement": words, "announcement_other_language": other}


def _caller_filter(chance: Random) -> CallerFilter:
    if chance.random() < 0.4:
        return CallerFilter()

    def rule() -> FilterRule:
        destination_ = perhaps(chance, lambda: destination(chance))
        return FilterRule(enabled=chance.random() < 0.6, destination=destination_)

    listed = [ListedNumber(number=each) for each in ("+33612345678", OUTSIDE) if chance.random() < 0.6]
    split = chance.randint(0, len(listed))
    return CallerFilter(
        anonymous=rule(),
        blocked=rule(),
        telemarketing=rule(),
        blocked_numbers=tuple(listed[:split]),
        allowed_numbers=tuple(listed[split:]),
    )


def _line(chance: Random, identifier: str) -> SipTrunk:
    return SipTrunk(
        id=identifier,
        name=identifier,
        server="sip.example.net",
        user="u",
        password="p",
        enabled=chance.random() < 0.8,
        kind=chance.choice(("sip_trunk", "sip_trunk", "pbx")),
        prefix=chance.choice((None, f"80{identifier[1:]}", "*123*", "10", "33", "*31*")),
        forwarded_caller=chance.choice(tuple(ForwardedCaller)),
        told_redirections=chance.choice(tuple(ToldRedirections)),
        passes_mobiles=chance.random() < 0.5,
        calls_outside=chance.random() < 0.5,
        extensions_there=chance.choice(((), (), ("300-349",), ("100-110", "40"), ("15-19",))),
    )


def short_numbers(chance: Random) -> tuple[ShortNumber, ...]:
    """Short numbers, at times of what already means something."""
    codes = chance.sample(("55", "*55", "100", "15", "*43", "*1239", "#7"), chance.randint(0, 3))
    return tuple(ShortNumber(code=code, name=f"Short {code}", number=OUTSIDE) for code in codes)


def _mailbox(chance: Random, identifier: str) -> Mailbox:
    owner = chance.choice(tuple(MailboxOwner))
    owned = {MailboxOwner.PERSON: PEOPLE, MailboxOwner.GROUP: GROUPS, MailboxOwner.NUMBER: NUMBERS}
    return Mailbox(
        id=identifier,
        name=identifier,
        owner=owner,
        owner_id=chance.choice(owned[owner]) if owner in owned else None,
        enabled=chance.random() < 0.7,
        announce_number=chance.random() < 0.5,
    )


seeds = st.integers(0, 2**48)
offices = seeds.map(office)
