"""The supervisor: child processes that are started again when they end, and all stopped by one signal."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.control.options import RESTART_STATUS

# A process that ends sooner than this after its start makes the pause before the next start longer.
STEADY_SECONDS = 30.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PATIENCE_SECONDS = 10.0
READY_CHECK_SECONDS = 0.1

# prctl(2)
PR_SET_PDEATHSIG = 1

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
AWAITED = (*ENDING, signal.SIGCHLD)


@dataclass(slots=True)
class Child:
    """A process to keep running; `ready` is a socket that it makes anew once it is up."""

    name: str
    command: Sequence[str]
    ready: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float | None = 0.0
    pause: float = FIRST_PAUSE
    _before: tuple[int, int] | None = None

    def start(self, now: float) -> None:
        """Start the process, in a group of its own: the terminal's Ctrl-C goes to the supervisor alone."""
        self._before = _identity(self.ready)
        self.process = subprocess.Popen(self.command, process_group=0, preexec_fn=_prepare_child)
        self.started_at, self.start_at = now, None

    def ended(self, status: int, now: float) -> None:
        """Plan the next start."""
        if status == RESTART_STATUS or now - self.started_at >= STEADY_SECONDS:
            self.pause = FIRST_PAUSE
        self.process, self.start_at = None, now + (0.0 if status == RESTART_STATUS else self.pause)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    @property
    def is_ready(self) -> bool:
        """Whether the process is up."""
        if self.ready is None:
            return self.process is not None
        made = _identity(self.ready)
        return self.process is not None and made is not None and made != self._before


def _identity(path: Path | None) -> tuple[int, int] | None:
    """What tells a file from one of the same name made later; None without one."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_ino, found.st_ctime_ns) if found else None


def _prepare_child() -> None:
    """In the child, before its program: signals as usual, and its own end if the supervisor is killed."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Supervisor:
    """Keeps the children running until SIGTERM, SIGINT or SIGHUP; `when_ready` is called once, when all
    are up.
    """

    children: Sequence[Child]
    when_ready: Callable[[], None]
    _told: bool = field(default=False, init=False)

    def run(self) -> int:
        """Run until a signal ends it; returns the exit status: 0, or 1 when a child had to be killed."""
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
        try:
            while not self._turn():
                pass
            return self._stop()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def _turn(self) -> bool:
        """Start what is due, then wait for a signal or for what is due next; whether it is over."""
        now = time.monotonic()
        for child in self.children:
            if child.start_at is not None and child.start_at <= now:
                child.start(now)
        self._tell_when_ready()
        received = signal.sigtimedwait(AWAITED, self._wait(now))
        self._reap()
        return received is not None and received.si_signo in ENDING

    def _tell_when_ready(self) -> None:
        if not self._told and all(child.is_ready for child in self.children):
            self._told = True
            self.when_ready()

    def _wait(self, now: float) -> float:
        if not self._told:
            return READY_CHECK_SECONDS
        starts = [child.start_at - now for child in self.children if child.start_at is not None]
        return max(0.0, min(starts, default=3600.0))

    def _reap(self) -> None:
        now = time.monotonic()
        for child in self.children:
            status = child.process.poll() if child.process else None
            if status is not None:
                child.ended(status, now)
                words = "restarts" if status == RESTART_STATUS else f"ended ({_said(status)})"
                print(f"autocom: {child.name} {words}", file=sys.stderr, flush=True)

    def _stop(self) -> int:
        """Ask every child to end, the last started first; kill those that do not."""
        killed = False
        for child in reversed(self.children):
            if child.process is None:
                continue
            child.process.terminate()
            try:
                child.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
                killed = True
        return 1 if killed else 0


def _said(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
