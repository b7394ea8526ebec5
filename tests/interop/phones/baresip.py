"""Baresip as a phone of the tests: driven over its TCP control port, what it hears kept as wave files."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.interop.network import Host
from tests.interop.sound import is_closed, is_complete, write_sine
from tests.interop.waiting import PATIENCE, Happenings, until

CONTROL_PORT = 4444
MOST_SUBSCRIPTIONS = 50
_MODULE_FOLDERS = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules")

_CONFIG = """
poll_method epoll
sip_listen {sip_address}:{sip_port}
call_local_timeout 120
call_max_calls 4
audio_player aubridge,nothing
audio_source aufile,{mouth}
audio_alert aubridge,nothing
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_level no
rtp_tos 184
rtp_stats no
jitter_buffer_delay 2-10
module_path {modules}
{codecs}
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app contact.so
{messages}
{encryption}
module_app presence.so
module_app ctrl_tcp.so
{trust}
ctrl_tcp_listen {address}:{control_port}
snd_path {ears}
net_interface {interface}
"""


class Baresip:
    """A running Baresip: it plays a sine of `tone` hertz and keeps what it hears.

    `trusts` is the authority of servers it connects to by TLS; with a `certificate` (and its key in the same
    file) it listens for TLS too, a port above `sip_port`. With `ipv6`, an address of its host, it speaks IPv6
    alone.
    Digits sent to it come as CALL_DTMF_START events. Waits raise NeverHappened.
    """

    def __init__(self, host: Host, folder: Path, *, tone: int = 440, sip_port: int = 5060) -> None:
        self.host = host
        self.folder = folder
        self.tone = tone
        self.sip_port = sip_port
        self.events: Happenings[dict[str, Any]] = Happenings(f"baresip on {host.name}")
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._accounts: list[str] = []
        self._contacts: list[str] = []
        self.trusts: Path | None = None
        self.certificate: Path | None = None
        self.ipv6 = ""
        self._watches_messages = False
        self._encrypts = False
        self._codecs = ""

    def account(
        self,
        user: str,
        password: str,
        server: str,
        *,
        transport: str = "udp",
        register: bool = True,
        answer: str = "manual",
        encryption: str = "",
        codecs: str = "PCMA,PCMU",
    ) -> None:
        """Give the phone an account before it starts; `answer` is manual, auto or early.

        `encryption` of its audio: "srtp" when the other side can, "srtp-mand" always. `codecs` are its own,
        the preferred first.
        """
        self._encrypts = bool(encryption)
        self._codecs = codecs
        registration = "600" if register else "0"
        self._accounts.append(
            f"<sip:{user}@{server};transport={transport}>;auth_user={user};auth_pass={password}"
            f";regint={registration};answermode={answer};audio_codecs={codecs};sipnat="
            + (f";mediaenc={encryption}" if encryption else "")
        )

    def watch(self, extension: str, server: str) -> None:
        """Watch a colleague's presence, from the start on."""
        self._contacts.append(f'"Colleague" <sip:{extension}@{server}>;presence=p2p')

    def starts_watching_messages(self) -> bool:
        """Start the program, which registers and is told of the account's messages.

        Some starts of Baresip 1.0 do nothing but subscribe to them, thousands of times a second: False, and
        the program is ended then.
        """
        self._watches_messages = True
        self.start()
        self.register()
        until(
            lambda: "Messages-Waiting" in self.log() or self._only_subscribes(),
            f"{self.host.name}: told of messages",
        )
        if self._only_subscribes():
            self.stop(abruptly=True)
            return False
        return True

    def _only_subscribes(self) -> bool:
        return self.log().count("mwi: subscribing") > MOST_SUBSCRIPTIONS

    def start(self) -> None:
        """Start the program and connect to its control port."""
        self._write_configuration()
        log = (self.folder / "log.txt").open("wb")
        self._process = subprocess.Popen(
            self.host.argv("baresip", *(["-6"] if self.ipv6 else []), "-f", str(self.folder), "-v"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self._control = until(self._connected, f"{self.host.name}: baresip's control port")
        threading.Thread(target=self._read_events, args=(self._control,), daemon=True).start()

    def _write_configuration(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "ears").mkdir(exist_ok=True)
        write_sine(self.folder / "mouth.wav", self.tone, seconds=180)
        modules = next((folder for folder in _MODULE_FOLDERS if Path(folder).is_dir()), _MODULE_FOLDERS[0])
        text = _CONFIG.format(
            address=self.host.address,
            sip_address=f"[{self.ipv6}]" if self.ipv6 else self.host.address,
            sip_port=self.sip_port,
            messages="module_app mwi.so" if self._watches_messages else "",
            codecs="module g722.so\nmodule g711.so" if "G722" in self._codecs else "module g711.so",
            encryption="module srtp.so" if self._encrypts else "",
            trust="\n".join(
                f"{name} {file}"
                for name, file in (("sip_cafile", self.trusts), ("sip_certificate", self.certificate))
                if file
            ),
            mouth=self.folder / "mouth.wav",
            modules=modules,
            control_port=CONTROL_PORT,
            ears=self.folder / "ears",
            interface="eth0" if self.host.namespace else self.host.address,
        )
        (self.folder / "config").write_text(text)
        (self.folder / "accounts").write_text("\n".join(self._accounts) + "\n")
        (self.folder / "contacts").write_text("\n".join(self._contacts) + "\n")

    def _connected(self) -> socket.socket | None:
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"baresip ended at once: {self.log()[-2000:]}")
        with contextlib.suppress(OSError):
            return self.host.connect((self.host.address, CONTROL_PORT), timeout=5.0)
        return None

    def _read_events(self, control: socket.socket) -> None:
        control.settimeout(None)
        pending = b""
        with contextlib.suppress(OSError, ValueError):
            while received := control.recv(65536):
                pending += received
                while b":" in pending:
                    length, _, rest = pending.partition(b":")
                    if len(rest) < int(length) + 1:
                        break
                    self.events.add(json.loads(rest[: int(length)]))
                    pending = rest[int(length) + 1 :]

    def command(self, name: str, parameters: str = "") -> None:
        """Send one command of Baresip's menu."""
        assert self._control is not None
        text = json.dumps({"command": name, "params": parameters, "token": name}).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))

    def wait_event(self, kind: str, timeout: float = PATIENCE) -> dict[str, Any]:
        """The next event of that type that no earlier wait returned."""
        return self.events.wait(lambda event: event.get("type") == kind, kind, timeout)

    def seen(self, kind: str) -> list[dict[str, Any]]:
        """Every event of that type so far."""
        return [event for event in self.events.all() if event.get("type") == kind]

    def coming(self, *kinds: str) -> Callable[[], None]:
        """Waits, when called, until one more event of these kinds has come than when it was made."""

        def count() -> int:
            return sum(len(self.seen(kind)) for kind in kinds)

        before = count()

        def wait() -> None:
            until(lambda: count() > before, f"{self.host.name}: {kinds}")

        return wait

    def register(self) -> None:
        """Wait until the server took the registration that starts with the program."""
        # It may be over before the control port is open: the log has it either way.
        until(lambda: "200 OK" in self.log(), f"{self.host.name}: registration")

    def call(self, target: str) -> None:
        """Dial a SIP address or an extension of the account's server."""
        self.command("dial", target)

    def answer(self, caller: str = "") -> None:
        """Wait for a call to ring here, of a caller whose address holds these words, and take it."""
        self.events.wait(
            lambda event: event.get("type") == "CALL_INCOMING" and caller in str(event.get("peeruri")),
            f"call of {caller or 'somebody'}",
            PATIENCE,
        )
        self.command("accept")
        self.wait_event("CALL_ESTABLISHED")

    def hang_up(self) -> None:
        self.command("hangup")

    def transfer(self, target: str) -> None:
        """Send the other party on, and leave."""
        self.command("transfer", target)

    def send_digits(self, digits: str) -> None:
        """Press keys during a call (RFC 4733)."""
        self.command("sndcode", digits)

    def digits(self) -> str:
        """The keys heard so far."""
        return "".join(str(event.get("param", "")) for event in self.seen("CALL_DTMF_START"))

    def recorded_wav(self) -> Path:
        """The file of what is heard, or was heard last; complete once the call is over."""
        return until(self._last_recording, f"{self.host.name}: a recording")

    def recordings(self) -> list[Path]:
        """All that was heard in its calls, now over: a session that changes may go on in another file."""
        ears = sorted((self.folder / "ears").glob("*dec.wav"))
        until(lambda: all(map(is_closed, ears)), f"{self.host.name}: its recordings")
        return ears

    def listen(self, seconds: float) -> None:
        """Wait until this much more has been heard."""
        wanted = self._heard() + round(seconds * 16000)
        until(lambda: self._heard() >= wanted, f"{self.host.name}: {seconds} s of sound")

    def seconds_heard(self) -> float:
        """How much has been heard in all calls so far."""
        return self._heard() / 16000

    def _heard(self) -> int:
        """Bytes of sound so far; a session that changes may go on in another file."""
        return sum(path.stat().st_size for path in (self.folder / "ears").glob("*dec.wav"))

    def _last_recording(self) -> Path | None:
        found = sorted((self.folder / "ears").glob("*dec.wav"), key=lambda path: path.stat().st_mtime)
        return found[-1] if found and is_complete(found[-1]) else None

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def stop(self, *, abruptly: bool = False) -> None:
        """End the program: politely (it unregisters), or as a cut of the power would."""
        if self._process is None:
            return
        if abruptly:
            self._process.kill()
        else:
            with contextlib.suppress(OSError):
                self.command("quit")
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        if self._control is not None:
            self._control.close()
