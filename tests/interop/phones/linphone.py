"""Linphone as a phone of the tests: its console program, with wave files for mouth and ear."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
from pathlib import Path

from tests.interop.network import Host
from tests.interop.sound import is_finished, write_sine
from tests.interop.waiting import PATIENCE, Happenings, until

_CONFIG = """
[sip]
sip_port={sip_port}
sip_tcp_port={tcp_port}
sip_tls_port={tls_port}
{security}
{session}
bind_address={address}
default_proxy=-1
use_rfc2833=1
use_info=0
inc_timeout=120

[rtp]
audio_rtp_port={rtp_port}
rtp_bundle=0

[net]
firewall_policy=0
mtu=1300

[sound]
echocancellation=0

[misc]
store_friends=0
log_collection_upload_server_url=

[audio_codec_0]
mime=PCMA
rate=8000
channels=1
enabled=1

[audio_codec_1]
mime=PCMU
rate=8000
channels=1
enabled=1

[audio_codec_2]
mime=opus
rate=48000
channels=2
enabled=0

[audio_codec_3]
mime=speex
rate=16000
channels=1
enabled=0

[audio_codec_4]
mime=speex
rate=8000
channels=1
enabled=0
"""

_G722 = """
[audio_codec_5]
mime=G722
rate=8000
channels=1
enabled=1
"""

_SECURITY = """
root_ca={authority}
verify_server_certs=1
media_encryption=srtp
media_encryption_mandatory=1
"""

_SESSION = """
session_expires_enabled=1
session_expires_value={seconds}
session_expires_min_value=90
session_expires_refresher_value=uac
"""

_SENTENCES = {
    "incoming": re.compile(r"Receiving new incoming call from (?P<detail>.*), assigned id"),
    "connected": re.compile(r"Call \d+ with (?P<detail>.*) connected"),
    "ended": re.compile(r"Call \d+ with .* ended \((?P<detail>.*)\)"),
    "presence": re.compile(r'Friend (?P<detail>".*" <.*> is .*)'),
    "paused": re.compile(r"Call \d+ with (?P<detail>.*) is now paused"),
    "error": re.compile(r"Call \d+ with (?P<detail>.*) error"),
    "digit": re.compile(r"Receiving tone (?P<detail>.) from"),
}


class Linphone:
    """A running linphonec; what it says is told as (event, detail), an event being a key of _SENTENCES."""

    def __init__(
        self, host: Host, folder: Path, *, tone: int = 440, sip_port: int = 5060, rtp_port: int = 7078
    ) -> None:
        self.host = host
        self.folder = folder
        self.tone = tone
        self.sip_port = sip_port
        self.rtp_port = rtp_port
        self.events: Happenings[tuple[str, str]] = Happenings(f"linphone on {host.name}")
        self._process: subprocess.Popen[str] | None = None
        self._account: tuple[str, str, str] | None = None
        self._authority: Path | None = None
        self._transport = "udp"
        self._ear = folder / "ear.wav"
        self._called = 0
        # The interval of the session timers it asks for; none when 0.
        self.session_seconds = 0
        self.has_g722 = False

    def account(self, user: str, password: str, server: str, *, transport: str = "") -> None:
        self._account = (user, password, server)
        self._transport = transport or self._transport

    def encrypt(self, authority: Path) -> None:
        """SIP over TLS, with servers this authority speaks for, and no audio but SRTP."""
        self._authority = authority
        self._transport = "tls"

    def start(self) -> None:
        """Start the program; it has read its settings once it says it is ready."""
        # Without the folder of its database the program never opens its SIP port.
        (self.folder / ".local/share/linphone").mkdir(parents=True, exist_ok=True)
        write_sine(self.folder / "mouth.wav", self.tone, seconds=180)
        settings = self.folder / "linphonerc"
        settings.write_text(
            _CONFIG.format(
                sip_port=self.sip_port if self._transport == "udp" else 0,
                tcp_port=self.sip_port if self._transport == "tcp" else 0,
                tls_port=5061 if self._transport == "tls" else 0,
                session=_SESSION.format(seconds=self.session_seconds) if self.session_seconds else "",
                security=_SECURITY.format(authority=self._authority) if self._authority else "",
                address=self.host.address,
                rtp_port=self.rtp_port,
            )
            + (_G722 if self.has_g722 else "")
        )
        log = str(self.folder / "log.txt")
        self._process = subprocess.Popen(
            self.host.argv("linphonec", "-c", str(settings), "-S", "-d", "6", "-l", log),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
        )
        threading.Thread(target=self._read_events, daemon=True).start()
        until(lambda: "Creating listening point" in self.log(), f"{self.host.name}: linphone's SIP port")
        self.say("soundcard use files")
        self.wait_event("other", "Using wav files")
        self.say(f"play {self.folder / 'mouth.wav'}")
        self.say(f"record {self._ear}")

    def _read_events(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            for event, sentence in _SENTENCES.items():
                if found := sentence.search(line):
                    self.events.add((event, found.groupdict().get("detail", "")))
                    break
            else:
                self.events.add(("other", line.strip()))

    def say(self, command: str) -> None:
        """Type one line into the program."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def wait_event(self, event: str, detail: str = "", timeout: float = PATIENCE) -> str:
        """The detail of the next such event that holds this text."""
        found = self.events.wait(
            lambda seen: seen[0] == event and detail in seen[1], f"{event} {detail}", timeout
        )
        return found[1]

    def register(self) -> None:
        assert self._account is not None
        user, password, server = self._account
        way = "" if self._transport == "udp" else f";transport={self._transport}"
        self.say(f"register sip:{user}@{server} sip:{server}{way} {password}")
        # The console says nothing of a registration that went well; its log does.
        until(lambda: "to [LinphoneRegistrationOk]" in self.log(), f"{self.host.name}: registration")

    @property
    def newest_call(self) -> int:
        """The number that the program has given to the newest of its calls."""
        return self._called + sum(event == "incoming" for event, _ in self.events.all())

    def call(self, target: str) -> None:
        self._called += 1
        self._put_away()
        self.say(f"call {target}")

    def answer(self) -> None:
        """Wait for a call to ring here and take it."""
        self.wait_event("incoming")
        self._put_away()
        self.say("answer")
        self.wait_event("connected")

    def hang_up(self) -> None:
        self.say("terminate all")

    def hold(self) -> None:
        """Hold the call; what is typed before it is held is ignored."""
        self.say("pause")
        self.wait_event("paused")

    def resume(self) -> None:
        self.say("resume")

    def transfer(self, target: str) -> None:
        """Send the other party on, and leave."""
        self.say(f"transfer {target}")

    def connect_calls(self, first: int, second: int) -> None:
        """Connect the other ends of two calls, by the numbers the program gives them, and leave."""
        self.say(f"transfer {first} --to-call {second}")

    def watch(self, name: str, address: str) -> None:
        """Watch somebody's presence."""
        self.say(f"friend add {name} {address}")

    def send_digits(self, digits: str) -> None:
        for digit in digits:
            self.say(digit)

    def digits(self) -> str:
        return "".join(detail for event, detail in self.events.all() if event == "digit")

    def _put_away(self) -> None:
        """Rename what was heard in the call before: the program goes on writing where a file ends."""
        taken = len(list(self.folder.glob("ear-*.wav")))
        with contextlib.suppress(FileNotFoundError):
            self._ear.rename(self.folder / f"ear-{taken + 1:03}.wav")

    def recorded_wav(self) -> Path:
        """What was heard in the newest call, once the program has closed the file."""
        until(lambda: self._is_finished(self._ear), f"{self.host.name}: the recording")
        return self._ear

    def recordings(self) -> list[Path]:
        """What was heard in each of its calls that had any sound; all are over, or on hold."""
        ears = [*sorted(self.folder.glob("ear-*.wav")), *self.folder.glob("ear.wav")]
        until(lambda: all(map(self._is_finished, ears)), f"{self.host.name}: its recordings")
        return ears

    def _is_finished(self, ear: Path) -> bool:
        return is_finished(ear, self._process.pid if self._process is not None else None)

    def log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "log.txt").read_text(errors="replace")
        return ""

    def stop(self, *, abruptly: bool = False) -> None:
        if self._process is None:
            return
        if abruptly:
            self._process.kill()
        else:
            with contextlib.suppress(OSError):
                self.say("quit")
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
