"""Sipp as a phone or a provider of the tests: plays one of our scenarios, exactly."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.interop.network import Host
from tests.interop.phones.dialogue import Dialogue
from tests.interop.phones.rtp import RtpEnd

SCENARIOS = Path(__file__).parent.parent / "scenarios"


class ScenarioFailed(AssertionError):
    """Sipp saw something else than its scenario says; the text holds what it saw."""


class Sipp:
    """Sipp on one host; each method plays a scenario, its audio is an RtpEnd's."""

    def __init__(
        self, host: Host, folder: Path, *, user: str = "", password: str = "", sip_port: int = 5060
    ) -> None:
        self.host = host
        self.folder = folder
        self.user = user
        self.password = password
        self.sip_port = sip_port
        folder.mkdir(parents=True, exist_ok=True)

    def play(
        self,
        scenario: str | Dialogue,
        server: str,
        *,
        service: str = "service",
        stay: float = 0.0,
        calls: int = 1,
        patience: float = 60.0,
        options: tuple[str, ...] = (),
        **keys: object,
    ) -> RunningScenario:
        """Start a scenario towards `server` (host or host:port); `keys` are the words in brackets in it."""
        path = SCENARIOS / f"{scenario}.xml"
        if isinstance(scenario, Dialogue):
            path, scenario = scenario.write(self.folder), scenario.name
        words = ["sipp", server, "-sf", str(path), "-m", str(calls), "-s", service]
        words += ["-i", self.host.address, "-p", str(self.sip_port), "-d", str(round(stay * 1000))]
        words += ["-nostdin", "-trace_err", "-error_file", str(self.folder / f"{scenario}.errors")]
        words += ["-trace_msg", "-message_file", str(self.folder / f"{scenario}.messages")]
        words += ["-timeout", f"{round(patience)}s", "-timeout_error", *options]
        if self.user:
            words += ["-au", self.user, "-ap", self.password]
        for name, value in {"caller": self.user or "anonymous", "more_formats": "", **keys}.items():
            words += ["-key", name, str(value)]
        return RunningScenario(scenario, self, words, patience)

    def register(self, server: str, expires: int = 600) -> None:
        self.play("register", server, service=self.user, expires=expires).finish()

    def unregister(self, server: str) -> None:
        self.register(server, expires=0)

    def ear(self, port: int, *, tone: int = 440, peer: tuple[str, int] | None = None) -> RtpEnd:
        """The audio end to name by `ear_port`."""
        return RtpEnd(self.host, port, tone=tone, peer=peer)


class RunningScenario:
    """One sipp process; `finish` waits for its end and raises ScenarioFailed where it saw something else."""

    def __init__(self, scenario: str, phone: Sipp, words: list[str], patience: float) -> None:
        self.scenario = scenario
        self._phone = phone
        self._patience = patience
        self._process = subprocess.Popen(
            phone.host.argv(*words),
            cwd=phone.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def finish(self) -> None:
        """Wait until every call of the scenario has ended."""
        try:
            _, said = self._process.communicate(timeout=self._patience + 15)
        except subprocess.TimeoutExpired:
            self.stop()
            raise ScenarioFailed(f"{self.scenario}: never ended\n{self.messages()[-3000:]}") from None
        if self._process.returncode:
            errors = self._phone.folder / f"{self.scenario}.errors"
            seen = errors.read_text(errors="replace") if errors.exists() else said.decode(errors="replace")
            raise ScenarioFailed(
                f"{self.scenario}: exit {self._process.returncode}\n{seen[-3000:]}\n{self.messages()[-3000:]}"
            )

    def running(self) -> bool:
        return self._process.poll() is None

    def messages(self) -> str:
        """Every SIP message this phone sent and received so far."""
        path = self._phone.folder / f"{self.scenario}.messages"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self) -> None:
        if self.running():
            self._process.kill()
        self._process.communicate()
