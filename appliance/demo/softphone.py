"""A baresip softphone on this machine, driven through its control port."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from appliance.demo.tones import write_tone

PROGRAM = "baresip"
MODULES = (Path("/usr/lib/baresip/modules"), Path("/usr/local/lib/baresip/modules"))
START_SECONDS = 20.0
TONE_SECONDS = 60

# Its files are named from its own folder: baresip cuts long paths of recordings short.
CONFIGURATION = """\
poll_method epoll
sip_listen 127.0.0.1:{sip_port}
call_local_timeout 60
audio_source aufile,voice.wav
audio_player aubridge,none
audio_alert aubridge,none
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
snd_path heard
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control_port}
net_interface 127.0.0.1
"""


class DidNotHappen(Exception):
    """What was waited for did not happen; the argument says what."""


def is_installed() -> bool:
    """Whether baresip can be started here."""
    return shutil.which(PROGRAM) is not None and any(folder.is_dir() for folder in MODULES)


@dataclass(frozen=True, slots=True)
class Account:
    """What a phone is set up with: SIP user, password, and the server's address."""

    user: str
    password: str = field(repr=False)
    server: str


class Softphone:
    """A phone that sends a tone and keeps what it hears in a file; a context manager."""

    def __init__(
        self, folder: Path, account: Account, *, sip_port: int, control_port: int, hertz: int
    ) -> None:
        self.folder = folder
        self.hertz = hertz
        self._account = account
        self._ports = {"sip_port": sip_port, "control_port": control_port}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._received = b""
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._write_files()
        with (self.folder / "baresip.log").open("wb") as log:
            words = (PROGRAM, "-f", ".")
            self._process = subprocess.Popen(
                words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _write_files(self) -> None:
        (self.folder / "heard").mkdir(parents=True)
        write_tone(self.folder / "voice.wav", self.hertz, TONE_SECONDS)
        modules = next(folder for folder in MODULES if folder.is_dir())
        text = CONFIGURATION.format(modules=modules, **self._ports)
        (self.folder / "config").write_text(text, encoding="utf-8")
        one = self._account
        line = (
            f"<sip:{one.user}@{one.server};transport=udp>;auth_user={one.user};auth_pass={one.password}"
            ";regint=120;answermode=manual;audio_codecs=PCMA,PCMU\n"
        )
        accounts = self.folder / "accounts"
        accounts.touch(mode=0o600)
        accounts.write_text(line, encoding="utf-8")
        (self.folder / "contacts").write_text("\n", encoding="utf-8")

    def _connect(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._control is None:
            try:
                self._control = socket.create_connection(("127.0.0.1", self._ports["control_port"]), 1)
            except OSError:
                if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                    raise DidNotHappen("baresip starts") from None
                time.sleep(0.1)

    def command(self, name: str, parameters: str = "") -> None:
        """Give baresip one command of its menu."""
        assert self._control is not None
        text = json.dumps({"command": name, "params": parameters}).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))

    def wait(self, kind: str, seconds: float = 20.0) -> dict[str, Any]:
        """The next event of that type that was not waited for yet; raises DidNotHappen."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self._events:
                if event.get("type") == kind:
                    self._events.remove(event)
                    return event
            self._receive(deadline, kind)

    def _receive(self, deadline: float, kind: str) -> None:
        assert self._control is not None
        self._control.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            received = self._control.recv(65536)
        except TimeoutError:
            raise DidNotHappen(kind) from None
        if not received:
            raise DidNotHappen(kind)
        self._received += received
        self._events.extend(self._messages())

    def _messages(self) -> list[dict[str, Any]]:
        """The netstrings that have come whole."""
        found = []
        while b":" in self._received:
            length, _, rest = self._received.partition(b":")
            end = int(length)
            if len(rest) <= end:
                break
            found.append(json.loads(rest[:end]))
            self._received = rest[end + 1 :]
        return found

    def heard(self) -> Path | None:
        """The file of what was heard in the last call; None before any."""
        files = sorted((self.folder / "heard").glob("*dec.wav"), key=lambda path: path.stat().st_mtime)
        return files[-1] if files else None
