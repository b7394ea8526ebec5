"""Whether the wall clock can be trusted (TIME-7): a board without a battery wakes up with an old time.

Network time makes a clock trusted for as long as the board runs. Without it the clock is trusted when the
board has one that goes on without power, and that shows no moment before one the box has lived through.
"""

from __future__ import annotations

import ctypes
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from appliance.runtime.clock import Clock
from appliance.storage.data_folder import write_atomically

log = logging.getLogger(__name__)

FILE_NAME = "clock.json"
# No box has run before this software was written.
WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
# A clock that is put right by a little is no sign of anything.
TOLERANCE_SECONDS = 120.0
STA_UNSYNC = 0x40


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2) as far as `status`, with room for the rest."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 320),
    ]


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """What the system says of its clock. `synchronised` None: it cannot tell."""

    synchronised: bool | None = None
    keeps_time_without_power: bool = True
    boot_id: str = ""


def timekeeping() -> Timekeeping:
    """The system's answer now: takes microseconds, changes nothing."""
    if not Path("/run/systemd/system").is_dir():
        # A container: the time is its host's affair.
        return Timekeeping()
    boot = Path("/proc/sys/kernel/random/boot_id")
    return Timekeeping(
        synchronised=_synchronised(),
        keeps_time_without_power=any(Path("/sys/class/rtc").glob("rtc*")),
        boot_id=boot.read_text(encoding="ascii").strip() if boot.exists() else "",
    )


def _synchronised() -> bool | None:
    asked = _Timex()
    if ctypes.CDLL(None).adjtimex(ctypes.byref(asked)) < 0:
        return None
    return not asked.status & STA_UNSYNC


class ClockTrust:
    """The present judgement, and the last moment seen, kept on the disk over power cuts."""

    def __init__(self, folder: Path, clock: Clock, ask: Callable[[], Timekeeping] | None = None) -> None:
        self._path = folder / FILE_NAME
        self._clock = clock
        self._ask = ask or (Timekeeping if clock.is_trial else timekeeping)
        kept = _read(self._path)
        # A trial starts at any time it likes.
        self._last_seen = 0.0 if clock.is_trial else kept[0]
        self._trusted_boot = kept[1]
        self._vouched = False
        self.trusted = self._judge()

    def look(self) -> bool:
        """Judge again; whether the judgement has changed."""
        before, self.trusted = self.trusted, self._judge()
        if before != self.trusted:
            log.warning("the clock is %s", "trusted" if self.trusted else "not trusted")
        return before != self.trusted

    def vouch(self) -> None:
        """Somebody has looked at the time and says that it is right: it counts until the next power cut."""
        self._vouched = True
        self._last_seen = 0.0
        self.trusted = self._judge()

    def keep(self) -> None:
        """Write down the present moment: for a thread; never raises. Nothing is kept of a wrong clock."""
        if not self.trusted or self._clock.is_trial:
            return
        self._last_seen = self._clock.epoch()
        document = {"last_seen": self._last_seen, "trusted_boot": self._trusted_boot}
        try:
            write_atomically(self._path, json.dumps(document).encode())
        except OSError as error:
            log.error("the time cannot be kept: %s", error)

    def _judge(self) -> bool:
        now, told = self._clock.epoch(), self._ask()
        if now < WRITTEN_AT:
            return False
        if told.synchronised or self._vouched:
            self._trusted_boot = told.boot_id
            return True
        if told.boot_id and told.boot_id == self._trusted_boot:
            return True
        if now < self._last_seen - TOLERANCE_SECONDS:
            return False
        return told.keeps_time_without_power or told.synchronised is None


def _read(path: Path) -> tuple[float, str]:
    try:
        document = json.loads(path.read_bytes())
        return float(document["last_seen"]), str(document["trusted_boot"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0, ""
