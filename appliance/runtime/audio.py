"""Where legs get their audio from: the media engine behind the legs' own view of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import cast

from appliance.legs import audio
from appliance.runtime.media.bridge import Bridge
from appliance.runtime.media.conference import Conference, Seat
from appliance.runtime.media.echo import Echo
from appliance.runtime.media.engine import MediaEngine
from appliance.runtime.media.media_port import MediaPort


class Audio:
    """Opens, joins and echoes ports; implements `legs.audio.MediaSource`. `failed`: when no port is left."""

    def __init__(self, engine: MediaEngine, failed: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._failed = failed

    def open(self, local_ip: str) -> audio.MediaPort:
        """A fresh port on that address; raises OSError when none is left."""
        try:
            return self._engine.open(local_ip)
        except OSError:
            self._failed()
            raise

    def join(self, one: audio.MediaPort, other: audio.MediaPort) -> AbstractContextManager[object]:
        """Relay between two ports as long as the context lasts."""
        return Bridge(cast(MediaPort, one), cast(MediaPort, other))

    def conference(self) -> audio.Conference:
        """A conference without anybody in it yet."""
        return _Conference(Conference(self._engine.pacer))

    def echo(self, port: audio.MediaPort) -> AbstractContextManager[object]:
        """Send a port its own audio back as long as the context lasts."""
        return Echo(cast(MediaPort, port))


class _Conference:
    """The engine's conference, as legs see it."""

    def __init__(self, conference: Conference) -> None:
        self._conference = conference

    def take_part(self, port: audio.MediaPort) -> Seat:
        return self._conference.take_part(cast(MediaPort, port))
