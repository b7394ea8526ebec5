"""The box as the API sees it: what the runtime provides, and what it raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.configuration.problems import Problem
from appliance.control.events import EventHub
from appliance.control.live import Ban, FeedState, Live

if TYPE_CHECKING:
    from appliance.control.call_back_desk import CallBackDesk
    from appliance.control.mobile_code_desk import MobileCodeDesk
    from appliance.control.operator_forward_desk import OperatorForwardDesk
    from appliance.routing.plan import Plan
    from appliance.routing.world import DayState, World
    from appliance.sip.tracing import TracedMessage
    from appliance.speech.speaker import Speaker
    from appliance.storage.alerts import Alerts
    from appliance.storage.audio_files import AudioLibrary
    from appliance.storage.certificates import Certificates
    from appliance.storage.contacts import ContactBook
    from appliance.storage.database import Database
    from appliance.storage.history import History
    from appliance.storage.mail_queue import MailQueue
    from appliance.storage.messages import MessageStore
    from appliance.storage.security_log import SecurityLog
    from appliance.storage.sessions import Sessions

T = TypeVar("T")


class Refused(Exception):
    """A change that may not be made, with what is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(sorted({problem.code for problem in problems})))
        self.problems = tuple(problems)


class Conflict(Exception):
    """A change made on a version of the configuration that is no longer the current one."""


class CannotCall(Exception):
    """A call that cannot be placed or ended; `code` says why: no_phone, no_line, not_allowed,
    no_such_call.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Feeds(Protocol):
    """The subscriptions of calendars."""

    def states(self, calendar_id: str) -> tuple[FeedState, ...]:
        """How each subscription of a calendar stands."""

    async def refresh(self, calendar_id: str | None = None) -> None:
        """Fetch those of one calendar, or of all, now; what fails is told by `states`."""


class Memberships(Protocol):
    """Who has signed out of which ring group."""

    def out_of(self, person_id: str) -> frozenset[str]:
        """The ids of the groups that a person has signed out of."""

    def sign(self, group_id: str, person_id: str, signed_in: bool) -> bool:
        """Sign a member in or out; False for who is no member."""


class Box(Protocol):
    """The running box. Every method may be called at any moment from the event loop's thread."""

    @property
    def data(self) -> Path:
        """The data folder."""

    @property
    def configuration(self) -> Configuration:
        """What is set now."""

    @property
    def version(self) -> int:
        """The number of that configuration; it only grows."""

    @property
    def plan(self) -> Plan:
        """The plan compiled from that configuration."""

    @property
    def claim_code(self) -> str | None:
        """The code that makes the first user; None once there is a user (the box then deletes its
        file too).
        """

    @property
    def database(self) -> Database: ...
    @property
    def history(self) -> History: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def mail_queue(self) -> MailQueue: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def audio_files(self) -> AudioLibrary: ...
    @property
    def speaker(self) -> Speaker: ...

    @property
    def alerts(self) -> Alerts: ...

    @property
    def contacts(self) -> ContactBook:
        """Who is known outside the office."""

    @property
    def call_backs(self) -> CallBackDesk:
        """Who is to be called back."""

    @property
    def mobile_codes(self) -> MobileCodeDesk:
        """The codes said to people's mobiles."""

    @property
    def operator_forwards(self) -> OperatorForwardDesk:
        """What the operators do with calls when the box is dead."""

    async def see_alert(self, identifier: int) -> None:
        """Take the banner of an alert down; raises StorageError."""

    @property
    def events(self) -> EventHub:
        """Where everything that happens is published; `configuration` events are published by `change`."""

    def past_configuration(self, version: int) -> Configuration | None:
        """An earlier version of the settings, None when it is not kept; for a thread."""

    async def change(self, new: Configuration, *, expected: int, who: str) -> int:
        """Make `new` the configuration, on the disk and in force; returns its version.

        Control has run the checks already (`changes.edit`). Raises Conflict when the current version is not
        `expected`, and StorageError (nothing is changed then).
        """

    def world(self) -> World:
        """Who can be reached, and which lines are up."""

    def set_day(self, person_id: str, state: DayState) -> bool:
        """Start, pause or end a person's working day; False for who does not use it."""

    @property
    def memberships(self) -> Memberships:
        """Who has signed out of which ring group."""

    @property
    def feeds(self) -> Feeds:
        """The subscriptions of calendars."""

    def trust_clock(self) -> None:
        """Take the word of somebody who says that the time is right."""

    def live(self) -> Live:
        """What goes on now: phones, lines, calls, resources, warnings."""

    def now(self) -> datetime:
        """The present moment in the office's zone."""

    def epoch(self) -> float:
        """The present moment in seconds since 1970."""

    def monotonic(self) -> float:
        """Seconds that only go forward."""

    def token(self) -> str:
        """A fresh unguessable token, in hexadecimal."""

    async def in_thread(self, function: Callable[[], T]) -> T:
        """What `function` returns, run in a thread: for work that would hold up the calls."""

    async def place_call(self, person_id: str, number: str, line_id: str | None = None) -> str:
        """Ring the person's phones, then the number (E.164 or extension); returns the call's id.

        Raises CannotCall.
        """

    async def hang_up(self, call_id: str) -> None:
        """End a call; raises CannotCall("no_such_call")."""

    @property
    def security_log(self) -> SecurityLog: ...

    def bans(self) -> list[Ban]:
        """The addresses that are not heard now."""

    def try_line(self, line_id: str) -> bool:
        """Have a line tried at once; False for one that is not in use."""

    def unban(self, address: str) -> bool:
        """Hear an address again; False when it was not shut out."""

    @property
    def certificates(self) -> Certificates | None:
        """What the secure SIP port shows, and who signed it; None while there is no such port."""

    def note_security(self, kind: str, address: str, user: str) -> None:
        """Write down something that was refused; never waits."""

    async def ladder(self, call_id: str) -> list[TracedMessage]:
        """The SIP messages of a call, secrets covered; empty when they are not kept. Raises StorageError."""

    def log_lines(self) -> list[str]:
        """The last lines of the log."""

    async def test_mail(self, to: str, language: Language) -> None:
        """Send a test e-mail now; raises appliance.mail's MailError."""

    async def deliver_mail_now(self) -> None:
        """Try the e-mails that wait without waiting for their time."""

    async def restore(self, archive: Path) -> None:
        """Stage a backup (storage.backup.stage) and restart the process soon after; raises
        StorageError, nothing is
        changed then.
        """
