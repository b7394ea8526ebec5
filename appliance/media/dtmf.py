"""Digits as events in RTP (RFC 4733) and as pairs of tones (ITU-T Q.23)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

DIGITS = "0123456789*#ABCD"
LOW_HZ = (697, 770, 852, 941)
HIGH_HZ = (1209, 1336, 1477, 1633)
_KEYPAD = ("123A", "456B", "789C", "*0#D")
TONE_PAIRS = {
    digit: (low, high)
    for low, row in zip(LOW_HZ, _KEYPAD, strict=True)
    for high, digit in zip(HIGH_HZ, row, strict=True)
}

_EVENT = Struct("!BBH")
END = 0x80
VOLUME = 10  # dBm0 below zero: the level the RFC's examples and most phones use
SAMPLES_A_PACKET = 160
DIGIT_MS = 100
PAUSE_MS = 80
END_COPIES = 3
LONGEST = 0xFFFF


class DtmfError(ValueError):
    """The payload is no telephone-event."""


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """One payload of RFC 4733 section 2.3: `duration` in timestamp units since the event's start."""

    event: int
    duration: int
    end: bool = False
    volume: int = VOLUME

    def __bytes__(self) -> bytes:
        return _EVENT.pack(self.event, (END if self.end else 0) | self.volume, self.duration)


def parse_event(payload: bytes | memoryview) -> TelephoneEvent:
    """Read one payload. Raises DtmfError."""
    if len(payload) < _EVENT.size:
        raise DtmfError("telephone-event cut short")
    event, flags, duration = _EVENT.unpack_from(payload)
    return TelephoneEvent(event, duration, bool(flags & END), flags & 0x3F)


def clean_digits(text: str) -> str:
    """The digits in `text`, letters in capitals; spaces, hyphens and dots are dropped.

    Raises ValueError for any other character.
    """
    digits = "".join(text.split()).replace("-", "").replace(".", "").upper()
    for digit in digits:
        if digit not in DIGITS:
            raise ValueError(f"{digit!r} is not a digit of a telephone keypad")
    return digits


class DigitReceiver:
    """Turns telephone-events into digits: one for each press, at its first packet.

    All packets of a press carry one timestamp; any one of them is enough, however many are lost, doubled or
    late.
    """

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: list[tuple[int, int, int]] = []

    def receive(self, ssrc: int, timestamp: int, payload: bytes | memoryview) -> str | None:
        """The digit that this packet begins, or None. Raises DtmfError."""
        event = parse_event(payload)
        if event.event >= len(DIGITS):
            return None
        press = (ssrc, timestamp, event.event)
        if press in self._seen:
            return None
        # A press too long for one duration goes on in another segment (RFC 4733 section 2.5.1.3).
        longer = (ssrc, (timestamp - LONGEST) & 0xFFFFFFFF, event.event) in self._seen
        # A late copy may come after the next press began: a few are remembered.
        self._seen = [*self._seen[-7:], press]
        return None if longer else DIGITS[event.event]


@dataclass(frozen=True, slots=True)
class DigitPacket:
    """One packet to send: `begins` when it is the first of its press."""

    payload: bytes
    begins: bool


def digit_packets(digit: str, milliseconds: int = DIGIT_MS) -> list[DigitPacket]:
    """The packets of one press, to be sent 20 ms apart; the last one is sent three times (RFC 4733 2.5.1.4).

    All carry the timestamp of the first. Raises ValueError for what is no digit.
    """
    event = DIGITS.index(digit)
    count = max(2, milliseconds // 20)
    packets = [
        DigitPacket(bytes(TelephoneEvent(event, SAMPLES_A_PACKET * number)), begins=number == 1)
        for number in range(1, count + 1)
    ]
    final = DigitPacket(bytes(TelephoneEvent(event, SAMPLES_A_PACKET * (count + 1), end=True)), begins=False)
    return [*packets, *[final] * END_COPIES]
