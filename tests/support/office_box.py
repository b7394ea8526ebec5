"""An office without telephones: the real storage, settings, routing and API, and no SIP.

`python -m tests.support.office_box --data DIR --socket PATH [--sample]` serves it, for work on the pages.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from appliance.configuration.call_backs import CallBackRequest
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.configuration.people import Person
from appliance.control.application import make_runner
from appliance.control.box import CannotCall, Conflict
from appliance.control.events import EventHub
from appliance.control.live import (
    Ban,
    CallLive,
    FeedState,
    LineLive,
    LineState,
    Live,
    PhoneLive,
    Registered,
    Resources,
    Warn,
)
from appliance.control.options import CLAIM_CODE_NAME
from appliance.mail.deliver import Delivery
from appliance.routing.plan import Plan, compile_plan
from appliance.routing.world import DayState, PersonNow, World
from appliance.runtime.background import Background
from appliance.runtime.clock import Clock
from appliance.runtime.memberships import Memberships
from appliance.runtime.operator_forwards import OperatorForwards
from appliance.runtime.people_states import groups_of, person_live
from appliance.runtime.tokens import readable_code, token
from appliance.sip.tracing import TracedMessage
from appliance.speech.speaker import Speaker
from appliance.storage.alerts import Alerts
from appliance.storage.audio_files import AudioLibrary
from appliance.storage.backup import stage
from appliance.storage.call_backs import CallBackStore
from appliance.storage.certificates import Certificates
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.contacts import ContactBook
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.history import History
from appliance.storage.mail_queue import MailQueue
from appliance.storage.messages import MessageStore
from appliance.storage.operator_forwards import OperatorForwardStore
from appliance.storage.security_log import SecurityLog
from appliance.storage.sessions import Sessions
from tests.support.mobile_codes import Codes
from tests.support.played_lines import PlayedLines

T = TypeVar("T")


class NoFeeds:
    """Subscriptions that stand as a test says."""

    def __init__(self) -> None:
        self.told: tuple[FeedState, ...] = ()
        self.refreshed: list[str | None] = []

    def states(self, calendar_id: str) -> tuple[FeedState, ...]:
        return self.told

    async def refresh(self, calendar_id: str | None = None) -> None:
        self.refreshed.append(calendar_id)


class Desk:
    """Call-back requests that nobody makes: `tried` holds those that were to be tried at once."""

    def __init__(self, store: CallBackStore, epoch: Callable[[], float]) -> None:
        self.store = store
        self._epoch = epoch
        self.requests: dict[str, CallBackRequest] = {}
        self.tried: list[str] = []

    def open(self) -> tuple[CallBackRequest, ...]:
        return tuple(self.requests.values())

    async def ended(self) -> list[CallBackRequest]:
        return await self.store.ended(100)

    async def find(self, identifier: str) -> CallBackRequest | None:
        return self.requests.get(identifier)

    async def ask(self, request: CallBackRequest) -> CallBackRequest:
        await self.store.save(request)
        self.requests[request.id] = request
        return request

    async def cancel(self, identifier: str) -> bool:
        request = self.requests.pop(identifier, None)
        if request is not None:
            await self.store.save(request.cancelled(self._epoch()))
        return request is not None

    async def try_now(self, identifier: str) -> bool:
        self.tried.append(identifier)
        return identifier in self.requests


class OfficeBox:
    """A box whose phones, lines and calls are what a test says they are."""

    def __init__(self, data: Path, *, clock: Clock | None = None, tokens: Callable[[], str] = token) -> None:
        self.data = data
        self.clock = clock or Clock.from_environment()
        self.token = tokens
        folder = DataFolder(data)
        folder.prepare()
        self.store = ConfigurationStore(data)
        loaded = self.store.load()
        self.configuration: Configuration = loaded.configuration
        self.version: int = loaded.version
        self.plan: Plan = compile_plan(self.configuration)
        self.database = Database(folder.database, pause=0.0)
        self.history = History(self.database)
        self.contacts = ContactBook(self.database)
        self.mail_queue = MailQueue(self.database)
        self.sessions = Sessions(self.database, token)
        self.audio_files = AudioLibrary(folder.audios, self.database)
        self.messages = MessageStore(self.database, folder.messages, token, lambda: self.configuration)
        self.speaker = Speaker(folder.prompts, self.audio_files, lambda: self.configuration)
        self.delivery = Delivery(
            self.mail_queue, self.messages, self.database, lambda: self.configuration, clock=self.clock.epoch
        )
        self.events = EventHub(int(self.epoch() * 1000))
        self.registered: set[str] = set()
        self.days: dict[str, DayState] = {}
        self.lines_down: dict[str, LineLive] = {}
        self.calls: list[CallLive] = []
        self.warnings: list[Warn] = []
        self.security_log = SecurityLog(self.database)
        self.alerts = Alerts(self.database)
        self.banned: list[Ban] = []
        self.refused: list[tuple[str, str, str]] = []
        self.tried_lines: list[str] = []
        self.ladders: dict[str, list[TracedMessage]] = {}
        self.restored_from: Path | None = None
        self.clock_trusted = True
        self.feeds = NoFeeds()
        self.memberships = Memberships(self)  # type: ignore[arg-type]
        self.background = Background()
        self.mobile_codes = Codes(lambda: self.configuration, self.monotonic)
        self.played_lines = PlayedLines(lambda: self.world().lines_up, self.monotonic)
        self.operator_forwards = OperatorForwards(
            OperatorForwardStore(self.database),
            self.played_lines,
            self.background,
            self.events,
            self.epoch,
            lambda: False,
        )
        self.call_backs = Desk(CallBackStore(self.database), self.epoch)
        self._writing = asyncio.Lock()
        self.started_at = self.epoch()
        self._claim_code = readable_code()
        self.made_certificates: Certificates | None = None

    @property
    def claim_code(self) -> str | None:
        return None if self.configuration.users else self._claim_code

    def past_configuration(self, version: int) -> Configuration | None:
        try:
            return self.store.load_version(version)
        except KeyError:
            return None

    async def change(self, new: Configuration, *, expected: int, who: str) -> int:
        async with self._writing:
            if expected != self.version:
                raise Conflict
            plan = compile_plan(new)
            self.version = await self.in_thread(partial(self.store.save, new, who, now=self.epoch()))
            self.configuration, self.plan = new, plan
            self.events.publish("configuration", version=self.version)
        return self.version

    def world(self) -> World:
        lines = (line.id for line in self.configuration.lines.values() if line.enabled)
        busy = (person for call in self.calls for person in call.person_ids)
        return World(
            registered=frozenset(self.registered),
            busy=frozenset(busy),
            lines_up=frozenset(lines) - frozenset(self.lines_down),
            clock_trusted=self.clock_trusted,
            people={person.id: self._person(person) for person in self.configuration.people.values()},
        )

    def _person(self, person: Person) -> PersonNow:
        phones = self.configuration.phones.values()
        day = self.days.get(person.id, DayState.NOT_STARTED) if person.working_day else DayState.STARTED
        return PersonNow(
            talking=sum(person.id in call.person_ids for call in self.calls),
            day=day,
            do_not_disturb=person.do_not_disturb,
            signed_out=self.memberships.out_of(person.id),
            connected=any(phone.person_id == person.id and phone.id in self.registered for phone in phones),
        )

    def set_day(self, person_id: str, state: DayState) -> bool:
        if not self.configuration.people[person_id].working_day:
            return False
        self.days[person_id] = state
        self.events.publish("person", id=person_id)
        return True

    def trust_clock(self) -> None:
        self.clock_trusted = True

    def live(self) -> Live:
        groups = groups_of(self.configuration)
        return Live(
            people=tuple(
                person_live(person, self._person(person), groups.get(person.id, ()), person.forward_active)
                for person in self.configuration.people.values()
            ),
            phones=tuple(self._phone(identifier) for identifier in self.configuration.phones),
            lines=tuple(
                self.lines_down.get(identifier) or LineLive(line_id=identifier, state=LineState.UP)
                for identifier in self.configuration.lines
            ),
            calls=tuple(self.calls),
            resources=Resources(calls=len(self.calls)),
            warnings=tuple(self.warnings),
            addresses=("127.0.0.1",),
            clock_trusted=self.clock_trusted,
            started_at=self.started_at,
        )

    def _phone(self, identifier: str) -> PhoneLive:
        phone = self.configuration.phones[identifier]
        online = identifier in self.registered
        binding = Registered(
            address="127.0.0.1:5062",
            transport="UDP",
            user_agent="a phone that is not there",
            since=self.started_at,
            expires_at=self.epoch() + 300,
        )
        return PhoneLive(
            phone_id=identifier,
            person_id=phone.person_id,
            online=online,
            bindings=(binding,) if online else (),
        )

    def now(self) -> datetime:
        office = self.configuration.office
        return self.clock.now(office.time_zone if office else "UTC")

    def epoch(self) -> float:
        return self.clock.epoch()

    def monotonic(self) -> float:
        return self.clock.monotonic()

    async def in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.to_thread(function)

    def bans(self) -> list[Ban]:
        return self.banned

    def try_line(self, line_id: str) -> bool:
        self.tried_lines.append(line_id)
        return line_id in self.configuration.lines

    def unban(self, address: str) -> bool:
        before = len(self.banned)
        self.banned = [ban for ban in self.banned if ban.address != address]
        return len(self.banned) < before

    @property
    def certificates(self) -> Certificates | None:
        return self.made_certificates

    def note_security(self, kind: str, address: str, user: str) -> None:
        self.refused.append((kind, address, user))

    async def ladder(self, call_id: str) -> list[TracedMessage]:
        return self.ladders.get(call_id, [])

    def log_lines(self) -> list[str]:
        return ["a line of the log"]

    async def place_call(self, person_id: str, number: str, line_id: str | None = None) -> str:
        phones = {one.id for one in self.configuration.phones.values() if one.person_id == person_id}
        if not phones & self.registered:
            raise CannotCall("no_phone")
        call = CallLive(
            id=self.token(),
            direction="outbound",
            state="ringing",
            caller=self.configuration.people[person_id].extension,
            called=number,
            caller_person_id=person_id,
            person_ids=(person_id,),
            started_at=self.epoch(),
        )
        self.calls.append(call)
        self.events.publish("call", id=call.id)
        return call.id

    async def hang_up(self, call_id: str) -> None:
        ended = [call for call in self.calls if call.id == call_id]
        if not ended:
            raise CannotCall("no_such_call")
        self.calls.remove(ended[0])
        self.events.publish("call", id=call_id)

    async def test_mail(self, to: str, language: Language) -> None:
        await self.delivery.send_test(to, language, self.token())

    async def deliver_mail_now(self) -> None:
        await self.delivery.deliver_due(self.epoch())

    async def restore(self, archive: Path) -> None:
        await self.in_thread(partial(stage, archive, self.data))
        self.restored_from = archive

    def close(self) -> None:
        """Close the database."""
        self.events.close()
        self.database.close()


async def serve(box: OfficeBox, socket: Path) -> None:
    """Serve the box's API on a Unix socket until cancelled."""
    runner = make_runner(box)
    await runner.setup()
    await web.UnixSite(runner, str(socket)).start()
    socket.chmod(0o600)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        box.close()


def main() -> None:
    """Serve an office until interrupted; with --sample, one with people, history and messages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--socket", type=Path, default=None)
    parser.add_argument("--sample", action="store_true")
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    asyncio.run(_main(options))


async def _main(options: argparse.Namespace) -> None:
    box = OfficeBox(options.data)
    if options.sample:
        from tests.support.sample_traffic import fill

        await fill(box)
    if box.claim_code:
        (options.data / CLAIM_CODE_NAME).write_text(box.claim_code + "\n", encoding="utf-8")
        print(f"claim code: {box.claim_code}", flush=True)
    await serve(box, options.socket or options.data / "control.sock")


if __name__ == "__main__":
    main()
