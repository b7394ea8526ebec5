"""Steps: what call control is told to do next, and the outcomes it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from appliance.configuration.fields import Language
from appliance.configuration.star_codes import Action
from appliance.routing.redirections import Redirection


class Outcome(StrEnum):
    """How a step ended.

    The first six are of a Ring; DONE of everything else that came to its own end.
    """

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    NO_SUCH_NUMBER = "no_such_number"
    DONE = "done"
    CALLER_LEFT = "caller_left"


@dataclass(frozen=True, slots=True)
class Keys:
    """How an Ask ended: the keys pressed, empty when none came in time."""

    pressed: str

    @property
    def value(self) -> str:
        """The outcome as the story of a call keeps it."""
        return f"keys:{self.pressed}"


@dataclass(frozen=True, slots=True)
class Speech:
    """Something to be said: an audio of the library, else a text, else a prompt of the box by name.

    `parameters` fill the prompt's text: `number` holds a phone number to be said, in national form; `keys`
    and `names` (a line each) the choices of a menu.
    """

    audio_id: str | None = None
    text: str = ""
    prompt_name: str | None = None
    language: Language = Language.FRENCH
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What who picks up hears alone, before they are connected (WHISP-1).

    With `ask`, which tells what to press, the call is theirs once they have pressed 1 (CONF-1), within
    `seconds`.
    """

    speeches: tuple[Speech, ...]
    ask: Speech | None = None
    seconds: int = 15


@dataclass(frozen=True, slots=True)
class PhoneTarget:
    """A phone that registers with the box; `by_itself`: it is to answer without being picked up.

    `redirected`: who has sent the call on to it.
    """

    phone_id: str
    person_id: str
    introduction: Introduction | None = field(default=None, compare=False)
    by_itself: bool = False
    redirected: Redirection | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ExternalTarget:
    """A number outside, in E.164 or a short number dialled as it is.

    `line_ids`: the lines to try, best first; never empty. `shown_on`: the E.164 number that each of them
    shows, None leaves it to the line. `emergency`: every line is tried, full or refusing. `withheld`:
    whoever is called sees no number, the provider alone knows it (RFC 3325 9.3). `callers_on`: the caller's
    own number on the lines that show it, empty when the caller withholds it; None leaves it at a number of
    ours. `diverted_by`: our number that the call came to before it leaves again; `redirected`: whose forward
    that is.
    """

    number: str
    person_id: str | None
    line_ids: tuple[str, ...]
    shown_on: tuple[str | None, ...] = ()
    emergency: bool = False
    withheld: bool = False
    callers_on: tuple[str | None, ...] = ()
    diverted_by: str = field(default="", compare=False)
    redirected: Redirection | None = field(default=None, compare=False)
    introduction: Introduction | None = field(default=None, compare=False)

    @property
    def presented(self) -> str | None:
        """The number that the first line shows."""
        return self.shown_on[0] if self.shown_on else None

    def shows(self, line_id: str) -> str | None:
        """The number that a line shows."""
        return dict(zip(self.line_ids, self.shown_on, strict=False)).get(line_id)

    def shows_caller(self, line_id: str) -> str | None:
        """The caller's own number as a line shows it, empty for a withheld one; None: it does not."""
        return dict(zip(self.line_ids, self.callers_on, strict=False)).get(line_id)


Target = PhoneTarget | ExternalTarget
AfterWords = Literal["hang_up", "busy", "congestion"]


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring all targets at once for `seconds`; never without a target. `group_id`: on whose behalf, if any."""

    targets: tuple[Target, ...]
    seconds: int
    language: Language
    group_id: str = ""


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Greet the caller, record a message in the mailbox, thank."""

    mailbox_id: str
    greeting: Speech
    thanks: Speech
    language: Language
    max_seconds: int
    silence_seconds: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for one of the `answers` by keys; the first key silences the question.

    `more` is said after it, in other languages; `sorry` before it, after a wrong key. `seconds` to wait for a
    key once all is said. Where not `insists`, the call goes on by itself, also that of a caller who cannot be
    spoken to.
    """

    speech: Speech
    answers: frozenset[str]
    seconds: int
    sorry: Speech | None = None
    insists: bool = True
    more: tuple[Speech, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepCallBack:
    """Keep that the caller wants to be called at `number`, then thank them.

    Ends with DONE once it is kept; with UNREACHABLE when it cannot be, after saying `sorry`. `number_id`: the
    number of ours they called; `person_id` or `group_id`: who calls back.
    """

    number: str
    name: str
    number_id: str | None
    person_id: str | None
    group_id: str | None
    thanks: Speech
    sorry: Speech


@dataclass(frozen=True, slots=True)
class Announce:
    """Say something; what the caller hears after it, before the end of the call."""

    speech: Speech
    then: AfterWords = "hang_up"


@dataclass(frozen=True, slots=True)
class Say:
    """Say something; the call goes on after it."""

    speech: Speech


@dataclass(frozen=True, slots=True)
class Tone:
    """Give a tone for some seconds; the call ends after it."""

    kind: Literal["busy", "congestion", "unobtainable"]
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call: by this SIP status while it is not answered (RFC 3261 21), by hanging up once it is."""

    sip_status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the box itself, named by the star code's action.

    `parameters`: `mailbox_id` and `person_id` to hear messages; `argument`, what was dialled after the code.
    """

    name: Action
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait in the queue of a group until it is the caller's turn and one of its members is free.

    Ends with DONE then; with NO_ANSWER after `seconds`; with UNREACHABLE once nobody is left to wait for;
    with the Keys "1" where a call-back is offered and wanted.
    `node` is the place in the plan that knows who is free; `pause`: seconds before anybody is rung again.
    `every_seconds` the caller is told their place, and the expected wait, where that is wanted.
    """

    group_id: str
    node: str
    seconds: int
    pause: int
    say_position: bool
    say_wait: bool
    every_seconds: int
    call_back: bool = False


Ended = Outcome | Keys
Step = Wait | Ring | Ask | TakeMessage | KeepCallBack | Announce | Say | Tone | HangUp | Service
