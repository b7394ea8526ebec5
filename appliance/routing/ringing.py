"""Ringing: the nodes that ring a person, a group or a number outside, and where each outcome leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from appliance import numbers
from appliance.configuration.destinations import Destination, RingOutcome
from appliance.configuration.fields import DeviceKind, HoursState
from appliance.configuration.forwards import MobileRings
from appliance.configuration.people import GroupOrder, Member, Person, Phone, RingGroup, RingOrder
from appliance.routing.introductions import Handover
from appliance.routing.nodes import (
    FAILED,
    OUTSIDE,
    Candidate,
    Exit,
    NodeKind,
    QueueNode,
    RecordReference,
    RingNode,
)
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.redirections import Redirection
from appliance.routing.turns import Turns

# Where each outcome of ringing leads: ids of nodes.
Onward = Mapping[RingOutcome, str]

# A person who declines or is on another call is not rung on their next device.
ENDS_PERSON = frozenset({RingOutcome.DECLINED, RingOutcome.BUSY})


@dataclass(frozen=True, slots=True)
class Ringing:
    """How somebody is to be rung in one place of the plan.

    `place` is the id of the first node; `limit` in seconds; `failed` leads to the backup number, when nobody
    else of the route is rung after one of the outcomes of `gives_up`. `handover`: what those who pick up hear
    first. `passed`: ids of the people who have sent the call on, `redirected`: the last of them.
    """

    place: str
    onward: Onward
    limit: int | None = None
    failed: str | None = None
    gives_up: frozenset[RingOutcome] = frozenset()
    handover: Handover = Handover()
    passed: frozenset[str] = frozenset()
    redirected: Redirection | None = None


@dataclass(frozen=True, slots=True)
class _Round:
    """One ring of several that follow each other."""

    candidates: tuple[Candidate, ...]
    seconds: int
    label: Mapping[str, str]
    turns: Turns | None = None


def everywhere(target: str) -> Onward:
    """Every outcome leads to the same place."""
    return dict.fromkeys(RingOutcome, target)


def ring_person(
    phones: Sequence[Phone], person: Person, ringing: Ringing, hours: OpeningHours | None = None
) -> list[RingNode]:
    """The nodes that ring a person: all devices together, or one each in order (RING-1, 3).

    A mobile that rings when nobody answers comes last, by itself (FWD-5); `hours` are the person's.
    """
    late = person.mobile_rings is MobileRings.ON_NO_ANSWER
    devices = [each for each in person.devices if not (late and each.kind is DeviceKind.EXTERNAL)]
    last = [each for each in person.devices if each not in devices]
    together = person.ring_order is RingOrder.TOGETHER or len(devices) == 1
    groups = [devices] if together else [[each] for each in devices]
    rounds = []
    for own in (*groups, last):
        if own:
            kinds = tuple(each.kind for each in own)
            seconds = (ringing.limit or person.ring_seconds) if own is devices else own[0].ring_seconds
            rounds.append(_person_round(phones, person, kinds, seconds, hours))
    if len(rounds) > 1:
        rounds = [own for own in rounds if _has_device(own)] or rounds[:1]
    return list(_chain("person", ("people", person.id), rounds, ringing, ENDS_PERSON))


def ring_group(
    people: Mapping[str, Person],
    phones: Mapping[str, Sequence[Phone]],
    group: RingGroup,
    ringing: Ringing,
    calendar: Callable[[str | None], OpeningHours | None] = lambda _: None,
) -> list[RingNode]:
    """The nodes that ring a group: one for all members together, or one for each turn (RING-2, RING-5)."""
    members = group_members(people, phones, group, calendar)
    everybody = tuple(each for _, each in members)
    names = ", ".join(each.name for each in everybody)
    if group.queue is not None:
        return [_queue(group, [member for member, _ in members], everybody, ringing)]
    if group.order is GroupOrder.TOGETHER:
        seconds = ringing.limit or group.max_wait
        rounds = [_Round(everybody, seconds, {"name": group.name, "members": names})]
    elif group.order is GroupOrder.IN_ORDER:
        rounds = [
            _Round((each,), member.ring_seconds, {"name": group.name, "members": each.name})
            for member, each in members
        ]
    else:
        turns = turns_of(group, [member for member, _ in members])
        rounds = [
            _Round(everybody, max(turns.seconds), _turn_label(group, names, place), turns)
            for place in range(len(members))
        ]
    return list(_chain("group", ("groups", group.id), rounds, ringing, frozenset()))


def _queue(
    group: RingGroup, members: Sequence[Member], everybody: tuple[Candidate, ...], ringing: Ringing
) -> QueueNode:
    """The node of a group whose callers may wait; the route's limit is the longest wait there."""
    assert group.queue is not None
    patience = ringing.limit or group.queue.max_wait
    ways = outcome_exits(ringing.place, ringing.onward)
    if ringing.failed:
        ways[FAILED] = Exit(f"{ringing.place}>{FAILED}", ringing.failed, FAILED)
    return QueueNode(
        id=ringing.place,
        kind="queue",
        label={
            "name": group.name,
            "members": ", ".join(each.name for each in everybody),
            "seconds": str(patience),
            "waiting": str(group.queue.max_waiting),
            "order": group.order.value,
        },
        record=("groups", group.id),
        ways=ways,
        candidates=everybody,
        seconds=group.max_wait,
        limit=patience,
        gives_up=ringing.gives_up,
        handover=ringing.handover,
        turns=turns_of(group, members),
        queue=group.queue,
        redirected=ringing.redirected,
    )


def turns_of(group: RingGroup, members: Sequence[Member]) -> Turns:
    """Whose turn it is among these members of a group."""
    return Turns(
        group.id,
        group.order,
        tuple(member.person_id for member in members),
        tuple(member.ring_seconds for member in members),
    )


def _turn_label(group: RingGroup, names: str, place: int) -> dict[str, str]:
    return {"name": group.name, "members": names, "order": group.order.value, "turn": str(place + 1)}


def group_members(
    people: Mapping[str, Person],
    phones: Mapping[str, Sequence[Phone]],
    group: RingGroup,
    calendar: Callable[[str | None], OpeningHours | None],
) -> list[tuple[Member, Candidate]]:
    """The members of a group whom there is, each with the devices that ring for it."""
    members = []
    for member in group.members:
        person = people.get(member.person_id)
        if person is not None:
            kinds = member.devices or _own_kinds(person)
            own = candidate(person, phones.get(person.id, ()), kinds, calendar(person.calendar_id))
            members.append((member, _as_member(person, own)))
    return members


def ring_external(
    number: str,
    country: str,
    seconds: int,
    ringing: Ringing,
    kind: NodeKind = "external",
    confirm: bool = True,
) -> list[RingNode]:
    """The node that rings a number outside."""
    name = numbers.national(number, country)
    rung = Candidate(name, external=number, confirm=confirm)
    each = _Round((rung,), ringing.limit or seconds, {"name": name, "number": number})
    return list(_chain(kind, None, [each], ringing, frozenset()))


def candidate(
    person: Person, phones: Sequence[Phone], kinds: Sequence[DeviceKind], hours: OpeningHours | None = None
) -> Candidate:
    """A person as somebody to ring on devices of these kinds; `hours` are the person's."""
    chosen = {phone.id: phone.kind for phone in phones if phone.enabled and phone.kind in kinds}
    silent = {
        state: frozenset(phone for phone, kind in chosen.items() if kind in quiet)
        | (frozenset({OUTSIDE}) if DeviceKind.EXTERNAL in quiet else frozenset())
        for state, quiet in silent_devices(person).items()
    }
    return Candidate(
        name=person.name,
        person_id=person.id,
        phones=tuple(chosen),
        external=person.mobile if DeviceKind.EXTERNAL in kinds else None,
        do_not_disturb=person.do_not_disturb,
        confirm=person.confirm_mobile,
        language=person.language,
        passes=frozenset(person.do_not_disturb_except),
        max_calls=person.max_calls,
        hours=hours,
        silent={state: devices for state, devices in silent.items() if devices},
    )


def silent_devices(person: Person) -> dict[HoursState, frozenset[DeviceKind]]:
    """The kinds of devices silent in each hours state; a holiday without its own is a closed day."""
    chosen = dict(person.devices_by_hours)
    if HoursState.CLOSED in chosen:
        chosen.setdefault(HoursState.HOLIDAY, chosen[HoursState.CLOSED])
    return {state: frozenset(DeviceKind) - frozenset(kinds) for state, kinds in chosen.items()}


def _own_kinds(person: Person) -> tuple[DeviceKind, ...]:
    """The devices a person chose, less a mobile that is to ring only when nobody answers: not in a group."""
    late = person.mobile_rings is MobileRings.ON_NO_ANSWER
    kinds = tuple(each.kind for each in person.devices)
    return tuple(kind for kind in kinds if not (late and kind is DeviceKind.EXTERNAL)) or kinds


def _as_member(person: Person, own: Candidate) -> Candidate:
    """A person in a group: their own forwards and second calls only mean that they are not rung (RING-9)."""
    return replace(
        own,
        second_call_elsewhere=frozenset(by_state(person.when_busy)),
        forward_active=person.forward_active and person.forward_to is not None,
        scheduled=person.scheduled_forwards,
    )


def by_state(chosen: Mapping[HoursState, Destination]) -> dict[HoursState, Destination]:
    """What is chosen for each state that has something: a holiday without its own is a closed day."""
    found = {state: chosen[state] for state in HoursState if state in chosen}
    if HoursState.CLOSED in found:
        found.setdefault(HoursState.HOLIDAY, found[HoursState.CLOSED])
    return found


def outcome_exits(identifier: str, onward: Onward) -> dict[str, Exit]:
    """One exit for each place that outcomes lead to; `unanswered` when all lead to the same."""
    exits: dict[str, Exit] = {}
    for target in dict.fromkeys(onward.values()):
        outcomes = [outcome.value for outcome in RingOutcome if onward.get(outcome) == target]
        if len(outcomes) == len(RingOutcome):
            each = Exit(f"{identifier}>unanswered", target, "unanswered")
        else:
            condition = outcomes[0] if len(outcomes) == 1 else "outcomes"
            parameters = {"outcomes": ",".join(outcomes)}
            each = Exit(f"{identifier}>{'+'.join(outcomes)}", target, condition, parameters)
        exits.update(dict.fromkeys(outcomes, each))
    return exits


def _person_round(
    phones: Sequence[Phone],
    person: Person,
    kinds: Sequence[DeviceKind],
    seconds: int,
    hours: OpeningHours | None,
) -> _Round:
    label = {"name": person.name, "devices": ",".join(kinds)}
    return _Round((candidate(person, phones, kinds, hours),), seconds, label)


def _has_device(each: _Round) -> bool:
    return any(one.phones or one.external for one in each.candidates)


def _chain(
    kind: NodeKind,
    record: RecordReference | None,
    rounds: Sequence[_Round],
    ringing: Ringing,
    leaves_early: frozenset[RingOutcome],
) -> Iterator[RingNode]:
    """Nodes that ring one round after the other; the outcomes in `leaves_early` leave from any of them."""
    rounds = rounds or [_Round((), 5, {})]
    names = [ringing.place, *(f"{ringing.place}/{place}" for place in range(1, len(rounds)))]
    for place, each in enumerate(rounds):
        last = place == len(rounds) - 1
        onward = dict(ringing.onward)
        if not last:
            stays = (outcome for outcome in RingOutcome if outcome not in leaves_early)
            onward.update(dict.fromkeys(stays, names[place + 1]))
        ways = outcome_exits(names[place], onward)
        if last and ringing.failed:
            ways[FAILED] = Exit(f"{names[place]}>{FAILED}", ringing.failed, FAILED)
        yield RingNode(
            id=names[place],
            kind=kind,
            label={**each.label, "seconds": str(each.seconds)},
            record=record,
            ways=ways,
            candidates=each.candidates,
            seconds=each.seconds,
            first=place == 0,
            last=last,
            limit=ringing.limit,
            gives_up=ringing.gives_up,
            handover=ringing.handover,
            turns=each.turns,
            redirected=ringing.redirected,
        )
