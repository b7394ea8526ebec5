"""A telephone system of its own for the demonstration: a process on loopback, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from appliance.configuration.configuration import Configuration
from appliance.configuration.ready import sample_office
from appliance.control.options import PbxOptions
from appliance.control.socket_client import NoBox, call
from appliance.runtime.tokens import token
from appliance.storage.configuration_store import ConfigurationStore

START_SECONDS = 30.0
RTP_PORTS = 200


class DidNotStart(Exception):
    """The telephone system ended, or does not answer; its log says why."""


def free_ports(count: int) -> tuple[int, ...]:
    """Ports of the loopback that nobody uses now, neither by UDP nor by TCP."""
    with ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            stream = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            stream.bind(("127.0.0.1", 0))
            port = int(stream.getsockname()[1])
            datagram = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                datagram.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
        return tuple(found)


def _office_without_provider() -> Configuration:
    """The sample office, whose trunk asks nothing of the internet."""
    office = sample_office(token)
    for line in office.lines.values():
        quiet = line.model_copy(update={"mode": "trusted", "server": "127.0.0.1", "port": 9})
        office = office.with_record("lines", line.id, quiet)
    return office


class TelephoneSystem:
    """The sample office's telephone system; a context manager. Raises DidNotStart when entered."""

    def __init__(self, folder: Path) -> None:
        self.options = PbxOptions(
            data=folder / "data",
            sip_port=free_ports(1)[0],
            sip_addresses=("127.0.0.1",),
            rtp_first=30000,
            rtp_last=30000 + RTP_PORTS,
        )
        self.log = folder / "pbx.log"
        self.office = _office_without_provider()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where phones find it."""
        return f"127.0.0.1:{self.options.sip_port}"

    def __enter__(self) -> Self:
        self.options.data.mkdir(parents=True)
        ConfigurationStore(self.options.data).save(self.office, "demo")
        first, last = self.options.rtp_first, self.options.rtp_last
        words = [sys.executable, "-m", "appliance", "pbx", "--data", str(self.options.data)]
        words += [
            "--sip-port",
            str(self.options.sip_port),
            "--sip-tls-port",
            "0",
            "--sip-address",
            "127.0.0.1",
        ]
        words += ["--rtp", f"{first}-{last}", "--log-level", "info"]
        environment = {key: value for key, value in os.environ.items() if key != "AUTOCOM_CLOCK_START"}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask("GET", "/state")
                return
            except NoBox:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise DidNotStart(self.log.read_text(errors="replace")[-2000:]) from None
                time.sleep(0.1)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers; raises NoBox, RefusedByBox."""
        return call(self.options.socket_path, method, path, body)

    def wait_for(self, happened: Callable[[], Any], seconds: float) -> Any:
        """What `happened` returns once it is true, else its last answer when the time is over."""
        deadline = time.monotonic() + seconds
        while not (found := happened()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found
