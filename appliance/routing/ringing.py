"""Ringing: the nodes that ring a person, a group or a number outside, and where each outcome leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from appliance import numbers
from appliance.configuration.destinations import RingOutcome
from appliance.configuration.fields import DeviceKind
from appliance.configuration.people import Person, Phone, RingGroup, RingOrder
from appliance.routing.introductions import Handover
from appliance.routing.nodes import FAILED, Candidate, Exit, NodeKind, RecordReference, RingNode

# Where each outcome of ringing leads: ids of nodes.
Onward = Mapping[RingOutcome, str]

# A person who declines or is on another call is not rung on their next device.
ENDS_PERSON = frozenset({RingOutcome.DECLINED, RingOutcome.BUSY})


@dataclass(frozen=True, slots=True)
class Ringing:
    """How somebody is to be rung in one place of the plan.

    `place` is the id of the first node; `limit` in seconds; `failed` leads to the backup number, when nobody
    else of the route is rung after one of the outcomes of `gives_up`.
    `handover`: what those who pick up hear first.
    """

    place: str
    onward: Onward
    limit: int | None = None
    failed: str | None = None
    gives_up: frozenset[RingOutcome] = frozenset()
    handover: Handover = Handover()


@dataclass(frozen=True, slots=True)
class _Round:
    """One ring of several that follow each other."""

    candidates: tuple[Candidate, ...]
    seconds: int
    label: Mapping[str, str]


def everywhere(target: str) -> Onward:
    """Every outcome leads to the same place."""
    return dict.fromkeys(RingOutcome, target)


def ring_person(phones: Sequence[Phone], person: Person, ringing: Ringing) -> list[RingNode]:
    """The nodes that ring a person: one for all devices together, or one each in order (RING-1, 3)."""
    kinds = tuple(choice.kind for choice in person.devices)
    if person.ring_order is RingOrder.TOGETHER or len(kinds) == 1:
        seconds = ringing.limit or person.ring_seconds
        rounds = [_person_round(phones, person, kinds, seconds)]
    else:
        each = [_person_round(phones, person, (own.kind,), own.ring_seconds) for own in person.devices]
        rounds = [own for own in each if _has_device(own)] or each[:1]
    return list(_chain("person", ("people", person.id), rounds, ringing, ENDS_PERSON))


def ring_group(
    people: Mapping[str, Person],
    phones: Mapping[str, Sequence[Phone]],
    group: RingGroup,
    ringing: Ringing,
) -> list[RingNode]:
    """The nodes that ring a group: one for all members together, or one for each in order (RING-2)."""
    members = []
    for member in group.members:
        person = people.get(member.person_id)
        if person is not None:
            kinds = member.devices or tuple(choice.kind for choice in person.devices)
            members.append((member, candidate(person, phones.get(person.id, ()), kinds)))
    if group.order is RingOrder.TOGETHER:
        everybody = tuple(each for _, each in members)
        names = ", ".join(each.name for each in everybody)
        seconds = ringing.limit or group.max_wait
        rounds = [_Round(everybody, seconds, {"name": group.name, "members": names})]
    else:
        rounds = [
            _Round((each,), member.ring_seconds, {"name": group.name, "members": each.name})
            for member, each in members
        ]
    return list(_chain("group", ("groups", group.id), rounds, ringing, frozenset()))


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


def candidate(person: Person, phones: Sequence[Phone], kinds: Sequence[DeviceKind]) -> Candidate:
    """A person as somebody to ring on devices of these kinds."""
    return Candidate(
        name=person.name,
        person_id=person.id,
        phones=tuple(phone.id for phone in phones if phone.enabled and phone.kind in kinds),
        external=person.mobile if DeviceKind.EXTERNAL in kinds else None,
        do_not_disturb=person.do_not_disturb,
        confirm=person.confirm_mobile,
        language=person.language,
    )


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
    phones: Sequence[Phone], person: Person, kinds: Sequence[DeviceKind], seconds: int
) -> _Round:
    label = {"name": person.name, "devices": ",".join(kinds)}
    return _Round((candidate(person, phones, kinds),), seconds, label)


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
        )
