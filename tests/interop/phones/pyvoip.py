"""pyVoIP as a phone of the tests: a client library in use, run as a program of its own on its host."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import wave
from pathlib import Path

from tests.interop.network import Host
from tests.interop.sound import RATE, sine
from tests.interop.waiting import PATIENCE, Happenings, until

_ROOT = Path(__file__).resolve().parents[3]


class PyVoipPhone:
    """A pyVoIP phone; events are (name, detail): registered, incoming, connected, digit, ended, error."""

    def __init__(
        self, host: Host, folder: Path, *, tone: int = 440, sip_port: int = 5060, rtp_port: int = 12000
    ) -> None:
        self.host = host
        self.folder = folder
        self.tone = tone
        self.events: Happenings[tuple[str, str]] = Happenings(f"pyVoIP on {host.name}")
        self._settings: dict[str, object] = {
            "address": host.address,
            "sip_port": sip_port,
            "rtp_port": rtp_port,
        }
        self._process: subprocess.Popen[str] | None = None
        self._ears: list[Path] = []

    def account(self, user: str, password: str, server: str, port: int = 5060) -> None:
        self._settings |= {"user": user, "password": password, "server": server, "server_port": port}

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        mouth = self.folder / "mouth.wav"
        self._write_mouth(mouth)
        settings = json.dumps({**self._settings, "mouth": str(mouth)})
        log = (self.folder / "log.txt").open("w")
        self._process = subprocess.Popen(
            self.host.argv(
                sys.executable, "-W", "ignore", "-m", "tests.interop.phones.pyvoip_program", settings
            ),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        threading.Thread(target=self._read_events, daemon=True).start()
        self.wait_event("ready")

    def _write_mouth(self, path: Path) -> None:
        """pyVoIP takes unsigned bytes."""
        samples = sine(self.tone, 30)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 1, RATE, 0, "NONE", ""))
            file.writeframes(bytes((byte + 128) & 0xFF for byte in samples[1::2]))

    def _read_events(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                event, detail = json.loads(line)
                self.events.add((event, detail))

    def _say(self, word: str, parameter: str = "") -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps([word, parameter]) + "\n")
        self._process.stdin.flush()

    def wait_event(self, event: str, timeout: float = PATIENCE) -> str:
        return self.events.wait(lambda seen: seen[0] == event, event, timeout)[1]

    def register(self) -> None:
        self._say("register")
        self.wait_event("registered")

    def call(self, target: str) -> None:
        self._keep_what_is_heard()
        self._say("call", target)

    def answer(self) -> None:
        self.wait_event("incoming")
        self._keep_what_is_heard()
        self._say("answer")
        self.wait_event("connected")

    def refuse(self) -> None:
        """Wait for a call to ring here and say that this phone is busy."""
        self.wait_event("incoming")
        self._say("refuse")

    def hang_up(self) -> None:
        self._say("hang_up")

    def digits(self) -> str:
        return "".join(detail for event, detail in self.events.all() if event == "digit")

    def _keep_what_is_heard(self) -> None:
        """In a file for each call, which has its name once it is closed."""
        self._ears.append(self.folder / f"ear-{len(self._ears) + 1}.wav")
        self._say("ear", str(self._ears[-1]))

    def recorded_wav(self) -> Path:
        """What was heard in the newest call, now over, as 16-bit samples."""
        heard = self._ears[-1]
        until(heard.exists, f"{self.host.name}: the recording")
        return as_16_bits(heard, heard.with_suffix(".16.wav"))

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def stop(self, *, abruptly: bool = False) -> None:
        if self._process is None:
            return
        if abruptly:
            self._process.kill()
        else:
            with contextlib.suppress(OSError, ValueError):
                self._say("quit")
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def as_16_bits(heard: Path, path: Path) -> Path:
    """Write a wave file of unsigned bytes as one of 16-bit samples."""
    with wave.open(str(heard), "rb") as file:
        samples = file.readframes(file.getnframes())
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(b"".join(bytes((0, (byte - 128) & 0xFF)) for byte in samples))
    return path
