"""What each person is doing: calls, working day, do-not-disturb, phones, put together for all who ask."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from appliance.calls.call import Call
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import DeviceKind
from appliance.configuration.people import Person, Phone
from appliance.control.events import EventHub
from appliance.control.live import Membership, PersonLive
from appliance.routing.forwarding import end_of
from appliance.routing.world import DayState, PersonNow, day_now
from appliance.runtime.background import Background
from appliance.storage.errors import StorageError
from appliance.storage.working_days import WorkingDays

log = logging.getLogger(__name__)

RINGING, TALKING, HOLDING = "ringing", "talking", "holding"


class PeopleStates:
    """Every person at this moment; the one place that decisions, lamps and pages ask.

    `moment` gives the wall clock in the office's zone for an epoch, `epoch` the present.
    """

    def __init__(
        self,
        store: WorkingDays,
        background: Background,
        events: EventHub,
        epoch: Callable[[], float],
        moment: Callable[[float], datetime],
        configuration: Callable[[], Configuration],
        registered: Callable[[], frozenset[str]],
        lines_up: Callable[[], frozenset[str]],
        calls: Callable[[], Collection[Call]],
        signed_out: Callable[[str], frozenset[str]] = lambda person_id: frozenset(),
        clock_trusted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._store = store
        self._background = background
        self._events = events
        self._epoch = epoch
        self._moment = moment
        self._configuration = configuration
        self._registered = registered
        self._lines_up = lines_up
        self._calls = calls
        self.signed_out = signed_out
        self._clock_trusted = clock_trusted
        self._days: dict[str, tuple[DayState, float]] = {}
        self._seen: tuple[Mapping[str, Phone], frozenset[str], frozenset[str]] = (
            {},
            frozenset(),
            frozenset(),
        )

    async def restore(self) -> None:
        """Take back how the days stood before the restart. Raises StorageError."""
        known = {state.value for state in DayState}
        for person_id, state, since in await self._store.load():
            if state in known:
                self._days[person_id] = (DayState(state), since)

    def set_day(self, person_id: str, state: DayState) -> bool:
        """Start, pause or end a person's day at once; kept on the disk soon. False for nobody of ours.

        It says nothing of who does not use the working day: they always count as there.
        """
        person = self._configuration().people.get(person_id)
        if person is None or not person.working_day:
            return False
        since = self._epoch()
        self._days[person_id] = (state, since)
        self._background.start(self._keep(person_id, state, since), "a working day")
        self._events.publish("person", id=person_id)
        return True

    async def _keep(self, person_id: str, state: DayState, since: float) -> None:
        try:
            await self._store.save(person_id, state.value, since)
        except StorageError as error:
            log.error("the working day of %s could not be kept: %s", person_id, error)

    def day_of(self, person: Person) -> DayState:
        """How a person's day stands."""
        if not person.working_day:
            return DayState.STARTED
        state, since = self._days.get(person.id, (DayState.NOT_STARTED, 0.0))
        return day_now(state, self._moment(since), self._moment(self._epoch()))

    def everybody(self) -> Mapping[str, PersonNow]:
        """Every person at this moment, each worked out when asked for: a decision asks for few."""
        return _Everybody(self._configuration().people, self._look())

    def of(self, person: Person) -> PersonNow:
        """One person at this moment."""
        return self._look()(person)

    def _look(self) -> Callable[[Person], PersonNow]:
        """Look at calls, phones and lines once; what is returned tells of anybody what was seen."""
        online, lines = self._online(), bool(self._lines_up())
        counted = Counter(part for call in self._calls() for part in parts_in(call))

        def now(person: Person) -> PersonNow:
            return PersonNow(
                ringing=counted[person.id, RINGING],
                talking=counted[person.id, TALKING],
                holding=counted[person.id, HOLDING],
                day=self.day_of(person),
                do_not_disturb=person.do_not_disturb,
                connected=person.id in online or (lines and _has_mobile(person)),
                signed_out=self.signed_out(person.id),
            )

        return now

    def _online(self) -> frozenset[str]:
        """The people who have a phone that can be rung; worked out when phones come or go."""
        phones, registered = self._configuration().phones, self._registered()
        if self._seen[0] is not phones or self._seen[1] is not registered:
            people = frozenset(phones[each].person_id for each in registered if each in phones)
            self._seen = (phones, registered, people)
        return self._seen[2]

    def live(self) -> tuple[PersonLive, ...]:
        """Every person, as the API tells it."""
        people, own = self._configuration().people, groups_of(self._configuration())
        return tuple(
            person_live(people[identifier], now, own.get(identifier, ()), self._forwards(people[identifier]))
            for identifier, now in self.everybody().items()
            if identifier in people
        )

    def _forwards(self, person: Person) -> bool:
        """Whether all calls of a person go elsewhere at this moment, as a call would find it."""
        if person.forward_active or not self._clock_trusted():
            return person.forward_active
        wall = self._moment(self._epoch()).replace(tzinfo=None)
        return any(end_of(each, wall) is not None for each in person.scheduled_forwards)


class _Everybody(Mapping[str, PersonNow]):
    """People by id, as `now` tells of each."""

    def __init__(self, people: Mapping[str, Person], now: Callable[[Person], PersonNow]) -> None:
        self._people = people
        self._now = now

    def __getitem__(self, identifier: str) -> PersonNow:
        return self._now(self._people[identifier])

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)


def groups_of(configuration: Configuration) -> Mapping[str, Sequence[str]]:
    """The ids of the ring groups of each person who is in any."""
    found: dict[str, list[str]] = {}
    for group in configuration.groups.values():
        for member in group.members:
            found.setdefault(member.person_id, []).append(group.id)
    return found


def person_live(
    person: Person, now: PersonNow, groups: Sequence[str] = (), forwards: bool = False
) -> PersonLive:
    """A person as the API tells it; `groups`: ids of those they are a member of."""
    return PersonLive(
        person_id=person.id,
        state=now.state,
        calls=now.calls,
        day=now.day,
        uses_day=person.working_day,
        do_not_disturb=now.do_not_disturb,
        forwards=forwards,
        connected=now.connected,
        groups=tuple(
            Membership(group_id=group_id, signed_in=group_id not in now.signed_out) for group_id in groups
        ),
    )


def parts_in(call: Call) -> Iterator[tuple[str, str]]:
    """Who takes part in a call, and how: (person, RINGING, TALKING or HOLDING), each person once."""
    told: set[str] = set()
    for leg in call.legs_talking:
        person_id = call.party_of(leg).person_id
        if person_id and person_id not in told:
            told.add(person_id)
            yield person_id, HOLDING if id(leg) in call.holding else TALKING
    if call.callee is None or call.conference:
        for person_id in dict.fromkeys(call.ringing_people):
            if person_id not in told:
                yield person_id, RINGING


def _has_mobile(person: Person) -> bool:
    return person.mobile is not None and any(each.kind is DeviceKind.EXTERNAL for each in person.devices)
