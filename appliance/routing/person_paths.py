"""A person's own path: their forwards, what a second call meets, their devices, then where a call goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from appliance.configuration.destinations import (
    Destination,
    RingOutcome,
    ToExternal,
    ToGroup,
    ToNumber,
    ToPerson,
)
from appliance.configuration.forwards import ForwardCondition
from appliance.configuration.people import Person, Phone
from appliance.routing.forwarding import ForwardNode, SecondCallNode
from appliance.routing.nodes import ONWARD, EntryNode, Exit, PlanNode
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.redirections import ALWAYS, BUSY, SCHEDULED, WHY, Redirection
from appliance.routing.ringing import Ringing, by_state, candidate, ring_person
from appliance.routing.trail import Reason

# How many people in a row may send a call on before it goes where the first of them said (FWD-7).
MOST_FORWARDS = 3
RINGS_SOMEBODY = (ToPerson, ToGroup, ToExternal, ToNumber)
OUTCOME_OF = {
    ForwardCondition.NO_ANSWER: RingOutcome.NO_ANSWER,
    ForwardCondition.NOT_CONNECTED: RingOutcome.UNREACHABLE,
    ForwardCondition.BUSY: RingOutcome.BUSY,
}

Ask = Callable[[str, Callable[[], Sequence[PlanNode]]], str]
# The node of a destination that stands where a Ringing says.
Lay = Callable[[Destination, Ringing], str]
Calendar = Callable[[str | None], OpeningHours | None]


class PersonPaths:
    """Lays out what happens to a call for a person; nodes are asked for by `ask`."""

    def __init__(self, phones: Mapping[str, Sequence[Phone]], ask: Ask, calendar: Calendar) -> None:
        self._phones = phones
        self._ask = ask
        self._calendar = calendar

    def lay(self, person: Person, ringing: Ringing, lay: Lay) -> str:
        """The first node for a person; `ringing.place` is `person:<id>@<where>`."""
        where = ringing.place.partition("@")[2]
        if person.id in ringing.passed:
            return self._back(person, ringing, where)
        sent_on = len(ringing.passed)
        elsewhere = replace(ringing, limit=None, passed=ringing.passed | {person.id})
        if person.forward_active and person.forward_to is not None and sent_on < MOST_FORWARDS:
            return self._always(person, person.forward_to, elsewhere, where, lay)
        first = self._rings(person, ringing, elsewhere, where, lay)
        if person.when_busy and not sent_on:
            first = self._second_call(person, elsewhere, where, lay, first)
        if person.scheduled_forwards and sent_on < MOST_FORWARDS:
            first = self._scheduled(person, elsewhere, where, lay, first)
        return first

    def _back(self, person: Person, ringing: Ringing, where: str) -> str:
        """The call was sent on by this person already: it goes where the first of them said."""
        reason = Reason("forward_loop", {"person": person.name})
        target = ringing.onward[RingOutcome.NO_ANSWER]
        return self._entry(f"forward_loop:{person.id}@{where}", person, target, reason)

    def _always(
        self, person: Person, destination: Destination, elsewhere: Ringing, where: str, lay: Lay
    ) -> str:
        place = f"forward:{person.id}@{where}"
        target = lay(destination, _sent_on(person, elsewhere, place, ALWAYS))
        return self._entry(place, person, target, Reason("forwards_all", {"person": person.name}))

    def _scheduled(self, person: Person, elsewhere: Ringing, where: str, lay: Lay, otherwise: str) -> str:
        place = f"schedule:{person.id}@{where}"

        def make() -> list[PlanNode]:
            ways = {}
            for number, each in enumerate(person.scheduled_forwards):
                way = f"scheduled/{number}"
                there = _sent_on(person, elsewhere, f"{place}/{number}", SCHEDULED)
                target = lay(each.destination, there)
                ways[way] = Exit(f"{place}>{way}", target, "forwarded", {"name": each.comment})
            ways[ONWARD] = Exit(f"{place}>{ONWARD}", otherwise, "otherwise")
            label, record = {"name": person.name}, ("people", person.id)
            return [ForwardNode(place, "forward", label, record, ways, person.scheduled_forwards)]

        return self._ask(place, make)

    def _second_call(self, person: Person, elsewhere: Ringing, where: str, lay: Lay, otherwise: str) -> str:
        place = f"second_call:{person.id}@{where}"

        def make() -> list[PlanNode]:
            ways = {}
            for state, destination in by_state(person.when_busy).items():
                target = lay(destination, _sent_on(person, elsewhere, f"{place}/{state}", BUSY))
                ways[state.value] = Exit(f"{place}>{state}", target, state.value)
            ways[ONWARD] = Exit(f"{place}>{ONWARD}", otherwise, "otherwise")
            label, record = {"name": person.name}, ("people", person.id)
            whom = candidate(person, (), ())
            hours = self._calendar(person.calendar_id)
            return [SecondCallNode(place, "second_call", label, record, ways, whom, hours)]

        return self._ask(place, make)

    def _rings(self, person: Person, ringing: Ringing, elsewhere: Ringing, where: str, lay: Lay) -> str:
        phones = self._phones.get(person.id, ())
        hours = self._calendar(person.calendar_id)
        onward, tried = dict(ringing.onward), set()
        for condition, destination in () if ringing.passed else person.forwards.items():
            place = f"forward:{person.id}/{condition}@{where}"
            target = lay(destination, _sent_on(person, elsewhere, place, WHY[condition]))
            reason = Reason(f"forwards_{condition}", {"person": person.name})
            onward[OUTCOME_OF[condition]] = self._entry(place, person, target, reason)
            if isinstance(destination, RINGS_SOMEBODY):
                tried.add(OUTCOME_OF[condition])
        # Somebody else is rung after these: the backup number waits for how that ends.
        rung = replace(ringing, onward=onward, gives_up=ringing.gives_up - tried)
        return self._ask(ringing.place, lambda: ring_person(phones, person, rung, hours))

    def _entry(self, place: str, person: Person, target: str, reason: Reason) -> str:
        ways = {ONWARD: Exit(f"{place}>{ONWARD}", target, ONWARD)}
        label, record = {"name": person.name}, ("people", person.id)
        return self._ask(place, lambda: [EntryNode(place, "forward", label, record, ways, reason)])


def _sent_on(person: Person, elsewhere: Ringing, place: str, why: str) -> Ringing:
    """How whoever a person forwards to is rung, at that place of the plan."""
    return replace(elsewhere, place=place, redirected=Redirection(person.extension, person.name, why))
