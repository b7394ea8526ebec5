"""The sending side of a port: what is played, given as tone or digits, or relayed from another port."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from appliance.media import g711, samples
from appliance.media.agreement import AudioCodec, MediaAgreement
from appliance.media.dtmf import PAUSE_MS, DigitPacket, digit_packets
from appliance.media.latch import Latch
from appliance.media.rewriter import OutgoingStream
from appliance.media.srtp_keys import SrtpError
from appliance.runtime.media.encryption import Encryption
from appliance.runtime.media.pacer import Pacer
from appliance.runtime.media.sources import Source

LONGEST_PACKET_FRAMES = 3
_PAUSE: tuple[None, ...] = (None,) * (PAUSE_MS // 20)


class PortClosed(RuntimeError):
    """The port was closed while something was going on with it."""


class Playing:
    """A source being played, and who waits for its end."""

    __slots__ = ("done", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def finish(self, error: Exception | None = None) -> None:
        """Let the waiting one go on."""
        if self.done.done():
            return
        if error:
            self.done.set_exception(error)
            # Nobody may be waiting for it any more; that is no mistake to report.
            self.done.exception()
        else:
            self.done.set_result(None)


class Sender:
    """Feeds one outgoing stream from the most urgent of its sources.

    In this order: digits, then a prompt, then a tone, then what a bridge relays; a port that stands alone
    sends silence when there is nothing else, so that the far end, its NAT and its operator see a living
    stream.
    """

    def __init__(
        self,
        sock: socket.socket,
        stream: OutgoingStream,
        latch: Latch,
        pacer: Pacer,
        encryption: Encryption,
    ) -> None:
        self.stream = stream
        self.busy = False
        self.may_send = False
        self.closed = False
        self._plain: Callable[..., int] = sock.sendto
        self._encryption = encryption
        self.send: Callable[..., int] = self._plain
        self.latch = latch
        self._pacer = pacer
        self._agreement: MediaAgreement | None = None
        self._codec: AudioCodec | None = None
        self._frames = 1
        self._relayed = False
        self._digits: deque[DigitPacket | None] = deque()
        self._digits_done: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._urgent: Playing | None = None
        self._clip: Playing | None = None
        self._tone: Source | None = None
        self._last_tick = -1
        self._digit_sent = False

    def agree(self, agreement: MediaAgreement) -> None:
        """Send from now on as agreed."""
        self._agreement = agreement
        self._codec = agreement.playable
        self._frames = min(max(1, agreement.ptime // 20), LONGEST_PACKET_FRAMES)
        self.may_send = agreement.may_send
        self.send = self._send_protected if agreement.srtp or agreement.browser else self._plain
        self._arrange()

    def set_relayed(self, relayed: bool) -> None:
        """Whether another port feeds this one: silence is not sent then."""
        self._relayed = relayed
        self._arrange()

    async def play(self, source: Source) -> None:
        """Play to the end. Raises PortClosed."""
        playing = Playing(source)
        if self.closed:
            raise PortClosed
        if self._clip:
            self._clip.finish()
        self._clip = playing
        self._arrange()
        try:
            await playing.done
        finally:
            if self._clip is playing:
                self._clip = None
                self._arrange()

    def set_tone(self, source: Source | None) -> None:
        """Give a tone until another, or none, is set."""
        self._tone = None if self.closed else source
        self._arrange()

    async def send_digits(self, digits: str) -> None:
        """Send digits as events and return when the last is out. Raises PortClosed."""
        if self.closed:
            raise PortClosed
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.queue_events(digits)
        self._digits_done.append((len(self._digits), done))
        self._arrange()
        await done

    def queue_events(self, digits: str) -> None:
        """Send digits as events after those already waiting."""
        for digit in digits:
            self._digits.extend(digit_packets(digit))
            self._digits.extend(_PAUSE)
        self._arrange()

    async def play_urgently(self, source: Source) -> None:
        """Play before everything else, as digits are that the far end takes as sound. Raises PortClosed."""
        while self._urgent:
            await asyncio.shield(self._urgent.done)
        if self.closed:
            raise PortClosed
        playing = self._urgent = Playing(source)
        self._arrange()
        try:
            await playing.done
        finally:
            self._end_urgent(playing)

    def sound_urgently(self, source: Source) -> None:
        """The same without waiting; dropped when digits are sounding already."""
        if not self._urgent and not self.closed:
            self._urgent = Playing(source)
            self._arrange()

    def close(self) -> None:
        """Stop everything and let those who wait know."""
        self.closed = True
        self.may_send = False
        for playing in (self._clip, self._urgent):
            if playing:
                playing.finish(PortClosed())
        for _, done in self._digits_done:
            if not done.done():
                done.set_exception(PortClosed())
                done.exception()
        self._clip = self._urgent = self._tone = None
        self._digits.clear()
        self._digits_done.clear()
        self._arrange()

    def tick(self, number: int, moment: float) -> None:
        """Send what is due at one tick of the pacer."""
        if self._digits:
            self._send_event(number, moment)
            return
        if number % self._frames:
            return
        sound = self._next_sound()
        if sound is None:
            return
        if not self.may_send or self._codec is None:
            return
        spurt = self._digit_sent or number - self._last_tick != self._frames
        self._last_tick = number
        self._digit_sent = False
        self._send_sound(self._codec, sound, moment, spurt=spurt)

    def _next_sound(self) -> bytes | None:
        for playing in (self._urgent, self._clip):
            if playing:
                sound = playing.source.take(self._frames)
                if sound is not None:
                    return sound
                self._ended(playing)
        if self._tone:
            sound = self._tone.take(self._frames)
            if sound is not None:
                return sound
            self.set_tone(None)
        return None if self._relayed else samples.SILENCE * self._frames

    def _ended(self, playing: Playing) -> None:
        playing.finish()
        if playing is self._clip:
            self._clip = None
        self._end_urgent(playing)
        self._arrange()

    def _end_urgent(self, playing: Playing) -> None:
        if self._urgent is playing:
            self._urgent = None
            self._arrange()

    def _send_sound(self, codec: AudioCodec, sound: bytes, moment: float, *, spurt: bool) -> None:
        payload = g711.encode(codec.name, sound)
        size = len(payload)
        header = self.stream.local_header(codec.payload_type, moment, octets=size, advance=size, spurt=spurt)
        self._transmit(header + payload)

    def _send_event(self, number: int, moment: float) -> None:
        packet = self._digits.popleft()
        agreement = self._agreement
        if packet and agreement and agreement.dtmf_payload_type is not None and self.may_send:
            header = self.stream.local_header(
                agreement.dtmf_payload_type, moment, octets=4, advance=0, spurt=packet.begins
            )
            self._transmit(header + packet.payload)
        self._digit_sent = True
        self._digits_done = deque((left - 1, done) for left, done in self._digits_done)
        while self._digits_done and self._digits_done[0][0] <= 0:
            _, done = self._digits_done.popleft()
            if not done.done():
                done.set_result(None)
        if not self._digits:
            self._arrange()

    def _transmit(self, packet: bytes) -> None:
        try:
            self.send(packet, self.latch.target)
        except OSError:
            pass

    def _send_protected(self, packet: bytes | memoryview, target: object) -> int:
        cipher = self._encryption.sender
        if cipher is None or target is None:
            return 0
        try:
            return self._plain(cipher.rtp(bytes(packet)), target)
        except SrtpError:
            # A packet that came twice from the other side: once is enough, and libsrtp sends none twice.
            return 0

    def _arrange(self) -> None:
        self.busy = bool(self._digits or self._urgent or self._clip or self._tone)
        silence = self.may_send and not self._relayed
        if (self.busy or silence) and not self.closed:
            self._pacer.add(self.tick)
        else:
            self._pacer.remove(self.tick)
