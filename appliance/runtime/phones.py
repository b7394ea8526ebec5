"""The phones: who may register, where each is, kept over restarts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from appliance.configuration.configuration import Configuration
from appliance.configuration.people import Phone
from appliance.control.events import EventHub
from appliance.runtime.background import Background
from appliance.runtime.clock import Clock
from appliance.runtime.doors import Doors
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.tokens import secret_bytes
from appliance.sip.authentication import Authenticated, Authenticator, Challenged
from appliance.sip.digest import Nonces
from appliance.sip.errors import SipSyntaxError
from appliance.sip.events import IncomingRequest
from appliance.sip.flow import Flow
from appliance.sip.guard import is_local
from appliance.sip.message import Request, make_response
from appliance.sip.registrar import Binding, BindingChange, Registrar
from appliance.sip.uri import Uri
from appliance.storage.errors import StorageError
from appliance.storage.registrations import RegistrationRow, Registrations

log = logging.getLogger(__name__)

REALM = "autocom"
# A wall clock further from ours than this has been set.
CLOCK_SET_SECONDS = 5.0
# Some phones give up when any challenge names an algorithm they do not know, whatever the order: SHA-256 is
# offered only to those whose name says that they choose well.
CHOOSE_WELL = ("linphone",)


class Phones:
    """Authenticates phones, answers their REGISTER once it is safe on the disk, knows who can be rung."""

    def __init__(
        self,
        driver: SipDriver,
        registrations: Registrations,
        background: Background,
        events: EventHub,
        clock: Clock,
        doors: Doors,
        configuration: Callable[[], Configuration],
    ) -> None:
        self._driver = driver
        self._registrations = registrations
        self._background = background
        self._events = events
        self._clock = clock
        self._doors = doors
        self._outside: frozenset[str] = frozenset()
        self.hosts: frozenset[str] = frozenset()
        self._users_at: dict[str, set[str]] = {}
        self._ahead = clock.epoch() - clock.monotonic()
        self.is_near: Callable[[str], bool] = is_local
        self._registrar = Registrar()
        self._by_user: dict[str, Phone] = {}
        self._users: dict[str, str] = {}
        self._online: frozenset[str] = frozenset()
        self._authenticator = Authenticator(REALM, Nonces(secret_bytes()), self._password)
        self.follow(configuration())

    def follow(self, configuration: Configuration) -> None:
        """Know the phones as set now; those gone, renamed or with a new password must register anew."""
        before = self._by_user
        self._by_user = {phone.sip_user: phone for phone in configuration.phones.values() if phone.enabled}
        self._users = {phone.id: user for user, phone in self._by_user.items()}
        self._outside = frozenset(
            user
            for user, phone in self._by_user.items()
            if configuration.people[phone.person_id].outside_allowed
        )
        changes: list[BindingChange] = []
        for user, phone in before.items():
            now = self._by_user.get(user)
            if now is None or now.id != phone.id or now.sip_password != phone.sip_password:
                changes.extend(self._registrar.remove(user))
        self._told(changes)
        if changes:
            self._background.start(self._save(changes), "forget phones")

    async def restore(self) -> None:
        """Take back the registrations kept before the restart. Raises StorageError."""
        now = self._now()
        # One that seems to last longer was kept under a clock that was ahead.
        latest = now + self._registrar.max_expires
        self._registrar.restore(
            replace(binding, expires_at=min(binding.expires_at, latest))
            for row in await self._registrations.load(now)
            if row.aor in self._by_user
            for binding in _binding(row)
        )
        self._count()

    def _now(self) -> float:
        """Epoch seconds by a clock that nobody sets: a box that finds the time must not lose its phones."""
        return self._clock.monotonic() + self._ahead

    def _follow_clock(self) -> None:
        set_by = self._clock.epoch() - self._now()
        if abs(set_by) < CLOCK_SET_SECONDS:
            return
        log.info("the clock was set by %.0f s: registrations go with it", set_by)
        self._ahead += set_by
        moved = self._registrar.clock_set(set_by)
        if moved:
            self._background.start(self._save(moved), "keep registrations by the clock as set")

    def _password(self, user: str) -> str | None:
        phone = self._by_user.get(user)
        return phone.sip_password.get_secret_value() if phone is not None else None

    def check(self, request: Request, flow: Flow) -> Authenticated | Challenged:
        """Which phone sends this, or what to challenge it with.

        A phone that may not come from outside the office is told the same as one with a wrong password.
        """
        host = flow.remote[0]
        lookup = self._password if self.is_near(host) else self._password_outside
        if self._doors.is_guessing(host):
            lookup = partial(self._password_there, host, lookup)
        verdict = self._authenticator.check(request, self._clock.monotonic(), algorithms_for(request), lookup)
        if isinstance(verdict, Authenticated):
            self._doors.proved(host)
        return verdict

    def _password_outside(self, user: str) -> str | None:
        return self._password(user) if user in self._outside else None

    def _password_there(self, host: str, lookup: Callable[[str], str | None], user: str) -> str | None:
        """The password of a phone that is registered from there: who guesses learns nothing of the others."""
        return lookup(user) if user in self._users_at.get(host, ()) else None

    def patience(self, verdict: Challenged, flow: Flow) -> float:
        """How long the answer to a wrong proof is to wait, in seconds; 0 to a first challenge."""
        if verdict.failed:
            return self._doors.failed(flow.remote[0], verdict.username)
        self._doors.asked(flow.remote[0])
        return 0.0

    def phone_of(self, user: str) -> Phone | None:
        """The phone that registers with that user name."""
        return self._by_user.get(user)

    def bindings(self, phone_id: str) -> list[Binding]:
        """Where a phone can be reached now, the preferred first."""
        user = self._users.get(phone_id)
        return self._registrar.bindings(user, self._now()) if user is not None else []

    def registered(self) -> frozenset[str]:
        """The ids of the phones that can be rung now."""
        return self._online

    def challenge(self, event: IncomingRequest, verdict: Challenged) -> None:
        """Answer 401, after a while when the proof was wrong."""
        response = make_response(event.request, 401, headers=verdict.headers)
        self._doors.answer_later(
            self.patience(verdict, event.flow), lambda: self._driver.respond(event.key, response)
        )

    def register(self, event: IncomingRequest) -> None:
        """Answer a REGISTER: challenge it, or register the phone and answer when that is on the disk."""
        request = event.request
        verdict = self.check(request, event.flow)
        if isinstance(verdict, Challenged):
            self.challenge(event, verdict)
            return
        if request.to.uri.user != verdict.username or verdict.username not in self._by_user:
            self._driver.respond(event.key, make_response(request, 403))
            return
        result = self._registrar.register(request, verdict.username, event.flow, self._now())
        if not result.changes:
            self._driver.respond(event.key, result.response)
            return
        self._background.start(self._answer_saved(event, result.response, result.changes), "register")

    async def _answer_saved(
        self, event: IncomingRequest, response: object, changes: Iterable[BindingChange]
    ) -> None:
        try:
            await self._save(changes)
        except StorageError as error:
            # A phone that is known only in memory still rings; it is no worse off than before.
            log.error("a registration could not be kept: %s", error)
        self._driver.respond(event.key, response)  # type: ignore[arg-type]
        for change in changes:
            found = change.binding
            if change.kind != "removed":
                self._driver.endpoint.flow_found(found.aor, found.contact, found.flow)
        self._told(changes)

    async def _save(self, changes: Iterable[BindingChange]) -> None:
        kept = [_row(change.binding) for change in changes if change.kind != "removed"]
        gone = [
            (change.binding.aor, str(change.binding.contact))
            for change in changes
            if change.kind == "removed"
        ]
        await self._registrations.save(kept, gone)

    def sweep(self) -> None:
        """Forget the registrations that have run out; to be called every few seconds."""
        self._follow_clock()
        self._told(self._registrar.expire(self._now()))

    def connection_closed(self, flow: Flow) -> None:
        """A connection is gone, and with it the way to the phones behind it."""
        self._told(self._registrar.flow_closed(flow))

    def _told(self, changes: Iterable[BindingChange]) -> None:
        listed = list(changes)
        if any(change.kind != "refreshed" or _host(change.binding) not in self.hosts for change in listed):
            self._count()
        if all(change.kind == "refreshed" for change in listed):
            return
        for user in {change.binding.aor for change in listed}:
            phone = self._by_user.get(user)
            if phone is not None:
                self._events.publish("phone", id=phone.id, online=phone.id in self._online)

    def _count(self) -> None:
        bindings = list(self._registrar.all_bindings(self._now()))
        bound = {binding.aor for binding in bindings}
        self._users_at = {}
        for binding in bindings:
            self._users_at.setdefault(_host(binding), set()).add(binding.aor)
        self.hosts = frozenset(self._users_at)
        self._online = frozenset(phone.id for user, phone in self._by_user.items() if user in bound)


def algorithms_for(request: Request) -> tuple[str, ...]:
    """The digest algorithms to challenge the sender with, by the name it gives itself."""
    name = (request.headers.get("User-Agent") or "").lower()
    return ("SHA-256", "MD5") if name.startswith(CHOOSE_WELL) else ("MD5",)


def _host(binding: Binding) -> str:
    return binding.flow.remote[0]


def _row(binding: Binding) -> RegistrationRow:
    return RegistrationRow(
        aor=binding.aor,
        contact=str(binding.contact),
        expires_at=binding.expires_at,
        transport=binding.flow.transport,
        local=binding.flow.local,
        remote=binding.flow.remote,
        connection=binding.flow.connection,
        call_id=binding.call_id,
        cseq=binding.cseq,
        instance=binding.instance,
        user_agent=binding.user_agent,
        q=binding.q,
        path=binding.path,
        reg_id=binding.reg_id,
        params=binding.params,
    )


def _binding(row: RegistrationRow) -> list[Binding]:
    try:
        contact = Uri.parse(row.contact)
    except SipSyntaxError:
        return []
    flow = Flow(row.transport, row.local, row.remote, None)
    return [
        Binding(
            row.aor,
            contact,
            flow,
            row.expires_at,
            row.call_id,
            row.cseq,
            row.instance,
            row.user_agent,
            row.q,
            row.path,
            row.reg_id,
            row.params,
        )
    ]
