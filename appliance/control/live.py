"""What goes on in the box now, as the API tells it. Times are epoch seconds."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from appliance.routing.world import DayState, PersonState


class Told(BaseModel):
    """The base of what the API tells: frozen, no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Registered(Told):
    """One binding of a phone: where it is, what it says it is, until when."""

    address: str
    transport: str
    user_agent: str = ""
    since: float | None = None
    expires_at: float


class PhoneLive(Told):
    """A phone; it is online when `bindings` is not empty."""

    phone_id: str
    person_id: str
    online: bool
    in_call: bool = False
    bindings: tuple[Registered, ...] = ()


class Membership(Told):
    """A ring group that a person is a member of; signed out, they are not rung for it."""

    group_id: str
    signed_in: bool


class PersonLive(Told):
    """A person: what they do, in how many calls, how their working day stands.

    `uses_day`: whether they start and end it themselves; else it always counts as started.
    `forwards`: all their calls are forwarded at this moment, by hand or on schedule.
    """

    person_id: str
    state: PersonState
    calls: int = 0
    day: DayState = DayState.STARTED
    uses_day: bool = False
    do_not_disturb: bool = False
    forwards: bool = False
    connected: bool = True
    groups: tuple[Membership, ...] = ()


class LineState(StrEnum):
    """How a line stands; `unconfirmed`: its servers have never answered OPTIONS, calls are tried.

    `playing_dead`: it is signed off for a while, to test what the operator does with calls (BACKUP-2).
    """

    UP = "up"
    UNCONFIRMED = "unconfirmed"
    REGISTERING = "registering"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PLAYING_DEAD = "playing_dead"
    DISABLED = "disabled"


class LineLive(Told):
    """A line; `reason` is a code when it is not up, or not well, `sip_status` the provider's last refusal.

    `since`: when its state or reason last changed. `outside`: the address by which its provider is told to
    reach us, "" for our own; `outside_problem`: why there is none as asked for.
    """

    line_id: str
    state: LineState
    reason: str = ""
    sip_status: int | None = None
    since: float | None = None
    next_try: float | None = None
    outside: str = ""
    outside_problem: str = ""


class CallState(StrEnum):
    """What a call is doing."""

    RINGING = "ringing"
    WAITING = "waiting"
    TALKING = "talking"
    HELD = "held"
    CONFERENCE = "conference"
    PAGING = "paging"
    MESSAGE = "message"
    ANNOUNCEMENT = "announcement"
    SERVICE = "service"


class Waiting(Told):
    """A caller's place in the queue of a group, from 1; `since` when they wait, `expected` seconds in all."""

    group_id: str
    place: int
    since: float
    expected: int | None = None


class CallLive(Told):
    """A call in progress; `person_ids` are those who ring or talk, `audio_faults` who is not heard."""

    id: str
    direction: str
    state: CallState
    caller: str
    caller_name: str = ""
    called: str
    number_id: str | None = None
    line_id: str | None = None
    caller_person_id: str | None = None
    person_ids: tuple[str, ...] = ()
    started_at: float
    answered_at: float | None = None
    audio_faults: tuple[str, ...] = ()
    queue: Waiting | None = None


class Warn(Told):
    """Something the staff should know; `code` is put into words by the pages."""

    code: str
    parameters: dict[str, str] = Field(default_factory=dict)


class FeedState(Told):
    """How a subscription stands: when it was last tried, why that failed (a code), how many closures it has.

    `left_out`: events that are no whole days.
    """

    url: str
    checked_at: float | None = None
    error: str = ""
    days: int = 0
    left_out: int = 0


class Ban(Told):
    """An address that is not heard until a moment (epoch seconds)."""

    address: str
    until: float


class Resources(Told):
    """What the box holds: all of it goes back to rest when no call is up.

    `transactions` last 32 s beyond their call (RFC 3261 17). `unwritten`: ended calls whose record is on its
    way to the disk.
    """

    calls: int = 0
    unwritten: int = 0
    legs: int = 0
    ports: int = 0
    transactions: int = 0
    subscriptions: int = 0
    tasks: int = 0
    file_descriptors: int = 0
    memory_bytes: int = 0


class Live(Told):
    """Everything that goes on; `started_at` is when the process began."""

    people: tuple[PersonLive, ...] = ()
    phones: tuple[PhoneLive, ...] = ()
    lines: tuple[LineLive, ...] = ()
    calls: tuple[CallLive, ...] = ()
    resources: Resources = Resources()
    warnings: tuple[Warn, ...] = ()
    addresses: tuple[str, ...] = ()
    sip_port: int = 5060
    sip_tls_port: int = 0
    started_at: float
    clock_trusted: bool = True
