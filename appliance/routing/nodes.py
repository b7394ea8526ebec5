"""The nodes of the plan: places a call passes through, drawn by `graph` and walked by `decide`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from appliance.configuration.destinations import RingOutcome
from appliance.configuration.fields import HoursState, Language
from appliance.configuration.forwards import ScheduledForward
from appliance.configuration.outbound import Limits
from appliance.configuration.queues import Queue
from appliance.configuration.voicemail import Mailbox
from appliance.routing.introductions import CONNECTED_AT_ONCE, Handover
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.redirections import Redirection
from appliance.routing.steps import HangUp, Speech, Step
from appliance.routing.trail import Reason
from appliance.routing.turns import Turns

NodeKind = Literal[
    "number",
    "extension",
    "outbound",
    "emergency",
    "limits",
    "filter",
    "owner",
    "unknown",
    "hours",
    "number_limit",
    "announced_first",
    "welcome",
    "language",
    "person",
    "group",
    "queue",
    "external",
    "menu",
    "call_back",
    "backup",
    "unanswered",
    "forward",
    "second_call",
    "mailbox",
    "announcement",
    "tone",
    "hang_up",
    "service",
]
RecordReference = tuple[str, str]

# The way out of the last ring of a route when nobody could be reached, to the backup number.
FAILED = "failed"
# The way out of a call to the outside when there is no line for it.
NO_LINE = "no_line"
# The way out of opening hours while the box does not know the time (TIME-7).
UNKNOWN_TIME = "unknown_time"
# The ways out of a menu when no key comes, or none that leads anywhere. Keys lead out by `key:1`, `dial:101`.
NO_KEY, WRONG_KEY = "no_key", "wrong_key"
# The number outside among a candidate's devices.
OUTSIDE = "external"
# The way on where there is only one.
ONWARD = "onward"


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a node: an edge of the drawing. `condition` is a code of graph.CONDITIONS.

    `by_key`: taken only when the caller presses keys, so that it may lead back. `folded`: one of many alike,
    drawn only where the call has passed.
    """

    id: str
    target: str
    condition: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    by_key: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A place of the path. `ways` leads from what is decided here to an exit; several may share one.

    `label` holds what the drawing writes, as strings; `record` the settings it comes from.
    """

    id: str
    kind: NodeKind
    label: Mapping[str, str] = field(default_factory=dict)
    record: RecordReference | None = None
    ways: Mapping[str, Exit] = field(default_factory=dict)

    @property
    def exits(self) -> tuple[Exit, ...]:
        """Every exit once, in order."""
        return tuple({way.id: way for way in self.ways.values()}.values())


@dataclass(frozen=True, slots=True)
class EntryNode(PlanNode):
    """Where a path begins, or joins another number's; `reason` says what was called."""

    reason: Reason = Reason("over")


@dataclass(frozen=True, slots=True)
class HoursNode(PlanNode):
    """A choice by opening hours: ways `override/0`, `special/2`, `holiday/Christmas Day`, then by state.

    With `hours` None it is always open. UNKNOWN_TIME is the way while the box does not know the time.
    """

    hours: OpeningHours | None = None


@dataclass(frozen=True, slots=True)
class UnansweredNode(PlanNode):
    """What somebody chose for calls they do not answer: ways by hours state, else by RingOutcome."""

    hours: OpeningHours | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody, or a number outside, that a node may ring.

    `phones`: ids of phones of the chosen kinds; `external`: a number outside to ring besides,
    where with `confirm` an answer counts after the key 1 only. `language`: what they are told things in.
    `passes`: callers who ring in spite of do-not-disturb. `max_calls`: calls they may have at once. By the
    state of `hours`: where `second_call_elsewhere` they are not rung while on a call, and `silent` devices
    (ids of phones, or OUTSIDE) do not ring. Who forwards all calls, or has a forward in force, is not rung.
    """

    name: str
    person_id: str | None = None
    phones: tuple[str, ...] = ()
    external: str | None = None
    do_not_disturb: bool = False
    confirm: bool = True
    language: Language | None = None
    passes: frozenset[str] = frozenset()
    max_calls: int = 2
    hours: OpeningHours | None = None
    second_call_elsewhere: frozenset[HoursState] = frozenset()
    silent: Mapping[HoursState, frozenset[str]] = field(default_factory=dict)
    forward_active: bool = False
    scheduled: tuple[ScheduledForward, ...] = ()

    def without(self, silent: frozenset[str]) -> Candidate:
        """The candidate less some phones; OUTSIDE stands for the number outside."""
        return replace(
            self,
            phones=tuple(phone for phone in self.phones if phone not in silent),
            external=None if OUTSIDE in silent else self.external,
        )


@dataclass(frozen=True, slots=True)
class RingNode(PlanNode):
    """Rings its candidates at once.

    Ways: by RingOutcome; FAILED to the backup number; NO_LINE; `no_such_number` where somebody dials it.
    A person or group may be rung by several nodes in a row: `first` forgets what came before, `last` leaves
    by the most telling outcome of all. `limit`: seconds of ringing they may take together. `dials_called`:
    rings what was called (calls to the outside), by `only_line` if there is one; `any_line`: also over lines
    that are thought to be down.
    `gives_up`: the outcomes after which nobody else of the route is rung, so that FAILED may be taken.
    `handover`: what those who pick up hear and must press before they are connected. `turns`: one of the
    candidates is rung, whose turn it is. `redirected`: whose forward leads here.
    """

    candidates: tuple[Candidate, ...] = ()
    seconds: int = 20
    first: bool = True
    last: bool = True
    limit: int | None = None
    gives_up: frozenset[RingOutcome] = frozenset()
    dials_called: bool = False
    any_line: bool = False
    only_line: str = ""
    handover: Handover = CONNECTED_AT_ONCE
    turns: Turns | None = None
    redirected: Redirection | None = None

    @property
    def group_id(self) -> str:
        """The group on whose behalf it rings, if any."""
        return self.record[1] if self.record is not None and self.record[0] == "groups" else ""

    def turn_of(self, person_id: str) -> Self:
        """The same node for one of its candidates only, with their own time to ring."""
        assert self.turns is not None
        seconds = self.turns.seconds[self.turns.members.index(person_id)]
        own = tuple(each for each in self.candidates if each.person_id == person_id)
        return replace(self, candidates=own, seconds=seconds)


@dataclass(frozen=True, slots=True)
class QueueNode(RingNode):
    """Rings those of a group who are free; the caller waits in `queue` while nobody is.

    `turns` tells who rings next, unless all ring together. It is left by RingOutcome only: no member is there
    to wait for, too many wait already, or the caller has waited long enough.
    """

    queue: Queue = Queue()


@dataclass(frozen=True, slots=True)
class MenuNode(PlanNode):
    """Asks for a key, `repeats` times more after a wrong one or none. `speeches` by the caller's language.

    Where not `insists`, it goes on when no key comes, and with callers who cannot be spoken to.
    """

    speeches: Mapping[Language, Speech] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()
    repeats: int = 2
    seconds: int = 5
    insists: bool = True


@dataclass(frozen=True, slots=True)
class MailboxNode(PlanNode):
    """Takes a message; the state of `hours` chooses the greeting. `number` is said to the caller if any.

    FAILED is the way to the backup number while nothing can be kept.
    """

    mailbox: Mailbox | None = None
    hours: OpeningHours | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class LimitsNode(PlanNode):
    """What may be called outside (OUT-10). Ways: ONWARD, or by the code of the limit that bars the call."""

    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class FinalNode(PlanNode):
    """Does one fixed step, then ends the call by `ending`; its speech is said in the caller's language."""

    step: Step = HangUp(480, "over")
    ending: HangUp = HangUp(480, "over")
    reason: Reason = Reason("over")
