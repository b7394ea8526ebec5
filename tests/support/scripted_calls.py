"""Legs, audio and a switchboard that follow a script: call control is tested without sockets or clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from appliance.calls.by_phone import GroupSigned, HoursSaid, HoursWish
from appliance.calls.call import Call, Party
from appliance.calls.parking import ParkingLot
from appliance.calls.transfer import Loan
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Destination
from appliance.configuration.fields import Language
from appliance.legs.leg import Attempted, Change, DialResult
from appliance.legs.sessions import Sound, is_g711
from appliance.media.reporting import MediaStatistics
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Introduction, KeepCallBack, Outcome, Ring, Speech
from appliance.routing.trail import Reason
from appliance.routing.world import DayState, World
from appliance.sip.offer_answer import DEFAULT_CODECS


@dataclass
class ScriptedMedia:
    """Audio that writes down what it was asked to do."""

    story: list[str]
    name: str
    recording: asyncio.Event = field(default_factory=asyncio.Event)
    digits: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    closed: bool = False
    seconds_since_heard: float | None = 0.0
    end: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(reason="digit", seconds=0.0))

    pressed: dict[str, str] = field(default_factory=dict)
    local_address: tuple[str, int] = ("192.0.2.1", 4000)

    async def play(self, audio: bytes, *, loop: bool = False) -> None:
        self.story.append(f"{self.name} hears {audio.decode()}")
        await asyncio.sleep(0)
        for key in self.pressed.pop(audio.decode(), ""):
            self.digits.put_nowait(key)

    def press_after(self, words: str, keys: str) -> None:
        """Keys to be pressed once those words have been heard."""
        self.pressed[words] = keys

    async def play_tone(self, name: str, country: str = "FR") -> None:
        self.story.append(f"{self.name} hears {name}")

    def start_tone(self, name: str, country: str = "FR") -> None:
        self.story.append(f"{self.name} hears {name}...")

    def stop_tone(self) -> None:
        self.story.append(f"{self.name} hears no tone")

    async def next_digit(self) -> str:
        return await self.digits.get()

    def forget_digits(self) -> None:
        while not self.digits.empty():
            self.digits.get_nowait()

    async def record(
        self, path: Path, *, max_seconds: float, silence_seconds: float, stop_digits: str = "#"
    ) -> SimpleNamespace:
        self.story.append(f"recording {path}")
        await self.recording.wait()
        return self.end


@dataclass
class ScriptedConference:
    """A room that writes down who is in it, and who is muted."""

    story: list[str]

    @contextmanager
    def take_part(self, port: ScriptedMedia) -> Iterator[SimpleNamespace]:
        self.story.append(f"{port.name} takes part")

        def mute(muted: bool) -> None:
            self.story.append(f"{port.name} is {'muted' if muted else 'heard'}")

        try:
            yield SimpleNamespace(mute=mute)
        finally:
            self.story.append(f"{port.name} takes part no more")


class ScriptedLeg:
    """What the scripted caller and callees share."""

    person_id: str | None = None
    statistics: MediaStatistics | None = None

    def __init__(self, story: list[str], name: str) -> None:
        self.story = story
        self.label = name
        self.media = ScriptedMedia(story, name)
        self.sound = Sound(DEFAULT_CODECS)
        self.closed = 0
        self._ended = asyncio.Event()
        self._at_end: list[Callable[[], object]] = []
        self.queue: asyncio.Queue[Change] = asyncio.Queue()
        self.proposals: list[Sound] = []
        self.reply: Sound | int = self.sound

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    def when_ended(self, action: Callable[[], object]) -> None:
        self._at_end.append(action)

    async def wait_ended(self) -> None:
        await self._ended.wait()

    def hangs_up(self) -> None:
        """The far side hangs up."""
        self._ended.set()
        for action in self._at_end:
            action()

    def when_referred(self, action) -> None:
        self.referred = action

    @contextmanager
    def changes(self) -> Iterator[asyncio.Queue[Change]]:
        yield self.queue

    async def propose(self, wanted: Sound) -> Sound | int:
        self.proposals.append(wanted)
        return self.reply

    async def settled(self) -> None:
        """Every proposal is answered at once."""

    def close(self) -> None:
        self.closed += 1

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


class ScriptedCaller(ScriptedLeg):
    """A caller."""

    answered = False

    @property
    def can_be_spoken_to(self) -> bool:
        return any(map(is_g711, self.sound.codecs))

    @property
    def can_be_heard(self) -> bool:
        return all(map(is_g711, self.sound.codecs))

    def ring(self) -> None:
        self.story.append("caller is told it rings")

    def open_audio(self) -> None:
        self.answered = True

    def open_early(self, callee: ScriptedLeg) -> None:
        self.story.append(f"caller hears {callee.label} early")

    def answer(self, callee: ScriptedLeg | None = None) -> None:
        if not self.answered:
            self.story.append("caller is answered")
        self.answered = True

    def refuse(self, status: int) -> None:
        self.story.append(f"caller is refused {status}")

    def hang_up(self) -> None:
        self.hangs_up()


class ScriptedCallee(ScriptedCaller):
    """A phone that ends its ringing as the script says; `result` None rings for ever."""

    def __init__(
        self, story: list[str], name: str, outcome: Outcome | None = None, *, for_all: bool = False
    ) -> None:
        super().__init__(story, name)
        self.person_id = name
        self.introduction: Introduction | None = None
        self.ended_dialling: asyncio.Future[DialResult] = asyncio.Future()
        self.early: Callable[[], object] | None = None
        self.tried: tuple[Attempted, ...] = ()
        self.sends_to = ""
        if outcome is not None:
            self.ended_dialling.set_result(DialResult(outcome, for_all=for_all))

    def taken_elsewhere(self) -> None:
        self.story.append(f"{self.label} is told that the call was taken")

    def when_early(self, action: Callable[[], object]) -> None:
        self.early = action

    def when_rings(self, action: Callable[[], object]) -> None:
        self.rings_there = action

    async def dial(self) -> DialResult:
        self.story.append(f"{self.label} rings")
        try:
            return await self.ended_dialling
        except asyncio.CancelledError:
            self.story.append(f"{self.label} stops ringing")
            raise

    def answers(self) -> None:
        """Somebody picks up."""
        self.ended_dialling.set_result(DialResult(Outcome.ANSWERED))


@dataclass(frozen=True)
class ScriptedDraft:
    """A message draft."""

    id: str
    path: Path


class ScriptedByPhone:
    """What star codes set: `locked` names the settings that are, `places` what may be dialled."""

    def __init__(self) -> None:
        self.locked: set[str] = set()
        self.places: dict[str, Destination] = {}
        self.day: DayState | None = DayState.NOT_STARTED
        self.hours = HoursSaid("as_set", "Cabinet")
        self.signed = GroupSigned("unknown")
        self.asked: list[tuple[str, str]] = []

    def is_locked(self, person_id: str, setting: str) -> bool:
        return setting in self.locked

    def set_day(self, person_id: str, state: DayState) -> bool:
        if self.day is None:
            return False
        self.day = state
        return True

    def day_of(self, person_id: str) -> DayState:
        return self.day or DayState.STARTED

    def sign_group(self, person_id: str, extension: str) -> GroupSigned:
        self.asked.append(("sign", extension))
        return self.signed

    def destination(self, dialled: str) -> Destination | None:
        return self.places.get(dialled)

    async def block(self, number: str, person_id: str) -> bool:
        self.asked.append(("block", number))
        return "block" not in self.locked

    async def set_hours(self, wish: HoursWish, code: str, person_id: str) -> HoursSaid:
        self.asked.append((wish, code))
        return self.hours


class ScriptedBoard:
    """A box whose phones are given by the test."""

    tones = "FR"
    keeps_call_backs = True

    def __init__(
        self, story: list[str], legs: list[ScriptedCallee] | None = None, plan: object = None
    ) -> None:
        self.story = story
        self.legs = legs or []
        self.plan = plan
        self.state = World()
        self.time = 1000.0
        self.clock_set_by = 0.0
        self.moment = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        self.asked: list[Ring] = []
        self.said: list[Speech] = []
        self.settings: dict[tuple[str, str, str], object] = {}
        self.refuses_settings = False
        self.last: str | None = None
        self.by_phone = ScriptedByPhone()
        self.configuration = Configuration()
        self.calls: list[Call] = []
        self.parking = ParkingLot()

    def calls_in_progress(self) -> list[Call]:
        return self.calls

    def world(self) -> World:
        return self.state

    def now(self) -> datetime:
        return self.moment

    def epoch(self) -> float:
        return self.time + self.clock_set_by

    def monotonic(self) -> float:
        return self.time

    def legs_towards(self, step: Ring, call: Call) -> list[ScriptedCallee]:
        self.asked.append(step)
        return self.legs

    def party_of(self, leg: ScriptedLeg) -> Party:
        return Party(leg.label, leg.label, leg.person_id)

    def facts_of_transfer(self, party: Party, by: Party, target: str, language: Language) -> Facts:
        return Facts(Direction.INTERNAL, party.number, party.name, target, language=language)

    def borrow(self, replaces: object, mine: ScriptedLeg) -> Loan | None:
        return None

    def stop_calling(self, replaces: object, mine: ScriptedLeg) -> None:
        pass

    def give_place(self, replaces: object, mine: ScriptedLeg, loan: Loan) -> bool:
        return False

    def alert(self, reason: Reason) -> None:
        self.story.append(f"the office is alerted: {reason.code}")

    @contextmanager
    def join(self, one: ScriptedMedia, other: ScriptedMedia) -> Iterator[None]:
        self.story.append(f"{one.name} and {other.name} are joined")
        try:
            yield
        finally:
            self.story.append(f"{one.name} and {other.name} are parted")

    def conference(self) -> ScriptedConference:
        return ScriptedConference(self.story)

    @contextmanager
    def echo(self, media: ScriptedMedia) -> Iterator[None]:
        self.story.append(f"{media.name} hears itself")
        yield

    async def music(self) -> bytes:
        return b"music"

    async def spoken(self, speech: Speech) -> bytes:
        self.said.append(speech)
        return (speech.text or speech.prompt_name or "").encode()

    async def keep_call_back(self, step: KeepCallBack) -> bool:
        if self.keeps_call_backs:
            self.story.append(f"{step.number} is to be called back")
        return self.keeps_call_backs

    def setting(self, collection: str, identifier: str, field: str) -> object:
        return self.settings.get((collection, identifier, field))

    async def change_settings(self, collection: str, identifier: str, fields: dict[str, object]) -> bool:
        if not self.refuses_settings:
            self.settings |= {(collection, identifier, name): value for name, value in fields.items()}
        return not self.refuses_settings

    async def last_caller(self, person_id: str) -> str | None:
        return self.last

    def written(self, number: str) -> str:
        return number

    async def begin_message(self, mailbox_id: str, call: Call) -> ScriptedDraft:
        return ScriptedDraft("m1", Path(mailbox_id) / "m1.wav")

    def finish_message(self, draft: ScriptedDraft, seconds: float, call: Call) -> None:
        self.story.append(f"message {draft.id} of {seconds:.0f} s kept")


def scripted_call(caller: ScriptedCaller, facts: Facts | None = None) -> Call:
    """A call from that caller."""
    return Call(
        id="c1",
        facts=facts or Facts(Direction.INBOUND, "+33612345678", "", "+33123456789", "l1"),
        caller=caller,
        started_at=1000.0,
        number_id="n1",
        configuration_version=1,
        changed=lambda call: None,
    )


async def settle() -> None:
    """Let every task that can run, run."""
    for _ in range(20):
        await asyncio.sleep(0)
