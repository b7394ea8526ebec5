"""The box as calls see it: the runtime's side of `calls.switchboard`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appliance import numbers
from appliance.calls.arrival import transferred
from appliance.calls.by_phone import SettingsByPhone
from appliance.calls.call import Call, Party
from appliance.calls.parking import ParkingLot
from appliance.calls.switchboard import Draft, VoiceMessage
from appliance.calls.transfer import Loan, borrow_opposite
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.control.events import EventHub, HubClosed
from appliance.legs.audio import Conference, MediaPort, MediaSource
from appliance.legs.leg import CalleeLeg, CallerLeg, Leg
from appliance.routing.facts import Facts
from appliance.routing.plan import Plan
from appliance.routing.steps import KeepCallBack, Ring, Speech
from appliance.routing.trail import Reason
from appliance.routing.world import World
from appliance.runtime.background import Background
from appliance.runtime.clock import Clock
from appliance.runtime.dialling import Dialling
from appliance.runtime.settings import Settings
from appliance.runtime.spoken import Spoken
from appliance.runtime.waiting_lines import WaitingLines
from appliance.sip.refer import Replaces
from appliance.storage.errors import StorageError
from appliance.storage.history import History, HistoryFilter
from appliance.storage.messages import SHORTEST_SECONDS, Message, MessageDraft, MessageStore

log = logging.getLogger(__name__)


# RFC 3261 21.4.25: the one who has begun the call does not want it any more.
REQUEST_TERMINATED = 487
MOST_PLAYED = 100
# Among so many calls of a person, one that they received is looked for.
LATEST_CALLS = 100

ChangeSettings = Callable[[str, str, Mapping[str, object]], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class HeardMessage:
    """A message as the one who hears it by phone meets it."""

    message: Message

    @property
    def id(self) -> str:
        """The message's id."""
        return self.message.id

    @property
    def heard(self) -> bool:
        """Whether somebody has heard it."""
        return self.message.heard_at is not None


class Board:
    """Gives calls their legs, sounds and message drafts; implements `calls.switchboard.Switchboard`."""

    def __init__(
        self,
        *,
        clock: Clock,
        settings: Settings,
        media: MediaSource,
        dialling: Dialling,
        spoken: Spoken,
        messages: MessageStore,
        background: Background,
        events: EventHub,
        world: Callable[[], World],
        mail_queued: Callable[[], None],
        named: Callable[[Replaces], Sequence[CallerLeg]],
        alert: Callable[[Reason], None],
        dials: Sequence[Callable[[Ring, Call], None]],
        history: History,
        change: ChangeSettings,
        by_phone: SettingsByPhone,
        calls: Callable[[], Collection[Call]],
        parking: ParkingLot,
        waiting: WaitingLines,
        keep_call_back: Callable[[KeepCallBack], Coroutine[Any, Any, bool]],
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._media = media
        self._dialling = dialling
        self._spoken = spoken
        self._messages = messages
        self._background = background
        self._events = events
        self._world = world
        self._mail_queued = mail_queued
        self._named = named
        self._alert = alert
        self._dials = dials
        self._history = history
        self._change = change
        self.by_phone = by_phone
        self.calls_in_progress = calls
        self.parking = parking
        self._waiting = waiting
        self._keep_call_back = keep_call_back

    @property
    def plan(self) -> Plan:
        """The plan in force now."""
        return self._settings.plan

    @property
    def configuration(self) -> Configuration:
        """The settings in force now."""
        return self._settings.configuration

    @property
    def tones(self) -> str:
        """The country whose tones callers hear."""
        office = self._settings.configuration.office
        return office.country if office else "FR"

    def world(self) -> World:
        """Who can be reached, and which lines are up."""
        return self._world()

    def now(self) -> datetime:
        """The present moment in the office's zone."""
        return self._clock.now(self._settings.zone)

    def epoch(self) -> float:
        """The present moment in seconds since 1970."""
        return self._clock.epoch()

    def monotonic(self) -> float:
        """Seconds that only go forward, for lengths of time."""
        return self._clock.monotonic()

    def is_next(self, call: Call) -> bool:
        """Whether nobody waits before this caller, but those who are being rung for."""
        return self._waiting.is_next(call)

    def place_in_queue(self, call: Call) -> int:
        """A caller's place in their queue, from 1."""
        return self._waiting.place(call)

    def expected_wait(self, call: Call) -> float | None:
        """How many seconds a caller will probably wait; None while nobody can tell."""
        return self._waiting.expected(call)

    async def news(self, seconds: float) -> None:
        """Return once something has happened in the box, or after so many seconds."""
        with self._events.subscribe() as subscription:
            try:
                async with asyncio.timeout(seconds):
                    await subscription.next()
            except TimeoutError:
                pass
            except HubClosed:
                await asyncio.sleep(seconds)

    def legs_towards(self, step: Ring, call: Call) -> Sequence[CalleeLeg]:
        """A leg, not dialled yet, for each device or line the step wants to ring."""
        for told in self._dials:
            told(step, call)
        return self._dialling.legs(step, call.facts, call.caller.sound)

    def party_of(self, leg: Leg) -> Party:
        """Who is at the far side of a leg that we have dialled."""
        person_id = getattr(leg, "person_id", None)
        person = self._settings.configuration.people.get(person_id) if person_id else None
        return Party(person.extension, person.name, person.id) if person else Party(leg.label)

    async def keep_call_back(self, step: KeepCallBack) -> bool:
        """Have somebody called back; False when that cannot be kept. It is kept even if the call ends."""
        keeping = self._background.start(self._keep_call_back(step), "a call-back request")
        return await asyncio.shield(keeping)

    def setting(self, collection: str, identifier: str, field: str) -> object:
        """What a field of a record holds; None when there is no such record."""
        configuration = self._settings.configuration
        if not identifier:
            return getattr(getattr(configuration, collection), field, None)
        return getattr(configuration.collection(collection).get(identifier), field, None)

    async def change_settings(self, collection: str, identifier: str, fields: Mapping[str, object]) -> bool:
        """Change fields of a record as the API would; False when that is refused."""
        return await self._change(collection, identifier, fields)

    async def last_caller(self, person_id: str) -> str | None:
        """Who called a person last: empty when the number was withheld, None when nobody has."""
        try:
            page = await self._history.list(HistoryFilter(person_id=person_id), page_size=LATEST_CALLS)
        except StorageError as error:
            log.error("the calls cannot be read: %s", error)
            return None
        to_them = (call for call in page.records if call.caller_person_id != person_id)
        return next((call.caller for call in to_them), None)

    def written(self, number: str) -> str:
        """A number as it is written in the country."""
        return numbers.national(number, self.tones) if numbers.is_e164(number) else number

    def facts_of_transfer(self, party: Party, by: Party, target: str, language: Language) -> Facts:
        """The facts of a call of `party`, spoken to in `language` so far, to what `by` has dialled."""
        return transferred(self._settings.configuration, party, by, target, language)

    def borrow(self, replaces: Replaces, mine: Leg) -> Loan | None:
        """Ask the conversation that a dialog is part of for the leg opposite."""
        calls = tuple(self.calls_in_progress())
        loans = (borrow_opposite(call, leg) for leg in self._meant(replaces, mine) for call in calls)
        return next((loan for loan in loans if loan is not None), None)

    def give_place(self, replaces: Replaces, mine: Leg, loan: Loan) -> bool:
        """Have a leg that is about to be lent take the place of a dialog in a conference."""
        rooms = [call.give_place for call in self.calls_in_progress() if call.give_place is not None]
        return any(give_place(leg, loan) for leg in self._meant(replaces, mine) for give_place in rooms)

    def stop_calling(self, replaces: Replaces, mine: Leg) -> None:
        """End the call that a dialog has begun, if nobody has taken it yet."""
        meant = self._meant(replaces, mine)
        for call in self.calls_in_progress():
            if call.caller in meant and call.ringing and call.callee is None:
                for leg in call.ringing:
                    leg.taken_elsewhere()
                call.caller.refuse(REQUEST_TERMINATED)

    def _meant(self, replaces: Replaces, mine: Leg) -> list[CallerLeg]:
        """The legs that a dialog may be of, less the one of whoever names it."""
        return [leg for leg in self._named(replaces) if leg is not mine]

    def alert(self, reason: Reason) -> None:
        """Tell the office at once of something grave."""
        self._alert(reason)

    def join(self, one: MediaPort, other: MediaPort) -> AbstractContextManager[object]:
        """Relay audio between two legs as long as the context lasts."""
        return self._media.join(one, other)

    def conference(self) -> Conference:
        """A conference without anybody in it yet."""
        return self._media.conference()

    def echo(self, media: MediaPort) -> AbstractContextManager[object]:
        """Send a leg its own audio back as long as the context lasts."""
        return self._media.echo(media)

    async def music(self) -> bytes:
        """What those who wait hear, again and again."""
        office = self._settings.configuration.office
        return await self._spoken.music(office.hold_music_id if office else None)

    async def spoken(self, speech: Speech) -> bytes:
        """The sound of a speech; empty when it cannot be made: no call fails for want of words."""
        return await self._spoken.sound(speech)

    async def begin_message(self, mailbox_id: str, call: Call) -> MessageDraft | None:
        """Open a message for recording; None when nothing can be kept."""
        facts = call.facts
        try:
            return await self._messages.begin(
                mailbox_id,
                facts.caller,
                facts.caller_name,
                facts.called,
                self._clock.epoch(),
                call_id=call.id,
            )
        except StorageError as error:
            log.error("no message can be taken: %s", error)
            return None

    async def messages_of(self, mailbox_id: str) -> Sequence[HeardMessage]:
        """The messages of a mailbox, those not heard before first, oldest first."""
        page = await self._messages.list([mailbox_id], page_size=MOST_PLAYED)
        oldest_first = reversed(page.messages)
        return sorted((HeardMessage(message) for message in oldest_first), key=lambda message: message.heard)

    async def sound_of(self, message: VoiceMessage) -> bytes:
        """The sound of a message; empty when it is gone."""
        found = await self._messages.get(message.id)
        return await self._spoken.file(self._messages.audio_path(found)) if found is not None else b""

    async def mark_heard(self, message: VoiceMessage) -> None:
        """Say that a message was heard."""
        await self._messages.mark_heard(message.id, True, self._clock.epoch())
        self._events.publish("message", id=message.id)

    async def delete_message(self, message: VoiceMessage) -> None:
        """Delete a message."""
        await self._messages.delete(message.id, self._clock.epoch())
        self._events.publish("message", id=message.id)

    def finish_message(self, draft: Draft, seconds: float, call: Call) -> None:
        """Keep a recorded message, or drop it when nothing was said; never waits."""
        if seconds < SHORTEST_SECONDS:
            call.message_id = None
            self._background.start(self._messages.abandon(_own(draft)), f"drop message {draft.id}")
        else:
            self._background.start(self._finish(_own(draft), seconds), f"keep message {draft.id}")

    async def _finish(self, draft: MessageDraft, seconds: float) -> None:
        try:
            message = await self._messages.finish(draft, seconds)
        except StorageError as error:
            log.error("message %s is on the disk but not in the index: %s", draft.id, error)
            return
        self._events.publish("message", id=message.id, mailbox_id=message.mailbox_id)
        self._mail_queued()


def _own(draft: Draft) -> MessageDraft:
    return MessageDraft(draft.id, draft.path)
