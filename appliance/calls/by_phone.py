"""What people set by their phone, as calls see it; the runtime makes each change as the pages would."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from appliance.configuration.destinations import Destination
from appliance.routing.world import DayState

HoursWish = Literal["open", "closed", "as_set"]


class HoursSaid(NamedTuple):
    """What a wish about the opening hours came to, and the name of the office or calendar it was for."""

    done: Literal["open", "closed", "as_set", "unknown", "refused"]
    name: str = ""


class GroupSigned(NamedTuple):
    """What signing in or out came to, and the name of the group it was for; empty: of all."""

    done: Literal["in", "out", "unknown"]
    name: str = ""


class SettingsByPhone(Protocol):
    """The settings that star codes change besides the fields of records."""

    def is_locked(self, person_id: str, setting: str) -> bool:
        """Whether a setting ("people.forwards", "phone.hours") is locked for a person (PERM-1)."""

    def set_day(self, person_id: str, state: DayState) -> bool:
        """Start, pause or end a working day; False for who does not use it."""

    def day_of(self, person_id: str) -> DayState:
        """How a person's working day stands."""

    def sign_group(self, person_id: str, extension: str) -> GroupSigned:
        """Sign a member into the group of that extension, or out of it; without one, of all their groups."""

    def destination(self, dialled: str) -> Destination | None:
        """Where calls are forwarded by what was dialled; None when that is nowhere, or may not be called."""

    async def block(self, number: str, person_id: str) -> bool:
        """Let a caller's number (E.164) through no more; False when that is refused."""

    async def set_hours(self, wish: HoursWish, code: str, person_id: str) -> HoursSaid:
        """Open or close the office, or the calendar of that code, until further notice; again: as it was."""
