"""Calling back: who of the office is free to call somebody who waits for it, and when the office is open."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from appliance import numbers
from appliance.configuration.call_backs import CallBackRequest
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import DeviceKind, HoursState, Language
from appliance.configuration.people import Member, Person, Phone, RingGroup
from appliance.routing.facts import Direction, Facts
from appliance.routing.introductions import CONNECTED_AT_ONCE
from appliance.routing.nodes import Candidate, HoursNode, RingNode
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.plan import Plan
from appliance.routing.queueing import next_ring, outlook
from appliance.routing.ringing import candidate, group_members, turns_of
from appliance.routing.steps import Introduction, Ring, Speech, Target
from appliance.routing.targets import find_targets
from appliance.routing.world import World

# Who picks up has so long to press 1.
ANSWER_SECONDS = 30
# So many changes of the hours are looked at for the next opening.
MOST_CHANGES = 60


def facts_for_agents(configuration: Configuration, request: CallBackRequest) -> Facts:
    """The call as those who are to make it see it on their phones: from the customer."""
    number = configuration.numbers.get(request.number_id or "")
    return Facts(
        direction=Direction.INBOUND,
        caller=request.number,
        caller_name=request.name,
        called=number.number if number else "",
        line_id=number.line_id if number else None,
    )


def facts_for_customer(
    configuration: Configuration, request: CallBackRequest, person_id: str | None
) -> Facts:
    """The call to the customer, made by whoever has taken it on."""
    person = configuration.people.get(person_id or "")
    number = configuration.numbers.get(request.number_id or "")
    return Facts(
        direction=Direction.OUTBOUND,
        caller=person.extension if person else "",
        caller_name=person.name if person else "",
        called=request.number,
        caller_person_id=person.id if person else None,
        withheld=person.withholds_number if person else False,
        chosen_line_id=number.line_id if number else None,
        shows=number.number if number else "",
    )


def ring_agents(
    plan: Plan,
    configuration: Configuration,
    request: CallBackRequest,
    world: World,
    now: datetime,
    taken: Collection[str] = (),
) -> Ring | None:
    """The ring of who is free to call: of a group, those who would ring next for a caller (RING-5).

    None when nobody is. `taken`: who has been asked already, or is asked about another. Each hears whom the
    call is for and presses 1, so that no voicemail takes it.
    """
    node, facts = _node(configuration, request), facts_for_agents(configuration, request)
    left = tuple(each for each in node.candidates if each.person_id not in taken)
    free = outlook(plan, replace(node, candidates=left), facts, world, now).free
    if not free:
        return None
    if node.turns is not None:
        node, _ = next_ring(node, free, "", world)
    found = find_targets(plan, node, facts, world, now)
    targets = tuple(_introduced(configuration, plan, request, target) for target in found.targets)
    office = configuration.office
    language = office.language if office else Language.FRENCH
    return Ring(targets, node.seconds, language, node.group_id)


def _node(configuration: Configuration, request: CallBackRequest) -> RingNode:
    """The node that rings whoever is to make the call."""
    group = configuration.groups.get(request.group_id or "")
    person = configuration.people.get(request.person_id or "")
    members = _members(configuration, group) if group else []
    own = (
        candidate(person, _phones(configuration, person.id), _kinds(person)) if person and not group else None
    )
    return RingNode(
        id="call_back",
        kind="group" if group else "person",
        label={"name": group.name} if group else {},
        record=("groups", group.id) if group else None,
        candidates=tuple(each for _, each in members) if group else (own,) if own else (),
        seconds=group.max_wait if group else person.ring_seconds if person else 20,
        handover=CONNECTED_AT_ONCE,
        turns=turns_of(group, [member for member, _ in members]) if group else None,
    )


def _members(configuration: Configuration, group: RingGroup) -> list[tuple[Member, Candidate]]:
    phones = {member.person_id: _phones(configuration, member.person_id) for member in group.members}
    return group_members(configuration.people, phones, group, lambda _: None)


def _phones(configuration: Configuration, person_id: str) -> list[Phone]:
    return [phone for phone in configuration.phones.values() if phone.person_id == person_id]


def _kinds(person: Person) -> tuple[DeviceKind, ...]:
    return tuple(each.kind for each in person.devices)


def is_left(configuration: Configuration, request: CallBackRequest) -> bool:
    """Whether there still is somebody to make the call."""
    return bool(_node(configuration, request).candidates)


def _introduced(configuration: Configuration, plan: Plan, request: CallBackRequest, target: Target) -> Target:
    language = _language(configuration, configuration.people.get(target.person_id or ""))
    if request.name:
        who = Speech(prompt_name="call_back_name", language=language, parameters={"name": request.name})
    else:
        number = numbers.national(request.number, plan.country)
        who = Speech(prompt_name="call_back_number", language=language, parameters={"number": number})
    ask = Speech(prompt_name="press_one_to_call", language=language)
    return replace(target, introduction=Introduction((who,), ask, ANSWER_SECONDS))


def _language(configuration: Configuration, person: Person | None) -> Language:
    office = configuration.office
    own = person.language if person else None
    return own or (office.language if office else Language.FRENCH)


def hours_of(plan: Plan, configuration: Configuration, number_id: str | None) -> OpeningHours | None:
    """The opening hours of a number, else of the office; None: always open."""
    entry = plan.entries.get(("number", number_id or ""))
    if entry is not None:
        return _first_hours(plan, entry)
    office = configuration.office
    own = office.calendar_id if office else None
    return next((hours for hours in plan.hours if hours.calendar.id == own), None)


def _first_hours(plan: Plan, entry: str) -> OpeningHours | None:
    waiting, known = deque([entry]), {entry}
    while waiting:
        node = plan.nodes[waiting.popleft()]
        if isinstance(node, HoursNode):
            return node.hours
        for way in node.exits:
            if way.target not in known:
                known.add(way.target)
                waiting.append(way.target)
    return None


def opens_at(hours: OpeningHours | None, world: World, now: datetime) -> datetime | None:
    """When the office is open next: `now` while it is, None when that is not known.

    Without the time (TIME-7) it counts as closed: nobody is called in the night.
    """
    if hours is None:
        return now
    moment = now
    for _ in range(MOST_CHANGES):
        answer = hours.at(moment)
        if not world.clock_trusted and answer.override is None:
            return None
        if answer.state is HoursState.OPEN:
            return moment
        if answer.until is None:
            return None
        local = answer.until.replace(tzinfo=now.tzinfo)
        moment = max(local, moment + timedelta(seconds=1))
    return None
