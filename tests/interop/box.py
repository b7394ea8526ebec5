"""The box under test: its own process on a host of the test network, set up over its control socket."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.interop.network import Host
from tests.interop.waiting import PATIENCE, NeverHappened, until
from tests.support import prompt_cache

ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """The API answered with an error; `status` and `errors` are its."""

    def __init__(self, what: str, status: int, body: bytes) -> None:
        super().__init__(f"{what}: {status} {body[:2000]!r}")
        self.status = status
        self.body = body


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("box", timeout=PATIENCE)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class ControlSocket:
    """The box's API by its Unix socket: whoever may open that is an administrator."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ask(self, method: str, path: str, body: Any = None, *, door: str = "") -> Any:
        """What the API answers, decoded where it is JSON; raises Refused on 4xx, 5xx, OSError when down."""
        connection = _UnixConnection(self.path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if door:
            headers["X-Autocom-Door"] = door
        try:
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise Refused(f"{method} {path}", response.status, content)
        is_json = response.headers.get_content_type() == "application/json"
        return json.loads(content) if is_json and content else content

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def items(self, path: str) -> list[dict[str, Any]]:
        """The records of a collection or of a page of a list."""
        items: list[dict[str, Any]] = self.get(path)["items"]
        return items

    def add(self, collection: str, **fields: Any) -> str:
        """Make a record; returns its id."""
        return str(self.ask("POST", f"/{collection}", fields)["id"])

    def change(self, path: str, **fields: Any) -> Any:
        return self.ask("PATCH", path, fields)

    def delete(self, path: str) -> None:
        self.ask("DELETE", path)


class Box:
    """`autocom pbx` on one host; `folder` is its data, kept over restarts."""

    def __init__(self, host: Host, folder: Path, *, sip_port: int = 5060, rtp: str = "10000-11000") -> None:
        self.host = host
        self.folder = folder
        self.sip_port = sip_port
        self.rtp = rtp
        self.api = ControlSocket(folder / "control.sock")
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.listens_everywhere = False

    @property
    def server(self) -> str:
        """Where phones find it, as in a SIP address."""
        return self.host.address if self.sip_port == 5060 else f"{self.host.address}:{self.sip_port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, clock: str = "") -> None:
        """Start the process and wait until it answers; `clock` is where its wall clock starts (ISO 8601)."""
        self.start_without_waiting(clock)
        until(self._answers, "the box answers on its control socket")

    def start_without_waiting(self, clock: str = "") -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        prompt_cache.lend(self.folder)
        self.starts += 1
        environment = {name: value for name, value in os.environ.items() if name != "AUTOCOM_CLOCK_START"}
        if clock:
            environment["AUTOCOM_CLOCK_START"] = clock
        words = [sys.executable, "-m", "appliance", "pbx", "--data", str(self.folder)]
        words += ["--sip-port", str(self.sip_port), "--rtp", self.rtp]
        if not self.listens_everywhere:
            words += ["--sip-address", self.host.address]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self.host.argv(*words),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def log_path(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.log"

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the box ended at once: {self.log()[-4000:]}")
        try:
            self.api.get("/setup")
        except OSError:
            return False
        return True

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """What a cut of the power does to the process."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None
        prompt_cache.keep(self.folder)

    def stop(self) -> int:
        """End it as the system does; returns its exit status."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the box did not stop: {self.log()[-4000:]}") from None
        self._process = None
        prompt_cache.keep(self.folder)
        return status

    def restart(self, clock: str = "") -> None:
        self.stop()
        self.start(clock)

    def state(self) -> dict[str, Any]:
        """Everything that goes on in the box now."""
        state: dict[str, Any] = self.api.get("/state")
        return state

    def resources(self) -> dict[str, int]:
        """What it holds: calls, legs, ports, tasks, file descriptors, memory."""
        resources: dict[str, int] = self.state()["resources"]
        return resources

    def online(self, *phone_ids: str) -> bool:
        """Whether each of these phones is registered."""
        live = {phone["phone_id"]: phone["online"] for phone in self.state()["phones"]}
        return all(live.get(each) for each in phone_ids)

    def wait_quiet(self, timeout: float = 45.0) -> dict[str, int]:
        """Wait until nothing of any call is left but its record; returns what the box holds then."""

        def nothing_left() -> dict[str, int] | None:
            held = self.resources()
            return None if any(held[name] for name in ("calls", "unwritten", "legs", "ports")) else held

        held = until(nothing_left, "the box at rest", timeout)
        assert held is not None
        return held

    def wait_forgotten(self, timeout: float = 120.0) -> dict[str, int]:
        """Wait until the last call's transactions have ended too, 32 s after it; returns what it holds."""

        def nothing_remembered() -> bool:
            held.update(self.resources())
            return not held["transactions"]

        held: dict[str, int] = {}
        try:
            until(nothing_remembered, "no transaction left", timeout, every=0.5)
        except NeverHappened:
            raise NeverHappened(f"not forgotten in {timeout} s: {held}") from None
        return self.wait_quiet(timeout)
