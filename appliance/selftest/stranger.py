"""A softphone that shares no code with the box (pyVoIP), and what is heard in a call it makes."""

from __future__ import annotations

import array
import math
import threading
import time
from collections.abc import Callable

from appliance.demo.tones import RATE, share_of_tone

FRAME = 160
TONE_HERTZ = 440
# pyVoIP's samples have 8 bits without a sign: 128 is silence.
SILENCE = 128
LOUD = 8
WINDOW = RATE // 10
LEAST_SHARE = 0.7
STEP_SECONDS = 0.05


class Unheard(Exception):
    """Something that should have happened did not; the message is the name of the step."""


class Stranger:
    """One pyVoIP phone, registered from here; raises Unheard for what does not happen in time."""

    def __init__(
        self, server: tuple[str, int], own_address: str, ports: tuple[int, int], login: tuple[str, str]
    ) -> None:
        from pyVoIP.VoIP import VoIPPhone

        self._phone = VoIPPhone(
            *server,
            *login,
            myIP=own_address,
            sipPort=ports[0],
            rtpPortLow=ports[1],
            rtpPortHigh=ports[1] + 20,
        )

    def register(self, is_online: Callable[[], bool], seconds: float = 15.0) -> None:
        """Register; `is_online` asks the box whether it has."""
        self._phone.start()
        _wait(is_online, seconds, "register")

    def echo(self, dialled: str, seconds: float) -> float:
        """Call the echo test, send a tone; returns for how many seconds it came back."""
        tone = bytes(
            SILENCE + round(90 * math.sin(2 * math.pi * TONE_HERTZ * place / RATE)) for place in range(RATE)
        )
        return self._hear(dialled, seconds, tone, _is_tone)

    def voice(self, dialled: str, seconds: float) -> float:
        """Call a number that speaks; returns for how many seconds something was heard."""
        return self._hear(dialled, seconds, b"", _is_loud)

    def _hear(
        self,
        dialled: str,
        seconds: float,
        speech: bytes,
        wanted: Callable[[bytes], bool],
        enough: float = 1.0,
    ) -> float:
        from pyVoIP.VoIP import CallState, InvalidStateError

        call = self._phone.call(dialled)
        _wait(lambda: call.state not in (CallState.DIALING, CallState.RINGING), 20.0, "answer")
        if call.state != CallState.ANSWERED:
            raise Unheard("answer")
        heard, window = 0.0, b""
        deadline = time.monotonic() + seconds
        spoken = 0
        try:
            while heard < enough and time.monotonic() < deadline:
                if speech and not spoken % (RATE // FRAME):
                    call.write_audio(speech)
                spoken += 1
                window += call.read_audio(FRAME, blocking=True)
                if len(window) >= WINDOW:
                    heard += 0.1 if wanted(window[:WINDOW]) else 0.0
                    window = window[WINDOW:]
            call.hangup()
        except InvalidStateError as error:
            raise Unheard("stay") from error
        return heard

    def stop(self) -> None:
        """Unregister and end."""
        self._phone.stop()


def _wait(condition: Callable[[], bool], seconds: float, step: str) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / STEP_SECONDS)):
        if condition():
            return
        pause.wait(STEP_SECONDS)
    raise Unheard(step)


def _samples(window: bytes) -> array.array[int]:
    return array.array("h", ((byte - SILENCE) << 8 for byte in window))


def _is_tone(window: bytes) -> bool:
    return _is_loud(window) and share_of_tone(_samples(window), TONE_HERTZ, RATE) >= LEAST_SHARE


def _is_loud(window: bytes) -> bool:
    return max(window) - min(window) > 2 * LOUD
