"""A small office to route calls in: Alice, Bruno, Chloé, a group, a number, whatever a test changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from appliance.configuration.calendars import Calendar, PublicHolidays, Week
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Destination, Route, RouteStep, ToGroup, ToMailbox
from appliance.configuration.fields import HoursState, TimeRange
from appliance.configuration.lines import Number, SipTrunk
from appliance.configuration.office import Office
from appliance.configuration.people import Member, Person, Phone, RingGroup
from appliance.configuration.voicemail import Mailbox
from appliance.routing.decide import Decision, next_step
from appliance.routing.facts import Direction, Facts
from appliance.routing.plan import compile_plan
from appliance.routing.steps import HangUp, Outcome, PhoneTarget, Ring
from appliance.routing.world import World

PARIS = ZoneInfo("Europe/Paris")
CALLER = "+33612345678"
NUMBER = "+33199001234"
PHONES = ("alice-desk", "bruno-desk", "chloe-desk")

# A Monday in office hours, the Sunday before it, and Christmas.
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=PARIS)
SUNDAY = datetime(2026, 11, 15, 14, 0, tzinfo=PARIS)
CHRISTMAS = datetime(2026, 12, 25, 10, 0, tzinfo=PARIS)

EVERYBODY = World(registered=frozenset(PHONES), lines_up=frozenset({"trunk"}))
NOBODY = World(lines_up=frozenset({"trunk"}))


def steps(*destinations: Destination | RouteStep) -> Route:
    """A route of these destinations."""
    return Route(
        steps=tuple(
            each if isinstance(each, RouteStep) else RouteStep(destination=each) for each in destinations
        )
    )


def small_office(**collections: Any) -> Configuration:
    """The office, with whole collections replaced."""
    day = (TimeRange(start=time(9), end=time(12)), TimeRange(start=time(14), end=time(18)))
    people = [
        Person(id=each, name=each.capitalize(), extension=f"10{place}")
        for place, each in enumerate(("alice", "bruno", "chloe"), start=1)
    ]
    message = ToMailbox(mailbox_id="office")
    made = Configuration(
        office=Office(name="Office", calendar_id="hours"),
        people={each.id: each for each in people},
        phones={
            f"{each.id}-desk": Phone(
                id=f"{each.id}-desk",
                name="Desk",
                person_id=each.id,
                sip_user=each.extension,
                sip_password="long enough",
            )
            for each in people
        },
        groups={
            "sales": RingGroup(
                id="sales",
                name="Sales",
                extension="200",
                members=tuple(Member(person_id=each.id) for each in people),
            )
        },
        calendars={
            "hours": Calendar(
                id="hours",
                name="Hours",
                week=Week(monday=day, tuesday=day, wednesday=day, thursday=day, friday=day),
                holidays=PublicHolidays(),
            )
        },
        lines={"trunk": SipTrunk(id="trunk", name="Trunk", server="sip.example.net", user="u", password="p")},
        numbers={
            "main": number(open=steps(ToGroup(group_id="sales"), message), closed=steps(message)),
        },
        mailboxes={"office": Mailbox(id="office", name="Office")},
    )
    return replace(made, **collections)


def number(identifier: str = "main", called: str = NUMBER, **given: Any) -> Number:
    """A number of the trunk; routes by state (open, closed, holiday), and any other field."""
    routes = {
        HoursState(state): given.pop(state) for state in ("open", "closed", "holiday") if state in given
    }
    return Number(id=identifier, name="Main", number=called, line_id="trunk", routes=routes, **given)


def with_route(*destinations: Destination | RouteStep, **collections: Any) -> Configuration:
    """The office whose number follows this route at all hours."""
    return small_office(numbers={"main": number(open=steps(*destinations))}, **collections)


def changed(configuration: Configuration, collection: str, identifier: str, **fields: Any) -> Configuration:
    """The configuration with some fields of one record changed."""
    record = configuration.collection(collection)[identifier]
    values = {name: getattr(record, name) for name in type(record).model_fields} | fields
    return configuration.with_record(collection, identifier, type(record)(**values))


def inbound(caller: str = CALLER, called: str = NUMBER) -> Facts:
    """A call from outside."""
    return Facts(Direction.INBOUND, caller, "", called, "trunk")


def inside(called: str, person: str = "bruno") -> Facts:
    """A call made on the phone of one of us."""
    return Facts(Direction.INTERNAL, "102", "Bruno", called, caller_person_id=person)


def follow(
    configuration: Configuration,
    facts: Facts,
    *outcomes: Outcome,
    world: World = EVERYBODY,
    now: datetime = MONDAY,
) -> list[Decision]:
    """The decisions of a call whose steps end with these outcomes, then with DONE, to the hang-up."""
    plan = compile_plan(configuration)
    decisions = [next_step(plan, facts, world, now)]
    waiting = list(outcomes)
    while not isinstance(decisions[-1].step, HangUp):
        outcome = waiting.pop(0) if waiting else Outcome.DONE
        decisions.append(next_step(plan, facts, world, now, decisions[-1].position, outcome))
    return decisions


def codes(decisions: list[Decision]) -> list[str]:
    """The codes of the reasons, in order."""
    return [entry.reason.code for decision in decisions for entry in decision.trail]


def rung(step: object) -> set[str]:
    """The phones and outside numbers that a step rings."""
    assert isinstance(step, Ring)
    return {each.phone_id if isinstance(each, PhoneTarget) else each.number for each in step.targets}
