"""Lamps of star codes: a key that dials a code is lit while what it does holds.

A key of the park code and a place shows who is parked there; keys of the working day, do-not-disturb,
forwards and of signing into a group show the watcher's own; keys that open and close show the manual override
(TIME-4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from appliance.calls.parking import ParkingLot, is_place
from appliance.configuration.configuration import Configuration
from appliance.configuration.forwards import ForwardCondition
from appliance.configuration.overrides import standing
from appliance.configuration.people import Person
from appliance.configuration.star_codes import Action
from appliance.routing.world import DayState
from appliance.sip.lamps import Lamp, LampState

LIT, UNLIT = Lamp(LampState.BUSY), Lamp()

_DAYS = {
    Action.DAY_START: frozenset({DayState.STARTED}),
    Action.DAY_BREAK: frozenset({DayState.ON_BREAK}),
    Action.DAY_END: frozenset({DayState.ENDED, DayState.NOT_STARTED}),
}
_FORWARDS = {
    Action.FORWARD_BUSY: ForwardCondition.BUSY,
    Action.FORWARD_NO_ANSWER: ForwardCondition.NO_ANSWER,
    Action.FORWARD_NOT_CONNECTED: ForwardCondition.NOT_CONNECTED,
}
_HOURS = {Action.HOURS_OPEN: "open", Action.HOURS_CLOSED: "closed"}
_DISTURB = frozenset({Action.DO_NOT_DISTURB, Action.DO_NOT_DISTURB_ON})


class CodeLamps:
    """The lamps of codes, for whoever watches them."""

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        now: Callable[[], datetime],
        day_of: Callable[[Person], DayState],
        parking: Callable[[], ParkingLot],
        signed_out: Callable[[str], frozenset[str]],
    ) -> None:
        self._configuration = configuration
        self._now = now
        self._day_of = day_of
        self._parking = parking
        self._signed_out = signed_out

    def of(self, dialled: str, watcher: Person | None) -> Lamp | None:
        """The lamp of what a key dials, for the person who watches; None when it has none."""
        code = self._configuration().star_code(dialled)
        if code is None:
            return None
        action, argument = code
        if action is Action.PARK:
            return self._place(argument)
        if action in _HOURS:
            return self._hours(argument, _HOURS[action])
        if action is Action.GROUP_SIGN:
            return _lit(self._signed_in(argument, watcher)) if watcher is not None else None
        return _lit(self._own(action, watcher)) if watcher is not None else None

    def _place(self, place: str) -> Lamp | None:
        office = self._configuration().office
        if office is None or not is_place(place, office.park_places):
            return None
        parked = self._parking().places.get(place)
        if parked is None:
            return UNLIT
        party = parked.call.party_of(parked.call.caller)
        return Lamp(LampState.BUSY, parked.call.id, party.number, party.name)

    def _hours(self, code: str, state: str) -> Lamp | None:
        configuration = self._configuration()
        ids = [each.id for each in configuration.calendars.values() if code and each.code == code]
        if code and not ids:
            return None
        calendar_id = ids[0] if ids else None
        held = standing(configuration, self._now())
        return _lit(any(each.calendar_id == calendar_id and each.override.state == state for each in held))

    def _signed_in(self, extension: str, watcher: Person) -> bool | None:
        """Whether the watcher is signed into the group, or into any of theirs; None when there is none."""
        own = [
            group.id
            for group in self._configuration().groups.values()
            if (not extension or group.extension == extension)
            and any(member.person_id == watcher.id for member in group.members)
        ]
        out = self._signed_out(watcher.id)
        return any(group_id not in out for group_id in own) if own else None

    def _own(self, action: Action, watcher: Person) -> bool | None:
        if action in _DISTURB:
            return watcher.do_not_disturb
        if action in _DAYS:
            return watcher.working_day and self._day_of(watcher) in _DAYS[action]
        if action is Action.FORWARD_ALL:
            return watcher.forward_active
        if action in _FORWARDS:
            return _FORWARDS[action] in watcher.forwards
        return None


def _lit(is_lit: bool | None) -> Lamp | None:
    if is_lit is None:
        return None
    return LIT if is_lit else UNLIT
