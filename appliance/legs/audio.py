"""The audio of a leg as call control sees it; the runtime's media engine provides it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from appliance.media.agreement import MediaAgreement
from appliance.media.reporting import MediaStatistics


class RecordingEnd(Protocol):
    """Why a recording stopped (digit, silence, maximum, closed) and how long it is."""

    @property
    def reason(self) -> str: ...
    @property
    def seconds(self) -> float: ...


class MediaPort(Protocol):
    """Our end of one leg's audio: PCM is 8 kHz mono 16-bit little-endian."""

    @property
    def local_address(self) -> tuple[str, int]: ...
    @property
    def rtcp_port(self) -> int: ...
    @property
    def agreement(self) -> MediaAgreement | None: ...
    @property
    def statistics(self) -> MediaStatistics: ...
    @property
    def seconds_since_heard(self) -> float | None: ...
    def agree(self, agreement: MediaAgreement) -> None: ...
    async def play(self, audio: bytes, *, loop: bool = False) -> None: ...
    async def play_tone(self, name: str, country: str = "FR") -> None: ...
    def start_tone(self, name: str, country: str = "FR") -> None: ...
    def stop_tone(self) -> None: ...
    async def next_digit(self) -> str: ...
    def inject_digit(self, digit: str) -> None: ...
    def forget_digits(self) -> None: ...
    async def record(
        self, path: Path, *, max_seconds: float, silence_seconds: float, stop_digits: str = "#"
    ) -> RecordingEnd: ...
    def close(self) -> None: ...


class Seat(Protocol):
    """A port's part in a conference, until the context is left."""

    def mute(self, muted: bool) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Conference(Protocol):
    """Ports that all hear each other; no port hears itself."""

    def take_part(self, port: MediaPort) -> Seat: ...


class MediaSource(Protocol):
    """Opens ports and joins them."""

    def open(self, local_ip: str) -> MediaPort:
        """A fresh port on that address; raises an OSError when none is left."""

    def join(self, one: MediaPort, other: MediaPort) -> AbstractContextManager[object]:
        """Relay between two ports as long as the context lasts."""

    def conference(self) -> Conference:
        """A conference without anybody in it yet."""

    def echo(self, port: MediaPort) -> AbstractContextManager[object]:
        """Send a port its own audio back as long as the context lasts."""
