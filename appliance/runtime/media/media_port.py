"""Our end of one leg's audio: two sockets, what is heard on them, what is sent from them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Container
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from appliance.media import tones
from appliance.media.agreement import AudioCodec, BrowserTerms, MediaAgreement
from appliance.media.dtmf import DIGITS, DigitReceiver, DtmfError, clean_digits
from appliance.media.latch import Address, Latch
from appliance.media.reception import Reception
from appliance.media.reporting import INTERVAL_SECONDS, MediaStatistics, Reporter
from appliance.media.rewriter import OutgoingStream
from appliance.media.rtp import HEADER, HEADER_BYTES, RTCP_TYPES, RtpError, payload_bounds
from appliance.media.srtp_keys import SrtpError
from appliance.runtime.media.browser_audio import BrowserAudio
from appliance.runtime.media.encryption import Encryption
from appliance.runtime.media.event_loop import PacketReader
from appliance.runtime.media.pacer import Pacer
from appliance.runtime.media.ports import PortPair
from appliance.runtime.media.recorder import Recorder, RecordingEnd, RecordingLimits
from appliance.runtime.media.recording_files import RecordingThread
from appliance.runtime.media.sender import PortClosed, Sender
from appliance.runtime.media.sources import Clip, Source, Stream

LARGEST_DATAGRAM = 2048
MOST_DIGITS_WAITING = 64


# Told of each packet of G.711 that is heard: the codec's name, the payload, SSRC and timestamp.
Listener = Callable[[str, bytes, int, int], None]


class NotPlayable(RuntimeError):
    """The far end agreed to no codec in which we can make sound."""


class Engine(Protocol):
    """What a port needs of the engine that opened it."""

    clock: Callable[[], float]
    pacer: Pacer
    recordings: RecordingThread
    packets: PacketReader
    addresses: Container[Address]

    def released(self, port: MediaPort) -> None: ...


class Route:
    """Where a bridge sends the packets of one payload type.

    `table` turns one G.711 law into the other; None leaves the payload alone.
    """

    __slots__ = ("clock_rate", "payload_type", "sender", "table")

    def __init__(
        self, sender: Sender, payload_type: int, clock_rate: int, table: bytes | None = None
    ) -> None:
        self.sender = sender
        self.payload_type = payload_type
        self.clock_rate = clock_rate
        self.table = table


class Joint(Protocol):
    """A bridge, as one of its ports sees it."""

    def refresh(self) -> None: ...
    def digit(self, source: MediaPort, digit: str) -> None: ...
    def close(self) -> None: ...


class MediaPort:
    """Our end of one leg's audio. Opened by `MediaEngine.open`, to be closed by who opened it.

    `identity` is the SSRC, first sequence number and first timestamp of what it sends.
    """

    def __init__(self, engine: Engine, pair: PortPair, identity: tuple[int, int, int], cname: str) -> None:
        self.local_address: tuple[str, int] = pair.rtp.getsockname()[:2]
        self.rtcp_port: int = pair.rtcp.getsockname()[1]
        self.agreement: MediaAgreement | None = None
        self.bridge: Joint | None = None
        self.closed = False
        self._engine = engine
        self._clock = engine.clock
        self._pair = pair
        self._browser: BrowserAudio | None = None
        self._latch = Latch(engine.addresses)
        self._rtcp_latch = Latch()
        self.encryption = Encryption()
        stream = OutgoingStream(*identity)
        self.sender = Sender(pair.rtp, stream, self._latch, engine.pacer, self.encryption)
        self._reception = Reception()
        self._reporter = Reporter(cname, stream, self._reception)
        self._next_report = engine.clock() + INTERVAL_SECONDS
        self._codecs: dict[int, AudioCodec] = {}
        self._event_types: frozenset[int] = frozenset()
        self._may_receive = False
        self._routes: dict[int, Route] = {}
        self._digit_receiver = DigitReceiver()
        self._digits: asyncio.Queue[str | None] = asyncio.Queue()
        self._recorder: Recorder | None = None
        self._listener: Listener | None = None
        self._buffer = bytearray(LARGEST_DATAGRAM)
        self._view = memoryview(self._buffer)
        self._receive = pair.rtp.recvfrom_into
        engine.packets.watch(pair.rtp, self._readable)
        engine.packets.watch(pair.rtcp, self._rtcp_readable)

    def agree(self, agreement: MediaAgreement) -> None:
        """Go on as agreed: at the first answer, and again at each change of the session.

        The stream that the far end hears keeps its numbering whatever changes. No-op on a closed port.
        """
        if self.closed:
            return
        self.agreement = agreement
        if agreement.browser is not None:
            self._await_browser(agreement.browser)
        else:
            self._browser = None
            host = agreement.signalling_host
            self._latch.negotiated(agreement.remote_host, agreement.remote_port, host)
            self._rtcp_latch.negotiated(agreement.remote_host, agreement.rtcp_port, host)
            self.encryption.change(agreement.srtp)
        codecs = {codec.payload_type: codec for codec in agreement.codecs}
        numbered = dict(agreement.receive_payload_types)
        self._codecs = codecs | {theirs: codecs[ours] for theirs, ours in numbered.items() if ours in codecs}
        events = {theirs for theirs, ours in numbered.items() if ours == agreement.dtmf_payload_type}
        if agreement.dtmf_payload_type is not None:
            events.add(agreement.dtmf_payload_type)
        self._event_types = frozenset(events)
        self._may_receive = agreement.direction.may_receive
        self._reception.clock_rate = agreement.codec.clock_rate
        self.sender.agree(agreement)
        if self.bridge:
            self.bridge.refresh()

    def _await_browser(self, terms: BrowserTerms) -> None:
        """Answer the checks of a browser and make keys with it, unless it is the one there was before."""
        if self._browser is not None and self._browser.terms == terms:
            return
        self.encryption.await_keys()
        self._browser = BrowserAudio(
            terms,
            self._pair.rtp,
            lambda way: self._latch.negotiated(way[0], way[1]),
            self.encryption.change,
        )

    async def play(self, audio: bytes | AsyncIterator[bytes], *, loop: bool = False) -> None:
        """Play PCM (8000 Hz, mono, 16 bits little-endian); returns when its last frame has been sent.

        Cancelled, it stops at once; another `play` ends it. While nothing may be sent (before the first
        agreement, or on hold) time passes all the same. Raises NotPlayable and PortClosed.
        """
        self._require_playable()
        if isinstance(audio, bytes):
            await self.sender.play(Clip(audio, loop=loop))
            return
        stream = Stream()
        feeding = asyncio.create_task(stream.feed(audio))
        try:
            await self.sender.play(stream)
        finally:
            feeding.cancel()
        if feeding.done():
            feeding.result()

    async def play_tone(self, name: str, country: str = "FR") -> None:
        """Give one pass of a tone, to its end. Raises as `play`, and ValueError for another name."""
        await self.play(tones.tone_sound(tones.tone(name, country)))

    def start_tone(self, name: str, country: str = "FR") -> None:
        """Give "ringback", "busy", "congestion" or "dial" until it is stopped, or "beep" once.

        What is played meanwhile goes first. Raises ValueError for another name.
        """
        tone = tones.tone(name, country)
        self.sender.set_tone(Clip(tones.tone_sound(tone), loop=tone.repeats))

    def stop_tone(self) -> None:
        """End the tone, if there is one."""
        self.sender.set_tone(None)

    async def next_digit(self) -> str:
        """Wait for the next digit (0-9, *, #, A-D). Raises PortClosed."""
        if self.closed:
            raise PortClosed
        digit = await self._digits.get()
        if digit is None:
            self._digits.put_nowait(None)
            raise PortClosed
        return digit

    def inject_digit(self, digit: str) -> None:
        """Take a digit that came by signalling (INFO). Raises ValueError for what is none."""
        if len(digit) != 1 or digit not in DIGITS:
            raise ValueError(f"{digit!r} is not a digit of a telephone keypad")
        self._digit(digit)
        if self.bridge:
            self.bridge.digit(self, digit)

    def forget_digits(self) -> None:
        """Drop the digits pressed so far that nobody waited for."""
        while not self._digits.empty() and not self.closed:
            self._digits.get_nowait()

    async def send_digits(self, digits: str) -> None:
        """Send digits, as events where the far end takes them and as tones otherwise; returns after the last.

        Raises ValueError for what is no digit, NotPlayable and PortClosed.
        """
        digits = clean_digits(digits)
        if not digits:
            return
        if self.agreement and self.agreement.dtmf_payload_type is not None:
            await self.sender.send_digits(digits)
            return
        self._require_playable()
        await self.sender.play_urgently(_digits_clip(digits))

    def pass_digit(self, digit: str) -> None:
        """Send one digit without waiting, for a bridge whose other end speaks of digits in another way."""
        if self.agreement and self.agreement.dtmf_payload_type is not None:
            self.sender.queue_events(digit)
        elif self.agreement and self.agreement.playable:
            self.sender.sound_urgently(_digits_clip(digit))

    async def record(
        self, path: Path, *, max_seconds: float, silence_seconds: float, stop_digits: str = "#"
    ) -> RecordingEnd:
        """Record the far end into a WAVE file that can be read at any moment, until one of the limits.

        Cancelled, or when the port is closed, the file is complete before this is left. The disk is only
        touched by a thread. Raises OSError when the file can't be written, PortClosed, and RuntimeError
        when a recording is going on.
        """
        if self.closed:
            raise PortClosed
        if self._recorder:
            raise RuntimeError("this port is being recorded already")
        limits = RecordingLimits(max_seconds, silence_seconds, stop_digits)
        recorder = self._recorder = Recorder(self._engine.recordings, path, limits, self._clock())
        self._engine.pacer.add(recorder.tick)
        try:
            await recorder.ended.wait()
        except asyncio.CancelledError:
            with suppress(OSError):
                await self._finish(recorder)
            raise
        return await self._finish(recorder)

    async def _finish(self, recorder: Recorder) -> RecordingEnd:
        self._recorder = None
        self._engine.pacer.remove(recorder.tick)
        return await recorder.finish(self._clock())

    @property
    def statistics(self) -> MediaStatistics:
        """The figures at present."""
        found = self._reporter.statistics(self._clock(), self._latch.strangers)
        cipher = self.encryption
        if cipher.sender is None:
            return found
        return replace(found, encrypted=True, undeciphered=cipher.refused)

    @property
    def seconds_since_heard(self) -> float | None:
        """How long ago the far end last sent anything; None when it never has."""
        return self.statistics.seconds_since_received

    def set_routes(self, routes: dict[int, Route], bridge: Joint | None) -> None:
        """Join the bridge, or leave it with None: where each payload type heard here goes."""
        self.bridge = bridge
        self._routes = routes
        # Packets may have been held back until now: the far end shall not take them for lost.
        self.sender.stream.restart_source()
        self.sender.set_relayed(bridge is not None)

    def listen(self, listener: Listener | None) -> None:
        """Have every packet of G.711 that is heard told, or none any more."""
        self._listener = listener

    @property
    def receivable(self) -> dict[int, AudioCodec]:
        """The codecs the far end may send, by its numbers."""
        return self._codecs

    @property
    def event_types(self) -> frozenset[int]:
        """The payload types the far end may use for digits."""
        return self._event_types

    def report_if_due(self, now: float) -> None:
        """Send the RTCP report once its time has come (RFC 3550 section 6.2); a handshake goes on."""
        if self._browser is not None:
            self._browser.tick()
        if now < self._next_report:
            return
        # Spread by the identity of the stream, so that the reports of many calls don't come together.
        self._next_report = now + INTERVAL_SECONDS * (0.8 + 0.4 * (self.sender.stream.ssrc % 97) / 96)
        self._send_rtcp(self._reporter.report(now))

    def close(self) -> None:
        """Free the sockets and end whatever is going on; may be called again."""
        if self.closed:
            return
        if self.bridge:
            self.bridge.close()
        self._send_rtcp(self._reporter.goodbye())
        self.closed = True
        self.sender.close()
        if self._recorder:
            self._recorder.stop("closed")
        self._digits.put_nowait(None)
        self._engine.packets.unwatch(self._pair.rtp)
        self._engine.packets.unwatch(self._pair.rtcp)
        self._pair.close()
        self._engine.released(self)

    def _require_playable(self) -> None:
        if self.agreement and self.agreement.playable is None:
            raise NotPlayable(f"agreed: {', '.join(codec.name for codec in self.agreement.codecs)}")

    def _readable(self) -> bool:
        """Read one packet; returns whether nobody need hear of it (see `PacketReader`)."""
        # Every packet of every call comes through here: what could be a function of its own is written out.
        try:
            size, source = self._receive(self._buffer)
        except OSError:
            # Nothing there after all, or an ICMP error: the far end may come back.
            return True
        packet = self._buffer
        if size < HEADER_BYTES or packet[0] & 0xC0 != 0x80:
            if self._browser is not None and size:
                self._browser.received(bytes(self._view[:size]), source)
            return True
        header = HEADER.unpack_from(packet)
        _, second, sequence, timestamp, ssrc = header
        payload_type = second & 0x7F
        route = self._routes.get(payload_type)
        is_event = payload_type in self._event_types
        if route is None and not is_event and payload_type not in self._codecs:
            if second in RTCP_TYPES:
                self._shared_rtcp(size, source)
            return True
        if self.encryption.receiver is not None and not (size := self.encryption.open(self._view, size)):
            return True
        if not self._latch.accepts(source):
            return True
        now = self._clock()
        self._reception.arrived(ssrc, sequence, timestamp, size - HEADER_BYTES, now)
        if not self._may_receive:
            return True
        if is_event or self._recorder or self._listener:
            self._heard(payload_type, ssrc, timestamp, size, now)
        if route is None or (route.table is not None and not self._convert(size, route.table)):
            return not is_event
        sender = route.sender
        if sender.busy or not sender.may_send:
            return not is_event
        sender.stream.relay(packet, size, header, route.payload_type, now, route.clock_rate)
        try:
            sender.send(self._view[:size], sender.latch.target)
        except OSError:
            # Unreachable for now, or the buffer is full: a lost packet, as the network may lose one.
            pass
        return not is_event

    def _convert(self, size: int, table: bytes) -> bool:
        try:
            start, end = payload_bounds(self._buffer, size)
        except RtpError:
            return False
        self._buffer[start:end] = self._buffer[start:end].translate(table)
        return True

    def _heard(self, payload_type: int, ssrc: int, timestamp: int, size: int, now: float) -> None:
        try:
            start, end = payload_bounds(self._buffer, size)
            if payload_type in self._event_types:
                digit = self._digit_receiver.receive(ssrc, timestamp, self._view[start:end])
                if digit:
                    self._digit(digit)
                    if self.bridge and payload_type not in self._routes:
                        self.bridge.digit(self, digit)
                return
        except (RtpError, DtmfError):
            return
        codec = self._codecs.get(payload_type)
        if codec is None or not codec.is_g711:
            return
        payload = bytes(self._buffer[start:end])
        if self._recorder:
            self._recorder.packet(codec.name, payload, ssrc, timestamp, now)
        if self._listener:
            self._listener(codec.name, payload, ssrc, timestamp)

    def _digit(self, digit: str) -> None:
        if self._recorder and self._recorder.digit(digit):
            return
        if self._digits.qsize() < MOST_DIGITS_WAITING:
            self._digits.put_nowait(digit)

    def _rtcp_readable(self) -> bool:
        try:
            size, source = self._pair.rtcp.recvfrom_into(self._buffer)
        except OSError:
            return True
        if size >= 4 and self._buffer[1] in RTCP_TYPES:
            self._report_arrived(bytes(self._buffer[:size]), self._rtcp_latch, source)
        return True

    def _shared_rtcp(self, size: int, source: Address) -> None:
        if self.agreement and self.agreement.rtcp_mux:
            self._report_arrived(bytes(self._buffer[:size]), self._latch, source)

    def _report_arrived(self, data: bytes, latch: Latch, source: Address) -> None:
        report = self.encryption.open_report(data)
        if report and latch.accepts(source):
            self._reporter.received(report, self._clock())

    def _send_rtcp(self, report: bytes | None) -> None:
        agreement = self.agreement
        if report is None or agreement is None or agreement.remote_port == 0:
            return
        mux = agreement.rtcp_mux
        sock = self._pair.rtp if mux else self._pair.rtcp
        target = self._latch.target if mux else self._rtcp_latch.target
        if target is None:
            return
        try:
            sock.sendto(self.encryption.protect_report(report), target)
        except (OSError, SrtpError):
            pass


def _digits_clip(digits: str) -> Source:
    return Clip(b"".join(map(tones.digit_sound, digits)))
