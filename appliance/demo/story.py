"""The story of the demonstration: what the office is, where calls would go, and two phones that talk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.configuration.people import Person
from appliance.demo.softphone import Account, DidNotHappen, Softphone, is_installed
from appliance.demo.telephone_system import DidNotStart, TelephoneSystem, free_ports
from appliance.demo.texts import TEXTS
from appliance.demo.tones import seconds_of_tone

CALLER = "+33612345678"
TALK_SECONDS = 4.0
# What is lost while the two audio streams find each other.
LEAST_HEARD = 2.0
MESSAGE_SECONDS = 5.0
DIGIT = "5"
TONES = (440, 660)
WAV_BYTES_A_SECOND = 16000

Say = Callable[[str], None]
Sentence = Callable[[dict[str, Any]], str]


class Demonstration:
    """Tells the story to `say`, in `language` (fr, en), with everything kept in `folder` (empty at first).

    `sentence` puts a reason of routing into words.
    """

    def __init__(self, folder: Path, language: str, say: Say, sentence: Sentence) -> None:
        self._folder = folder
        self._language = language
        self._say = say
        self._sentence = sentence
        self._system = TelephoneSystem(folder)

    def run(self) -> bool:
        """Tell it; whether everything happened that should."""
        try:
            with self._system:
                self._introduce()
                self._explain("2026-11-23T10:00")
                self._explain("2026-12-25T10:00")
                if is_installed():
                    self._two_phones()
                else:
                    self._tell("no_baresip")
        except DidNotStart:
            return self._failed("start")
        except DidNotHappen as missing:
            return self._failed(str(missing))
        self._tell("well")
        return True

    def _text(self, name: str, **parameters: Any) -> str:
        return TEXTS[name][self._language].format_map(parameters)

    def _tell(self, name: str, **parameters: Any) -> None:
        self._say(self._text(name, **parameters))

    def _decimal(self, number: float) -> str:
        text = f"{number:.1f}"
        return text.replace(".", ",") if self._language == "fr" else text

    def _failed(self, what: str) -> bool:
        self._tell("not_well", what=self._text(what) if what in TEXTS else what, folder=self._folder)
        return False

    def _introduce(self) -> None:
        office = self._system.office
        assert office.office is not None
        self._tell("office", office=office.office.name, address=self._system.address)
        people = ", ".join(f"{person.extension} {person.name}" for person in office.people.values())
        numbers = ", ".join(f"{number.name} {number.number}" for number in office.numbers.values())
        groups = ", ".join(f"{group.extension} {group.name}" for group in office.groups.values())
        self._tell("people", people=people)
        self._tell("numbers", numbers=numbers, groups=groups)

    def _explain(self, at: str) -> None:
        number = next(iter(self._system.office.numbers.values()))
        question = {"number_id": number.id, "caller": CALLER, "at": at}
        path = self._system.ask("POST", "/explain", question)
        self._tell("somebody_calls", caller=CALLER, number=number.name, at=at.replace("T", " "))
        for place in path["decisions"][0]["trail"]:
            self._say(f"  {self._sentence(place['reason'])}")

    def _two_phones(self) -> None:
        second, first = list(self._system.office.people.values())[:2]
        ports = free_ports(4)
        with self._phone(first, ports[:2], TONES[0]) as caller:
            with self._phone(second, ports[2:], TONES[1]) as callee:
                self._wait_until_online(first, True)
                self._wait_until_online(second, True)
                named = {"first": first.name, "second": second.name}
                self._tell("registered", one=first.extension, two=second.extension, **named)
                self._talk(first, caller, second, callee)
            self._leave_message(first, caller, second)

    def _phone(self, person: Person, ports: tuple[int, ...], hertz: int) -> Softphone:
        office = self._system.office
        phone = next(one for one in office.phones.values() if one.person_id == person.id)
        account = Account(phone.sip_user, phone.sip_password.get_secret_value(), self._system.address)
        folder = self._folder / person.id
        return Softphone(folder, account, sip_port=ports[0], control_port=ports[1], hertz=hertz)

    def _talk(self, first: Person, caller: Softphone, second: Person, callee: Softphone) -> None:
        self._tell("dials", first=first.name, extension=second.extension)
        caller.command("dial", second.extension)
        callee.wait("CALL_INCOMING")
        callee.command("accept")
        for phone in (callee, caller):
            phone.wait("CALL_ESTABLISHED")
        self._tell("answers", second=second.name)
        self._wait_until_heard((caller, callee))
        self._press(first, caller, second, callee)
        caller.command("hangup")
        for phone in (caller, callee):
            phone.wait("CALL_CLOSED")
        self._measure(second, callee, first, caller.hertz)
        self._measure(first, caller, second, callee.hertz)
        self._look_back(first)

    def _wait_until_heard(self, phones: tuple[Softphone, ...]) -> None:
        wanted = TALK_SECONDS * WAV_BYTES_A_SECOND
        if not self._system.wait_for(lambda: all(_size(phone.heard()) >= wanted for phone in phones), 20):
            raise DidNotHappen("hear")

    def _press(self, first: Person, caller: Softphone, second: Person, callee: Softphone) -> None:
        caller.command("sndcode", DIGIT)
        try:
            received = str(callee.wait("CALL_DTMF_START", 10).get("param", ""))
        except DidNotHappen:
            raise DidNotHappen("receive_digit") from None
        self._tell("digit", first=first.name, digit=DIGIT, second=second.name, received=received)
        if received != DIGIT:
            raise DidNotHappen("receive_digit")

    def _measure(self, who: Person, phone: Softphone, other: Person, hertz: int) -> None:
        heard = phone.heard()
        seconds = seconds_of_tone(heard, hertz) if heard else 0.0
        self._tell("heard", who=who.name, hertz=hertz, other=other.name, seconds=self._decimal(seconds))
        if seconds < LEAST_HEARD:
            raise DidNotHappen("hear")

    def _look_back(self, first: Person) -> None:
        records = self._system.wait_for(lambda: self._system.ask("GET", "/history")["records"], 10)
        if not records:
            raise DidNotHappen("keep_call")
        held = self._system.wait_for(lambda: self._held() == 0, 10)
        talked = self._decimal(_seconds_talked(records[0]))
        self._tell("hangs_up", first=first.name, seconds=talked, held=self._held())
        if not held:
            raise DidNotHappen("release")

    def _held(self) -> int:
        resources = self._system.ask("GET", "/state")["resources"]
        return int(resources["legs"]) + int(resources["ports"])

    def _leave_message(self, first: Person, caller: Softphone, second: Person) -> None:
        self._wait_until_online(second, False)
        self._tell("switched_off", first=first.name, second=second.name)
        caller.command("dial", second.extension)
        caller.wait("CALL_ESTABLISHED", 40)
        # The recording has begun once its file grows; the greeting and the beep come before.
        wanted = MESSAGE_SECONDS * WAV_BYTES_A_SECOND
        self._system.wait_for(lambda: _size(self._recording()) >= wanted, 60)
        caller.command("hangup")
        caller.wait("CALL_CLOSED")
        messages = self._system.wait_for(lambda: self._system.ask("GET", "/messages")["messages"], 10)
        recording = self._recording()
        if not messages or recording is None:
            raise DidNotHappen("keep_message")
        heard = seconds_of_tone(recording, caller.hertz)
        seconds = self._decimal(float(messages[0]["seconds"]))
        told = {"second": second.name, "hertz": caller.hertz, "heard": self._decimal(heard)}
        self._tell("message", seconds=seconds, **told)
        if heard < LEAST_HEARD:
            raise DidNotHappen("hear")

    def _wait_until_online(self, person: Person, online: bool) -> None:
        """Wait until the person's phone is connected, or is no more."""
        if not self._system.wait_for(lambda: self._is_online(person) == online, 15):
            raise DidNotHappen("go_online" if online else "go_offline")

    def _is_online(self, person: Person) -> bool:
        phones = self._system.ask("GET", "/state")["phones"]
        return any(phone["online"] for phone in phones if phone["person_id"] == person.id)

    def _recording(self) -> Path | None:
        return next(iter(self._system.options.data.glob("messages/*/*.wav")), None)


def _seconds_talked(record: dict[str, Any]) -> float:
    """From the answer to the end of a call of the history; 0.0 when nobody answered."""
    began, ended = record["answered_at"], record["ended_at"]
    return float(ended) - float(began) if began and ended else 0.0


def _size(path: Path | None) -> int:
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0
