"""Settings by phone: the star codes' changes, made through the same doors as those of the pages."""

from __future__ import annotations

import logging

from appliance import numbers
from appliance.calls.by_phone import GroupSigned, HoursSaid, HoursWish
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Destination, ToExternal
from appliance.configuration.permissions import locks_of
from appliance.control.box import Box
from appliance.control.caller_filter import block_number
from appliance.control.errors import ApiError
from appliance.control.overriding import set_override, toggle_override
from appliance.routing.called_inside import called_inside
from appliance.routing.limits import barred_number
from appliance.routing.world import DayState
from appliance.storage.errors import StorageError

log = logging.getLogger(__name__)


class ByPhone:
    """Implements `calls.by_phone.SettingsByPhone`."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def is_locked(self, person_id: str, setting: str) -> bool:
        """Whether a setting is locked for a person."""
        return setting in locks_of(self._box.configuration, person_id)

    def set_day(self, person_id: str, state: DayState) -> bool:
        """Start, pause or end a working day; False for who does not use it."""
        return self._box.set_day(person_id, state)

    def day_of(self, person_id: str) -> DayState:
        """How a person's working day stands."""
        return self._box.world().person(person_id).day

    def sign_group(self, person_id: str, extension: str) -> GroupSigned:
        """Sign a member into the group of that extension, or out of it; without one, of all their groups."""
        memberships = self._box.memberships
        own = [
            group
            for group in self._box.configuration.groups.values()
            if (not extension or group.extension == extension)
            and any(member.person_id == person_id for member in group.members)
        ]
        if not own:
            return GroupSigned("unknown")
        is_in = any(group.id not in memberships.out_of(person_id) for group in own)
        for group in own:
            memberships.sign(group.id, person_id, not is_in)
        return GroupSigned("out" if is_in else "in", own[0].name if extension else "")

    def destination(self, dialled: str) -> Destination | None:
        """Where calls are forwarded by what was dialled; None when that is nowhere, or may not be called."""
        return destination_of(self._box.configuration, dialled)

    async def block(self, number: str, person_id: str) -> bool:
        """Let a caller's number through no more; False when that is refused."""
        person = self._box.configuration.people.get(person_id)
        who = person.name if person else "phone"
        try:
            await block_number(self._box, number, who, who)
        except (ApiError, StorageError) as error:
            log.warning("%s could not be blocked by a call: %s", number, error)
            return False
        return True

    async def set_hours(self, wish: HoursWish, code: str, person_id: str) -> HoursSaid:
        """Open or close the office, or the calendar of that code; again: as it was."""
        configuration = self._box.configuration
        calendars = configuration.calendars.values()
        calendar = next((each for each in calendars if code and each.code == code), None)
        if code and calendar is None:
            return HoursSaid("unknown", code)
        office = configuration.office
        name = calendar.name if calendar else office.name if office else ""
        calendar_id = calendar.id if calendar else None
        who = configuration.people[person_id].name if person_id in configuration.people else "phone"
        try:
            if wish == "as_set":
                await set_override(self._box, calendar_id, None, who)
                return HoursSaid("as_set", name)
            holds = await toggle_override(self._box, calendar_id, wish, who)
        except (ApiError, StorageError) as error:
            log.warning("the hours of %s could not be changed by a call: %s", name, error)
            return HoursSaid("refused", name)
        return HoursSaid(wish if holds else "as_set", name)


def destination_of(configuration: Configuration, dialled: str) -> Destination | None:
    """A destination by its extension or number; None when there is none, or when nobody may call it."""
    inside = configuration.extensions().get(dialled)
    if inside is not None:
        return called_inside(inside)[1]
    country = configuration.office.country if configuration.office else "FR"
    number = numbers.dialled(dialled, country)
    if number is None or barred_number(configuration.outbound.limits, number, country) is not None:
        return None
    return ToExternal(number=number)
