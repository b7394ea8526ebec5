"""The box: everything put together, and what the control API sees of it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.control.box import CannotCall
from appliance.control.changes import change_fields
from appliance.control.events import EventHub
from appliance.control.live import Ban, Live
from appliance.control.options import RESTART_STATUS, PbxOptions
from appliance.legs.audio import MediaSource
from appliance.legs.sip_leg import Surroundings
from appliance.mail.alert_letters import AlertDelivery
from appliance.mail.deliver import Delivery
from appliance.routing.plan import Plan
from appliance.routing.world import DayState, World
from appliance.runtime.addresses import EVERY_IPV4, LocalAddresses, every_address
from appliance.runtime.alarm import Alarm
from appliance.runtime.audio import Audio
from appliance.runtime.background import Background
from appliance.runtime.board import Board
from appliance.runtime.browser_connections import browser_terms, listen_to_browsers
from appliance.runtime.by_phone import ByPhone
from appliance.runtime.call_backs import CallBacks
from appliance.runtime.calls import Calls
from appliance.runtime.claim_code import claim_code
from appliance.runtime.clock import Clock
from appliance.runtime.clock_trust import ClockTrust
from appliance.runtime.contact_owners import ContactOwners
from appliance.runtime.dialling import Dialling
from appliance.runtime.doors import Doors
from appliance.runtime.feeds import Feeds
from appliance.runtime.health import Health
from appliance.runtime.incoming import IncomingCalls
from appliance.runtime.jobs import Jobs
from appliance.runtime.ladders import CallLadders
from appliance.runtime.lamps import Lamps
from appliance.runtime.lines import Lines
from appliance.runtime.live_now import live_now
from appliance.runtime.media.engine import MediaEngine
from appliance.runtime.memberships import Memberships
from appliance.runtime.mobile_codes import MobileCodes
from appliance.runtime.operator_forwards import operator_forwards_of
from appliance.runtime.origination import Origination
from appliance.runtime.people_states import PeopleStates
from appliance.runtime.phones import Phones
from appliance.runtime.recent_log import RECENT_LOG
from appliance.runtime.secure_port import SecurePort
from appliance.runtime.settings import Settings
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.sip_requests import SipRequests
from appliance.runtime.spoken import Spoken
from appliance.runtime.taking import legs_named
from appliance.runtime.tokens import secret_bytes, token
from appliance.runtime.turns import Turns
from appliance.runtime.usage import Usage
from appliance.sip.flow import Flow
from appliance.sip.tracing import TracedMessage
from appliance.speech.speaker import Speaker
from appliance.storage import backup
from appliance.storage.alerts import Alerts
from appliance.storage.audio_files import AudioLibrary
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.contacts import ContactBook
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.history import History
from appliance.storage.ladders import Ladders
from appliance.storage.mail_queue import MailQueue
from appliance.storage.messages import MessageStore
from appliance.storage.registrations import Registrations
from appliance.storage.retention import Retention
from appliance.storage.security_log import SecurityLog
from appliance.storage.sessions import Sessions
from appliance.storage.subscriptions import SubscriptionStore
from appliance.storage.turns import TurnStore
from appliance.storage.usage import UsageStore
from appliance.storage.working_days import WorkingDays
from appliance.zones import zone

if TYPE_CHECKING:
    from appliance.storage.certificates import Certificates
log = logging.getLogger(__name__)

T = TypeVar("T")
CERTIFICATES_VARIABLE = "AUTOCOM_MAIL_CERTIFICATES"


class Box:
    """The running box; implements `control.box.Box`. Made within the event loop, then started."""

    def __init__(self, options: PbxOptions, folder: DataFolder, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.folder = folder
        self.stopping = asyncio.Event()
        self.exit_status = 0
        self.background = Background()
        self.events = EventHub(int(clock.epoch() * 1000))
        self.started_at = clock.epoch()
        self.clock_trust = ClockTrust(folder.path, clock)
        self._open_storage()
        bound = options.sip_addresses[0] if len(options.sip_addresses) == 1 else EVERY_IPV4
        self.addresses = LocalAddresses(clock.monotonic, bound)
        self.driver = SipDriver(clock, token, self.addresses)
        self._hosts = list(options.sip_addresses) or every_address()
        self.secure_port = SecurePort(folder.path, self.driver, clock, self._hosts, options.sip_tls_port)
        self.media = MediaEngine(tokens=token, port_range=(options.rtp_first, options.rtp_last))
        self.health = Health(folder.path, self.settings, self.clock_trust, clock.monotonic)
        self.audio: MediaSource = Audio(self.media, self.health.note_media)
        self._sdp_sessions = int(clock.epoch())
        self._wire_calls()
        self.feeds = Feeds(self)
        self.memberships = Memberships(self)
        self.mobile_codes = MobileCodes(self)
        self.operator_forwards = operator_forwards_of(self)
        self.call_backs = CallBacks(self)
        self.calls.when_ended = (*self.calls.when_ended, self.call_backs.call_ended)
        self.jobs = Jobs(self)
        self.claim_code = claim_code(options.claim_code_path, claimed=bool(self.configuration.users))

    def _open_storage(self) -> None:
        folder, clock = self.folder, self.clock
        self.database = Database(folder.database)
        self.settings = Settings(ConfigurationStore(folder.path), clock)
        self.history = History(self.database)
        self.contacts = ContactBook(self.database)
        self.ladders = CallLadders(Ladders(self.database), clock.epoch)
        self.messages = MessageStore(self.database, folder.messages, token, lambda: self.configuration)
        self.mail_queue = MailQueue(self.database)
        self.sessions = Sessions(self.database, token)
        self.registrations = Registrations(self.database)
        self.audio_files = AudioLibrary(folder.audios, self.database)
        self.speaker = Speaker(folder.prompts, self.audio_files, lambda: self.configuration)
        self.security_log = SecurityLog(self.database)
        self.alarm = Alarm(
            Alerts(self.database),
            self.background,
            self.events,
            clock.epoch,
            lambda: zone(self.settings.zone),
            lambda: self.jobs.mail_soon(),
        )
        self.usage = Usage(UsageStore(self.database), self.background, self.now)
        self.turns = Turns(TurnStore(self.database), self.background, clock.epoch, lambda: self.configuration)
        self.retention = Retention(self.messages, self.sessions, self.registrations)
        certificates = os.environ.get(CERTIFICATES_VARIABLE)
        self.delivery = Delivery(
            self.mail_queue,
            self.messages,
            self.database,
            lambda: self.configuration,
            clock=clock.epoch,
            certificates=Path(certificates) if certificates else None,
        )
        self.alert_delivery = AlertDelivery(
            self.alarm.store,
            self.database,
            lambda: self.configuration,
            clock=clock.epoch,
            certificates=Path(certificates) if certificates else None,
        )

    def _wire_calls(self) -> None:
        read = lambda: self.configuration
        self.doors = Doors(
            self.security_log, self.background, self.events, self.clock, self._phones_come_from_outside
        )
        self.phones = Phones(
            self.driver, self.registrations, self.background, self.events, self.clock, self.doors, read
        )
        self.lines = Lines(self.driver, self.background, self.events, self.clock, read)
        dialling = Dialling(read, self.phones, self.lines, self.surroundings)
        self.calls = Calls(
            self.background,
            self.history,
            self.ladders,
            self.events,
            token,
            self.clock.epoch,
            lambda: self.version,
        )
        owners = ContactOwners(self.contacts, self.background, self.events, read)
        self.usage.in_progress = self.calls.in_progress
        self.calls.when_ended = (self.usage.ended, self.turns.ended, owners.ended)
        self.calls.when_changed = self.turns.follow
        self.lines.channels = self.calls.channels
        self.people_states = self._make_people_states()
        self.calls.board = self._make_board(dialling)
        self.origination = Origination(read, self.calls, dialling, self.background, self.phones)
        incoming = IncomingCalls(
            read, self.driver, self.phones, self.doors, self.lines, self.calls, self.surroundings
        )
        incoming.look_up = self.contacts.look_up
        self.doors.phone_hosts = lambda: self.phones.hosts
        self.doors.is_of_line = self.lines.is_address
        self.doors.is_near = self.phones.is_near = self.addresses.is_near
        self.doors.is_of_ours = lambda data: self.ladders.knows(data) or self.lines.is_marked(data)
        self.driver.admits = self.doors.admits
        self.driver.sockets.is_ours = self.doors.is_ours
        self.driver.on_message = self.ladders.messages.note
        self.driver.on_dialog = self.ladders.dialog
        self.lamps = self._make_lamps()
        self.driver.on_event = SipRequests(self.driver, self.phones, self.lamps, incoming).handle
        self.driver.on_flow_failed = self._flow_failed
        self.driver.large.tcp_address = self.lines.tcp_address
        self.settings.listeners.append(self._settings_changed)

    def _make_people_states(self) -> PeopleStates:
        return PeopleStates(
            WorkingDays(self.database),
            self.background,
            self.events,
            self.clock.epoch,
            lambda epoch: self.clock.moment(epoch, self.settings.zone),
            lambda: self.configuration,
            self.phones.registered,
            self.lines.up,
            self.calls.in_progress,
            lambda person_id: self.memberships.out_of(person_id),
            lambda: self.clock_trust.trusted,
        )

    def _make_lamps(self) -> Lamps:
        return Lamps(
            self.driver,
            self.phones,
            self.calls,
            self.messages,
            SubscriptionStore(self.database),
            self.background,
            self.events,
            self.clock,
            lambda: self.configuration,
            self.people_states,
        )

    def _make_board(self, dialling: Dialling) -> Board:
        return Board(
            clock=self.clock,
            settings=self.settings,
            media=self.audio,
            dialling=dialling,
            spoken=Spoken(self.speaker),
            messages=self.messages,
            background=self.background,
            events=self.events,
            world=self.world,
            mail_queued=lambda: self.jobs.mail_soon(),
            named=partial(legs_named, self.driver),
            alert=self.alarm.give,
            dials=(self.usage.dials, self.turns.rings),
            history=self.history,
            change=partial(change_fields, self),
            by_phone=ByPhone(self),
            calls=self.calls.in_progress,
            parking=self.calls.parking,
            waiting=self.calls.waiting,
            keep_call_back=lambda step: self.call_backs.keep(step),
        )

    def surroundings(self, flow: Flow, behind_nat: bool) -> Surroundings:
        """What a leg on that flow is given."""
        self._sdp_sessions += 1
        host = flow.remote[0] if behind_nat else None
        secret = secret_bytes()
        return Surroundings(
            self.driver,
            self.audio,
            self.addresses.towards(flow.remote[0]),
            self._sdp_sessions,
            host,
            is_phone=behind_nat,
            secret=secret,
            browser=browser_terms(flow, secret),
        )

    async def start(self) -> None:
        """Recover what a crash left, then open for calls. Raises OSError, StorageError."""
        await self.messages.recover(self.clock.epoch())
        await self.mail_queue.recover()
        await self.alarm.restore()
        await self.usage.restore()
        await self.turns.restore()
        await self.contacts.restore()
        await self.call_backs.restore()
        await self.operator_forwards.restore()
        await self.media.start()
        await self.phones.restore()
        await self.people_states.restore()
        await self.memberships.restore()
        await self.lamps.restore()
        await self.driver.listen(self._hosts, self.options.sip_port)
        await listen_to_browsers(self.driver.sockets, self.options.sip_socket_path)
        if self.options.sip_tls_port:
            self.background.start(self.secure_port.run(), "the secure SIP port", endless=True)
        self.lines.follow(self.configuration)
        log.info("open for calls on SIP port %s", self.driver.sockets.port)
        self.background.start(self.lamps.run(), "lamps", endless=True)
        await self.settings.prepare()
        await self.jobs.start()

    async def close(self) -> None:
        """End every call, keep what is to be kept, close everything."""
        self.jobs.stop()
        self.events.close()
        self.calls.hang_up_all()
        await self.lines.close()
        await self.background.finish(3.0)
        await self.driver.heard_out(2.0)
        await self.ladders.keep()
        await asyncio.to_thread(self.clock_trust.keep)
        await self.driver.close()
        await self.media.close()
        self.database.close()

    # What the control API asks for.

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder.path

    @property
    def configuration(self) -> Configuration:
        """What is set now."""
        return self.settings.configuration

    @property
    def version(self) -> int:
        """The number of that configuration."""
        return self.settings.version

    @property
    def plan(self) -> Plan:
        """The plan compiled from that configuration."""
        return self.settings.plan

    def past_configuration(self, version: int) -> Configuration | None:
        """An earlier version of the settings, None when it is not kept; for a thread."""
        return self.settings.past(version)

    async def change(self, new: Configuration, *, expected: int, who: str) -> int:
        """Make `new` the configuration, on the disk and in force; returns its version."""
        return await self.settings.change(new, expected, who)

    def _settings_changed(self, old: Configuration, new: Configuration) -> None:
        if self.claim_code is not None and new.users:
            self.claim_code = None
            self.options.claim_code_path.unlink(missing_ok=True)
        self.phones.follow(new)
        self.lines.follow(new)
        self.events.publish("configuration", version=self.version)
        if old.mail_server != new.mail_server:
            self.background.start(self.deliver_mail_now(), "mail by the new settings")

    def world(self) -> World:
        """Who can be reached, and which lines are up."""
        return World(
            registered=self.phones.registered(),
            busy=self.calls.busy_people(),
            lines_up=self.lines.up(),
            lines_full=self.lines.full(),
            used_today=self.usage.today(),
            clock_trusted=self.clock_trust.trusted,
            emergency_lately=self.alarm.emergency_lately(),
            failures=self.health.failures,
            people=self.people_states.everybody(),
            last_rung=self.turns.last_rung,
            idle_since=self.turns.idle_since,
            number_calls=self.calls.of_numbers(),
            waiting=self.calls.waiting.counts(),
        )

    def set_day(self, person_id: str, state: DayState) -> bool:
        """Start, pause or end a person's working day; False for who does not use it."""
        return self.people_states.set_day(person_id, state)

    def trust_clock(self) -> None:
        """Take the word of somebody who says that the time is right."""
        self.clock_trust.vouch()
        self.events.publish("warning")

    def live(self) -> Live:
        """What goes on now."""
        return live_now(self)

    def now(self) -> datetime:
        """The present moment in the office's zone."""
        return self.clock.now(self.settings.zone)

    def epoch(self) -> float:
        """The present moment in seconds since 1970."""
        return self.clock.epoch()

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return self.clock.monotonic()

    def token(self) -> str:
        """A fresh unguessable token."""
        return token()

    async def in_thread(self, function: Callable[[], T]) -> T:
        """What `function` returns, run in a thread."""
        return await asyncio.to_thread(function)

    async def place_call(self, person_id: str, number: str, line_id: str | None = None) -> str:
        """Ring the person's phones, then the number; returns the call's id. Raises CannotCall."""
        return await self.origination.place(person_id, number, line_id)

    async def hang_up(self, call_id: str) -> None:
        """End a call; raises CannotCall("no_such_call")."""
        if not self.calls.hang_up(call_id):
            raise CannotCall("no_such_call")

    def _flow_failed(self, flow: Flow) -> None:
        self.phones.connection_closed(flow)
        self.lamps.connection_closed(flow)
        self.lines.connection_closed(flow)

    def _phones_come_from_outside(self) -> bool:
        office = self.configuration.office
        return office is not None and office.phones_outside

    @property
    def alerts(self) -> Alerts:
        """The alerts, seen and unseen."""
        return self.alarm.store

    async def see_alert(self, identifier: int) -> None:
        """Take the banner of an alert down."""
        await self.alarm.see(identifier)

    def bans(self) -> list[Ban]:
        """The addresses that are not heard now."""
        return self.doors.bans()

    def try_line(self, line_id: str) -> bool:
        """Have a line tried at once; False for one that is not in use."""
        return self.lines.try_now(line_id)

    def unban(self, address: str) -> bool:
        """Hear an address again; False when it was not shut out."""
        return self.doors.unban(address)

    @property
    def certificates(self) -> Certificates | None:
        """What the secure SIP port shows."""
        return self.secure_port.certificates

    def note_security(self, kind: str, address: str, user: str) -> None:
        """Write down something that was refused."""
        self.doors.note(kind, address, user)

    async def ladder(self, call_id: str) -> list[TracedMessage]:
        """The SIP messages of a call; raises StorageError."""
        return await self.ladders.of(call_id)

    def log_lines(self) -> list[str]:
        """The last lines of the log."""
        return RECENT_LOG.lines()

    async def test_mail(self, to: str, language: Language) -> None:
        """Send a test e-mail now; raises MailError."""
        await self.delivery.send_test(to, language, token())

    async def deliver_mail_now(self) -> None:
        """Try the e-mails that wait without waiting for their time."""
        await self.mail_queue.hurry(self.clock.epoch())
        self.jobs.mail_soon()

    async def restore(self, archive: Path) -> None:
        """Replace everything by what a backup holds: unpacked now, in place after a restart."""
        await asyncio.to_thread(backup.stage, archive, self.data)
        self.exit_status = RESTART_STATUS
        asyncio.get_running_loop().call_later(0.5, self.stopping.set)
