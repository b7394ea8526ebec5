"""What every leg offers to call control, whether SIP, WebRTC or GSM."""

from __future__ import annotations

from asyncio import Queue
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from appliance.legs.audio import MediaPort
from appliance.legs.referral import Referral
from appliance.legs.sessions import Sound
from appliance.media.reporting import MediaStatistics
from appliance.routing.steps import Introduction, Outcome


@dataclass(frozen=True, slots=True)
class DialResult:
    """How dialling a leg ended.

    `for_all`: the person refused the call itself, so their other devices need not go on ringing.
    `status` is the SIP status or its equivalent, for the record.
    """

    outcome: Outcome
    status: int = 0
    reason: str = ""
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Attempted:
    """One try to reach somebody outside: the line's name, and the SIP status that it ended with."""

    line_name: str
    status: int


class Change(Protocol):
    """A session change wanted by the far side, still to be answered."""

    @property
    def wanted(self) -> Sound:
        """What the far side wants."""

    def accept(self, other: Sound) -> bool:
        """Agree, as far as the other party (`other`) has agreed; False when nothing has come of it."""

    def refuse(self, status: int) -> None:
        """Refuse with that SIP status; the session goes on as it was."""


class Leg(Protocol):
    """Our side of one conversation. Used as a context manager: leaving it releases everything."""

    @property
    def label(self) -> str:
        """Whom the leg reaches, for people to read."""

    @property
    def media(self) -> MediaPort:
        """Our end of the leg's audio; opened at first use."""

    @property
    def statistics(self) -> MediaStatistics | None:
        """How the leg's audio fares, or fared; None when it was never opened."""

    @property
    def has_ended(self) -> bool:
        """Whether the far side has hung up, or the leg was lost."""

    def when_ended(self, action: Callable[[], object]) -> None:
        """Call `action` once when the far side ends (at once if it has)."""

    async def wait_ended(self) -> None:
        """Return when the far side has ended."""

    @property
    def sound(self) -> Sound:
        """What the far side can take, or has agreed to."""

    def changes(self) -> AbstractContextManager[Queue[Change]]:
        """Session changes go into the queue while the context lasts; else the leg answers them itself."""

    def when_referred(self, action: Callable[[Referral], object] | None) -> None:
        """Call `action` when the far side wants its other party to go elsewhere; None: it may not."""

    async def propose(self, wanted: Sound) -> Sound | int:
        """Offer the far side a changed session; returns what it agreed to, or the status it refused with."""

    async def settled(self) -> None:
        """Return once nothing is proposed to the far side any more: `sound` is what it has agreed to then."""

    def close(self) -> None:
        """Hang up if that is still to be done, and release the audio; may be called again."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class CallerLeg(Leg, Protocol):
    """The leg of the one who calls."""

    @property
    def answered(self) -> bool:
        """Whether we have answered the caller."""

    @property
    def can_be_spoken_to(self) -> bool:
        """Whether words and tones of ours can be made in a codec that the caller takes."""

    @property
    def can_be_heard(self) -> bool:
        """Whether all that the caller may send is in a codec that we can make out."""

    def ring(self) -> None:
        """Tell the caller that somebody is being rung."""

    def open_audio(self) -> None:
        """Make the caller able to hear us, answering where that is the way to be heard."""

    def open_early(self, callee: Leg) -> None:
        """Let the caller hear `callee` before anybody has answered."""

    def answer(self, callee: Leg | None = None) -> None:
        """Answer the caller, with the codec agreed with `callee` where both can."""

    def refuse(self, status: int) -> None:
        """End the call with that SIP status, or hang up when it was answered."""

    def hang_up(self) -> None:
        """End the call from our side; the story ends as if the caller had hung up."""


class CalleeLeg(CallerLeg, Protocol):
    """A leg that we dial; once it has answered it may be the caller of what follows."""

    @property
    def person_id(self) -> str | None:
        """Whose leg it is, when it is a person's."""

    @property
    def tried(self) -> Sequence[Attempted]:
        """The lines that were tried, in order; empty for a phone of ours."""

    @property
    def sends_to(self) -> str:
        """Whom a phone of ours wants to be called instead (302); empty when it rings or says no."""

    @property
    def introduction(self) -> Introduction | None:
        """What is said to who picks up before they are connected, if anything."""

    async def dial(self) -> DialResult:
        """Ring until it answers or fails; cancelled, it stops ringing."""

    def taken_elsewhere(self) -> None:
        """Stop ringing because somebody else has the call: the phone shows no missed call."""

    def when_early(self, action: Callable[[], object]) -> None:
        """Call `action` when the far end sends sound before it answers."""

    def when_rings(self, action: Callable[[], object]) -> None:
        """Call `action` each time the far end says that it rings."""
