"""Ready settings: what a new office starts with, and the sample office of the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import TypeVar

from pydantic import SecretStr

from appliance.configuration import public_holidays
from appliance.configuration.calendars import Calendar, PublicHolidays, SpecialDays, Week
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Route, RouteStep, ToGroup, ToMailbox, ToPerson
from appliance.configuration.fields import DeviceKind, HoursState, Language, Record, TimeRange
from appliance.configuration.lines import Number, SipTrunk
from appliance.configuration.office import Office
from appliance.configuration.people import Member, Person, Phone, RingGroup
from appliance.configuration.voicemail import Mailbox, MailboxOwner

R = TypeVar("R", bound=Record)

HOURS_ID = "office-hours"
MAILBOX_ID = "office"

_NAMES = {
    Language.FRENCH: ("Horaires du bureau", "Messagerie du bureau"),
    Language.ENGLISH: ("Office hours", "Office mailbox"),
}


def first_setup(office_name: str, country: str, time_zone: str, language: str) -> Configuration:
    """What a new office starts with: itself, its hours with public holidays, and a mailbox.

    Raises pydantic's ValidationError on an impossible name, country, zone or language.
    """
    spoken = Language(language)
    hours_name, mailbox_name = _NAMES[spoken]
    office = Office(
        name=office_name, country=country, time_zone=time_zone, language=spoken, calendar_id=HOURS_ID
    )
    calendar = Calendar(id=HOURS_ID, name=hours_name, week=working_week(), holidays=_holidays_of(country))
    mailbox = Mailbox(id=MAILBOX_ID, name=mailbox_name, owner=MailboxOwner.OFFICE)
    return Configuration(office=office, calendars=_by_id([calendar]), mailboxes=_by_id([mailbox]))


def working_week() -> Week:
    """Monday to Friday, 9 to 12 and 14 to 18."""
    day = (TimeRange(start=time(9), end=time(12)), TimeRange(start=time(14), end=time(18)))
    return Week(monday=day, tuesday=day, wednesday=day, thursday=day, friday=day)


def route(*steps: RouteStep) -> Route:
    """A route of these steps."""
    return Route(steps=steps)


def sample_office(tokens: Callable[[], str]) -> Configuration:
    """A small office in France: four people (101 to 104), a group, two numbers on a trunk, hours, holidays.

    `tokens` gives the phones' and the trunk's passwords. The numbers are of the ranges kept free in France
    for works of fiction.
    """
    first = first_setup("Cabinet Martin", "FR", "Europe/Paris", "fr")
    people = tuple(_sample_people())
    phones = [_sample_phone(person, tokens()) for person in people]
    sales = RingGroup(
        id="ventes",
        name="Ventes",
        extension="200",
        members=tuple(Member(person_id=person.id) for person in people[:3]),
        max_wait=20,
    )
    mailboxes = [
        *first.mailboxes.values(),
        Mailbox(id="alice", name="Alice Martin", owner=MailboxOwner.PERSON, owner_id="alice"),
    ]
    return Configuration(
        office=first.office,
        people=_by_id(people),
        phones=_by_id(phones),
        groups=_by_id([sales]),
        calendars=_by_id([_with_sample_days(each) for each in first.calendars.values()]),
        lines=_by_id([_sample_line(tokens())]),
        numbers=_by_id(_sample_numbers()),
        mailboxes=_by_id(mailboxes),
    )


def _sample_people() -> Iterable[Person]:
    named = (
        ("alice", "Alice Martin"),
        ("bruno", "Bruno Petit"),
        ("chloe", "Chloé Durand"),
        ("david", "David Roy"),
    )
    for place, (identifier, name) in enumerate(named, start=1):
        yield Person(id=identifier, name=name, extension=f"10{place}")


def _sample_phone(person: Person, password: str) -> Phone:
    return Phone(
        id=f"{person.id}-desk",
        name=f"Poste {person.extension}",
        person_id=person.id,
        kind=DeviceKind.DESKPHONE,
        sip_user=person.extension,
        sip_password=SecretStr(password),
    )


def _with_sample_days(calendar: Calendar) -> Calendar:
    closure = SpecialDays(name="Congés d'été", first=date(2026, 8, 3), last=date(2026, 8, 21))
    saturday = (TimeRange(start=time(10), end=time(16)),)
    opening = SpecialDays(
        name="Portes ouvertes",
        first=date(2026, 12, 5),
        last=date(2026, 12, 5),
        state=HoursState.OPEN,
        ranges=saturday,
    )
    return calendar.model_copy(update={"special_days": (closure, opening)})


def _sample_line(password: str) -> SipTrunk:
    return SipTrunk(
        id="operateur",
        name="Opérateur",
        server="sip.example.net",
        user="0199001234",
        password=SecretStr(password),
        main_number_id="accueil",
    )


def _sample_numbers() -> Iterable[Number]:
    message = RouteStep(destination=ToMailbox(mailbox_id=MAILBOX_ID))
    yield Number(
        id="accueil",
        name="Accueil",
        number="+33199001234",
        line_id="operateur",
        routes={
            HoursState.OPEN: route(RouteStep(destination=ToGroup(group_id="ventes")), message),
            HoursState.CLOSED: route(message),
        },
    )
    direct = RouteStep(destination=ToPerson(person_id="alice"))
    yield Number(
        id="alice-directe",
        name="Ligne directe d'Alice",
        number="+33199001235",
        line_id="operateur",
        owner_id="alice",
        routes={HoursState.OPEN: route(direct), HoursState.CLOSED: route(message)},
    )


def _holidays_of(country: str) -> PublicHolidays:
    return PublicHolidays(country=country, observed=public_holidays.is_known(country, ""))


def _by_id(records: Iterable[R]) -> Mapping[str, R]:
    return MappingProxyType({str(getattr(record, "id", "")): record for record in records})
