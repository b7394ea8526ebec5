"""What a call needs of the box around it; the runtime provides it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from appliance.calls.by_phone import SettingsByPhone
from appliance.calls.call import Call, Party
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.legs.audio import Conference, MediaPort
from appliance.legs.leg import CalleeLeg, Leg
from appliance.routing.facts import Facts
from appliance.routing.plan import Plan
from appliance.routing.steps import KeepCallBack, Ring, Speech
from appliance.routing.trail import Reason
from appliance.routing.world import World
from appliance.sip.refer import Replaces

if TYPE_CHECKING:
    from appliance.calls.parking import ParkingLot
    from appliance.calls.transfer import Loan


class Draft(Protocol):
    """A message being recorded."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> Path: ...


class VoiceMessage(Protocol):
    """A message to be heard."""

    @property
    def id(self) -> str: ...
    @property
    def heard(self) -> bool: ...


class Switchboard(Protocol):
    """The box as a call sees it."""

    @property
    def plan(self) -> Plan:
        """The plan in force now."""

    @property
    def configuration(self) -> Configuration:
        """The settings in force now."""

    def calls_in_progress(self) -> Collection[Call]:
        """The calls that go on now, the oldest first."""

    @property
    def parking(self) -> ParkingLot:
        """The calls that are parked."""

    @property
    def by_phone(self) -> SettingsByPhone:
        """What star codes set."""

    @property
    def tones(self) -> str:
        """The country whose tones callers hear."""

    def world(self) -> World:
        """Who can be reached, and which lines are up."""

    def now(self) -> datetime:
        """The present moment in the office's zone."""

    def epoch(self) -> float:
        """The present moment in seconds since 1970."""

    def monotonic(self) -> float:
        """Seconds that only go forward, for lengths of time: the wall clock may be set meanwhile."""

    def is_next(self, call: Call) -> bool:
        """Whether nobody waits before this caller in their queue, but those who are being rung for."""

    def place_in_queue(self, call: Call) -> int:
        """A caller's place in their queue, from 1."""

    def expected_wait(self, call: Call) -> float | None:
        """How many seconds a caller will probably wait; None while nobody can tell."""

    async def news(self, seconds: float) -> None:
        """Return once something has happened in the box, or after so many seconds."""

    def legs_towards(self, step: Ring, call: Call) -> Sequence[CalleeLeg]:
        """A leg, not dialled yet, for each device or line the step wants to ring."""

    def party_of(self, leg: Leg) -> Party:
        """Who is at the far side of a leg that we have dialled."""

    def facts_of_transfer(self, party: Party, by: Party, target: str, language: Language) -> Facts:
        """The facts of a call of `party`, spoken to in `language` so far, to what `by` has dialled."""

    def borrow(self, replaces: Replaces, mine: Leg) -> Loan | None:
        """Ask the conversation that a dialog of ours is part of for the leg opposite; None: no such talk.

        `mine` is the leg of the same phone in the call that borrows.
        """

    def give_place(self, replaces: Replaces, mine: Leg, loan: Loan) -> bool:
        """Have a leg that is about to be lent take the place of that dialog in a conference; False: none.

        `mine` is the leg of the same phone in the call that lends.
        """

    def stop_calling(self, replaces: Replaces, mine: Leg) -> None:
        """End the call that dialog has begun, if nobody has taken it yet; its phones show no missed call."""

    def alert(self, reason: Reason) -> None:
        """Tell the office at once of something grave; never waits."""

    def join(self, one: MediaPort, other: MediaPort) -> AbstractContextManager[object]:
        """Relay audio between two legs as long as the context lasts."""

    def conference(self) -> Conference:
        """A conference without anybody in it yet."""

    def echo(self, media: MediaPort) -> AbstractContextManager[object]:
        """Send a leg its own audio back as long as the context lasts."""

    async def music(self) -> bytes:
        """What those who wait hear, again and again: 8 kHz mono 16-bit PCM."""

    async def spoken(self, speech: Speech) -> bytes:
        """The sound of a speech: 8 kHz mono 16-bit PCM; empty when it cannot be made."""

    async def begin_message(self, mailbox_id: str, call: Call) -> Draft | None:
        """Open a message for recording; None when nothing can be kept."""

    def finish_message(self, draft: Draft, seconds: float, call: Call) -> None:
        """Keep a recorded message (or drop it when nothing was said); never waits."""

    async def keep_call_back(self, step: KeepCallBack) -> bool:
        """Have somebody called back; False when that cannot be kept. It is kept even if the call ends."""

    def setting(self, collection: str, identifier: str, field: str) -> object:
        """What a field of a record of the settings holds; None when there is no such record."""

    async def change_settings(self, collection: str, identifier: str, fields: Mapping[str, object]) -> bool:
        """Change fields of a record (of a singleton: empty id) as the API would; False when refused."""

    async def last_caller(self, person_id: str) -> str | None:
        """Who called a person last: empty when the number was withheld, None when nobody has."""

    def written(self, number: str) -> str:
        """A number as it is written in the country, for prompts to say."""

    async def messages_of(self, mailbox_id: str) -> Sequence[VoiceMessage]:
        """The messages of a mailbox, those not heard before first, oldest first."""

    async def sound_of(self, message: VoiceMessage) -> bytes:
        """The sound of a message: 8 kHz mono 16-bit PCM; empty when it is gone."""

    async def mark_heard(self, message: VoiceMessage) -> None:
        """Say that a message was heard."""

    async def delete_message(self, message: VoiceMessage) -> None:
        """Delete a message."""
