"""A small office for the tests: made over the API, with known extensions, numbers and passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.interop.box import Box

PASSWORD = "correct-horse-77"
NUMBER = "+33199001234"  # of the range set aside for fiction
OUTSIDER = "+33639981234"  # as well
ALL_DAY: list[dict[str, str]] = [{"start": "00:00", "end": "00:00"}]
OFFICE_HOURS: list[dict[str, str]] = [{"start": "09:00", "end": "12:00"}, {"start": "14:00", "end": "18:00"}]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
DAYS = (*WEEKDAYS, "saturday", "sunday")


@dataclass(frozen=True)
class Somebody:
    """A person with one phone."""

    person_id: str
    phone_id: str
    user: str
    extension: str


def set_up(box: Box, *, language: str = "fr") -> None:
    """The first visit's answers, and calls outside at any hour: tests run at night as well."""
    box.api.ask(
        "POST",
        "/setup",
        {"name": "Cabinet Lumière", "country": "FR", "time_zone": "Europe/Paris", "language": language},
    )
    box.api.ask("PUT", "/outbound", {"limits": {"night": None}})


def add_somebody(box: Box, name: str, extension: str, **fields: Any) -> Somebody:
    """A person and a phone that registers as their extension."""
    person = box.api.add("people", name=name, extension=extension, **fields)
    phone = box.api.add(
        "phones",
        name=f"Poste de {name}",
        person_id=person,
        kind="deskphone",
        sip_user=extension,
        sip_password=PASSWORD,
    )
    return Somebody(person, phone, extension, extension)


def open_with_colleagues(box: Box) -> list[Somebody]:
    """Start the box and set up an office of three: extensions 101, 102 and 103."""
    box.start()
    set_up(box)
    return [add_somebody(box, f"Poste {extension}", extension) for extension in ("101", "102", "103")]


def add_trusted_line(box: Box, address: str, *, port: int = 5060, probe_seconds: int = 0) -> str:
    """A trunk known by its address; not asked whether it is there unless said: sipp plays its parts only."""
    return box.api.add(
        "lines",
        name="Opérateur",
        kind="sip_trunk",
        mode="trusted",
        server=address,
        port=port,
        transport="udp",
        trusted_addresses=[address],
        probe_seconds=probe_seconds,
    )


def add_calendar(box: Box, **fields: Any) -> str:
    """Monday to Friday, 9 to 12 and 14 to 18, French public holidays."""
    week = dict.fromkeys(WEEKDAYS, OFFICE_HOURS)
    return box.api.add("calendars", **{"name": "Bureau", "week": week, **fields})


def to_group(group_id: str) -> dict[str, Any]:
    return {"kind": "group", "group_id": group_id}


def to_mailbox(mailbox_id: str) -> dict[str, Any]:
    return {"kind": "mailbox", "mailbox_id": mailbox_id}


def to_person(person_id: str) -> dict[str, Any]:
    return {"kind": "person", "person_id": person_id}


def route(*destinations: dict[str, Any]) -> dict[str, Any]:
    """A route that tries these one after the other."""
    return {"steps": [{"destination": each} for each in destinations]}
