"""The lamps of the phones: takes their subscriptions, and tells each what has changed as soon as it has."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from appliance.calls.call import Call
from appliance.configuration.configuration import Configuration
from appliance.configuration.people import Person
from appliance.control.events import EventHub, HubClosed
from appliance.control.events import Subscription as Listening
from appliance.routing.world import DayState
from appliance.runtime.background import Background
from appliance.runtime.calls import Calls
from appliance.runtime.clock import Clock
from appliance.runtime.code_lamps import CodeLamps
from appliance.runtime.people_states import PeopleStates
from appliance.runtime.phones import Phones
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.tokens import token
from appliance.sip.authentication import Challenged
from appliance.sip.events import IncomingRequest, RequestFailed
from appliance.sip.flow import Flow, bracketed
from appliance.sip.lamps import Lamp, LampState, Mail, dialog_info, message_summary, presence
from appliance.sip.subscriptions import Subscription, Subscriptions, record_of, subscription_of
from appliance.storage.errors import StorageError
from appliance.storage.messages import MessageStore
from appliance.storage.subscriptions import SubscriptionStore

log = logging.getLogger(__name__)

# After these answers to a NOTIFY its watcher is gone (RFC 6665 4.2.2).
GONE = frozenset({404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 503, 604})
WATCHED_EVENTS = frozenset({"call", "phone", "message", "person", "configuration", "resync"})


class Lamps:
    """Answers SUBSCRIBE and keeps each watcher told; one NOTIFY at a time for each."""

    def __init__(
        self,
        driver: SipDriver,
        phones: Phones,
        calls: Calls,
        messages: MessageStore,
        store: SubscriptionStore,
        background: Background,
        events: EventHub,
        clock: Clock,
        configuration: Callable[[], Configuration],
        people: PeopleStates,
    ) -> None:
        self._driver = driver
        self._phones = phones
        self._calls = calls
        self._messages = messages
        self._store = store
        self._background = background
        self._events = events
        self._clock = clock
        self._configuration = configuration
        self._people = people
        self._codes = CodeLamps(
            configuration, clock.now, people.day_of, lambda: calls.parking, people.signed_out
        )
        self._subscriptions = Subscriptions()
        self._telling: set[tuple[str, str, str]] = set()
        self._mail: dict[str, Mail] = {}
        self._watched = asyncio.Event()

    def __len__(self) -> int:
        return len(self._subscriptions.kept)

    async def restore(self) -> None:
        """Take back what was kept before the restart. Raises StorageError."""
        epoch, now = self._clock.epoch(), self._clock.monotonic()
        for expires_at, record in await self._store.load(epoch):
            found = subscription_of({**record, "left": expires_at - epoch}, now)
            if found is not None:
                self._subscriptions.kept[found.key] = found
                self._watched.set()

    async def run(self) -> None:
        """Tell the watchers of every change until the box stops."""
        while True:
            # A box that nobody watches is not woken by its own calls.
            await self._watched.wait()
            with self._events.subscribe() as happenings:
                await self._refresh(mail=True)
                try:
                    await self._follow(happenings)
                except HubClosed:
                    return

    async def _follow(self, happenings: Listening) -> None:
        while self._subscriptions.kept:
            event = await happenings.next()
            if event.kind in WATCHED_EVENTS:
                await self._refresh(mail=event.kind != "call")
        self._watched.clear()

    def subscribe(self, event: IncomingRequest) -> None:
        """Answer a SUBSCRIBE: challenge it, refuse it, or take it and tell the state at once."""
        request = event.request
        verdict = self._phones.check(request, event.flow)
        if isinstance(verdict, Challenged):
            self._phones.challenge(event, verdict)
            return
        now = self._clock.monotonic()
        known = self._is_known(request.uri.user or "", verdict.username)
        done = self._subscriptions.subscribe(request, verdict.username, event.flow, token(), now, known=known)
        self._driver.respond(event.key, done.response)
        made = done.subscription
        if made is None:
            return
        if done.is_over:
            self._end(made, "timeout")
            return
        made.told = None
        self._watched.set()
        self._background.start(self._keep(made), "a subscription")
        self._background.start(self._begin(made), "the first state of a subscription")

    async def _begin(self, made: Subscription) -> None:
        if made.package == "message-summary":
            await self._count_mail()
        self._tell(made)

    def _is_known(self, user: str, watcher: str) -> bool:
        if self._person(user) is not None or self._group_id(user) is not None:
            return True
        return self._codes.of(user, self._person(watcher)) is not None

    def _person(self, user: str) -> Person | None:
        configuration = self._configuration()
        phone = self._phones.phone_of(user)
        if phone is not None:
            return configuration.people.get(phone.person_id)
        return configuration.person_at(user)

    def _group_id(self, user: str) -> str | None:
        group = self._configuration().group_at(user)
        return group.id if group is not None else None

    # The states.

    async def _refresh(self, *, mail: bool) -> None:
        if mail:
            await self._count_mail()
        for one in list(self._subscriptions.kept.values()):
            self._tell(one)

    async def _count_mail(self) -> None:
        try:
            counts = await self._messages.counts()
        except StorageError as error:
            log.error("the messages cannot be counted: %s", error)
            return
        self._mail = {
            mailbox: Mail(count.unheard, count.total - count.unheard) for mailbox, count in counts.items()
        }

    def state_of(self, subscription: Subscription) -> Lamp | Mail:
        """What a watcher is to be told now."""
        if subscription.package == "message-summary":
            person = self._person(subscription.watcher)
            return self._mail_of(person.id, self._group_id(subscription.resource)) if person else Mail()
        person = self._person(subscription.resource)
        if person is None:
            code = self._codes.of(subscription.resource, self._person(subscription.watcher))
            return code or self._group_lamp(subscription.resource)
        return self._lamp(person)

    def _mail_of(self, person_id: str, group_id: str | None) -> Mail:
        """What waits for a person, of one group alone when they watch that."""
        heard = self._configuration().heard_by(person_id)
        found = [each for each in heard if group_id is None or each.owner_id == group_id]
        mails = [self._mail.get(mailbox.id, Mail()) for mailbox in found]
        return Mail(sum(mail.new for mail in mails), sum(mail.old for mail in mails))

    def _lamp(self, person: Person) -> Lamp:
        now = self._people.of(person)
        found = Lamp(LampState.FREE if now.connected else LampState.AWAY)
        if now.do_not_disturb or now.day is not DayState.STARTED:
            found = Lamp(LampState.UNAVAILABLE)
        for call in self._calls.in_progress():
            lamp = lamp_in(call, person)
            if lamp is not None and (lamp.state is LampState.BUSY or found.state is not LampState.BUSY):
                found = lamp
        return found

    def _group_lamp(self, extension: str) -> Lamp:
        for call in self._calls.in_progress():
            if call.facts.called == extension and call.ringing:
                return Lamp(LampState.RINGING, call.id, call.facts.caller, call.facts.caller_name)
        return Lamp()

    # Telling.

    def _tell(self, one: Subscription) -> None:
        state = self.state_of(one)
        if state != one.told and one.key not in self._telling:
            self._telling.add(one.key)
            self._background.start(self._notify(one), "a lamp")

    async def _notify(self, one: Subscription) -> None:
        """Tell one watcher until it knows the state of the moment."""
        try:
            while one.key in self._subscriptions.kept and (state := self.state_of(one)) != one.told:
                one.told = state
                status = await self._send(one, self._body(one, state))
                if status in GONE:
                    self._subscriptions.forget(one)
                    await self._forget(one)
        finally:
            self._telling.discard(one.key)

    def _body(self, one: Subscription, state: Lamp | Mail) -> bytes:
        host = bracketed(one.dialog.flow.local[0])
        if isinstance(state, Mail):
            return message_summary(state, one.resource, host)
        if one.package == "presence":
            return presence(state, one.resource, host)
        return dialog_info(state, one.resource, host, one.version)

    async def _send(self, one: Subscription, body: bytes, reason: str = "") -> int:
        request = self._subscriptions.notify(one, body, self._clock.monotonic(), reason=reason)
        answer = await self._driver.ask(request, one.dialog.flow)
        return answer.status if isinstance(answer, RequestFailed) else answer.response.status

    def _end(self, one: Subscription, reason: str) -> None:
        body = self._body(one, self.state_of(one))
        self._background.start(self._last(one, body, reason), "the end of a subscription")

    async def _last(self, one: Subscription, body: bytes, reason: str) -> None:
        await self._forget(one)
        await self._send(one, body, reason)

    def sweep(self) -> None:
        """End the subscriptions whose time is over; to be called every few seconds."""
        for one in self._subscriptions.expire(self._clock.monotonic()):
            self._end(one, "timeout")

    def connection_closed(self, flow: Flow) -> None:
        """A connection is gone, and with it the watchers behind it."""
        for one in list(self._subscriptions.kept.values()):
            if one.dialog.flow.connection is not None and one.dialog.flow == flow:
                self._subscriptions.forget(one)
                self._background.start(self._forget(one), "a subscription gone with its connection")

    # The disk.

    async def _keep(self, one: Subscription) -> None:
        now = self._clock.monotonic()
        try:
            ends = self._clock.epoch() + one.expires_at - now
            await self._store.save(" ".join(one.key), ends, record_of(one, now))
        except StorageError as error:
            log.error("a subscription could not be kept: %s", error)

    async def _forget(self, one: Subscription) -> None:
        try:
            await self._store.forget(" ".join(one.key))
        except StorageError as error:
            log.error("a subscription could not be forgotten: %s", error)


def lamp_in(call: Call, person: Person) -> Lamp | None:
    """What a call means for a person's lamp; None when they have no part in it."""
    facts = call.facts
    if person.id in call.ringing_people:
        return Lamp(LampState.RINGING, call.id, facts.caller, facts.caller_name)
    if person.id not in call.people_on_the_phone:
        return None
    state = LampState.CALLING if call.callee is None and call.answered_at is None else LampState.BUSY
    if call.party_of(call.caller).person_id == person.id:
        return Lamp(state, call.id, facts.called)
    return Lamp(state, call.id, facts.caller, facts.caller_name)
