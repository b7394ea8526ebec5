"""What does not work in the box itself: decisions ring the backup number for it, pages say it (BACKUP-1)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from pathlib import Path

from appliance.control.live import LineLive, LineState, Warn
from appliance.runtime.clock_trust import ClockTrust
from appliance.runtime.settings import Settings
from appliance.storage.data_folder import write_atomically

PROBE_NAME = ".probe"
# How long after the last call that found no port for its sound the media count as failed.
MEDIA_SECONDS = 60.0
_DISK_CODES = {errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EROFS: "disk_read_only"}


class Health:
    """The judgement of now; `look` renews what takes the disk to find out."""

    def __init__(
        self, folder: Path, settings: Settings, clock_trust: ClockTrust, monotonic: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._clock_trust = clock_trust
        self._monotonic = monotonic
        self._disk = ""
        self._media_failed_at: float | None = None

    @property
    def failures(self) -> frozenset[str]:
        """The parts that do not work: `settings`, `disk`, `media`."""
        found = {
            "settings": self._settings.loaded.damaged,
            "disk": bool(self._disk),
            "media": self._media_failed_at is not None
            and self._monotonic() - self._media_failed_at < MEDIA_SECONDS,
        }
        return frozenset(name for name, failed in found.items() if failed)

    def look(self) -> bool:
        """Try whether the disk takes what is written, blocking; whether the judgement has changed."""
        before, probe = self._disk, self._folder / PROBE_NAME
        try:
            write_atomically(probe, b"1")
            probe.unlink(missing_ok=True)
            self._disk = ""
        except OSError as error:
            self._disk = _DISK_CODES.get(error.errno or 0, "disk_failed")
        return before != self._disk

    def note_media(self) -> None:
        """A call found no port for its sound."""
        self._media_failed_at = self._monotonic()

    def warnings(self, lines: Iterable[LineLive]) -> list[Warn]:
        """What the staff should know."""
        found = []
        if self._settings.loaded.damaged:
            found.append(Warn(code=self._settings.loaded.detail or "settings_invalid"))
        if self._disk:
            found.append(Warn(code=self._disk))
        if "media" in self.failures:
            found.append(Warn(code="media_failed"))
        if not self._clock_trust.trusted:
            found.append(Warn(code="clock_untrusted"))
        names = self._settings.configuration.lines
        for line in lines:
            if line.state in (LineState.REFUSED, LineState.UNREACHABLE):
                parameters = {"line": names[line.line_id].name, "reason": line.reason}
                found.append(Warn(code="line_down", parameters=parameters))
        return found
