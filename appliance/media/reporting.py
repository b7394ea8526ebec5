"""Reports of one port: what it tells the far end by RTCP, and what the far end told it."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.media.reception import Reception, ReceptionReport
from appliance.media.rewriter import OutgoingStream
from appliance.media.rtcp import (
    Compound,
    Report,
    RtcpError,
    SenderInfo,
    build_rtcp,
    middle_bits,
    ntp_time,
    parse_rtcp,
    round_trip,
)

INTERVAL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class MediaStatistics:
    """How one leg's audio fares. Octets are of payload; `remote_` values are what the far end reported.

    `undeciphered` counts packets that could not be opened with the key that was agreed on.
    """

    packets_sent: int = 0
    octets_sent: int = 0
    packets_received: int = 0
    octets_received: int = 0
    lost: int = 0
    jitter_ms: float = 0.0
    strangers: int = 0
    remote_lost: int | None = None
    remote_jitter_ms: float | None = None
    round_trip_ms: float | None = None
    seconds_since_received: float | None = None
    encrypted: bool = False
    undeciphered: int = 0


class Reporter:
    """Builds and reads the RTCP of one port.

    `now` is in seconds on the monotonic clock, and serves as the reference clock of the sender reports:
    only its differences mean anything (RFC 3550 section 4 allows it), and it never jumps when the time of
    day is set.
    """

    __slots__ = (
        "_last_sr",
        "_last_sr_at",
        "_packets_reported",
        "cname",
        "reception",
        "remote",
        "round_trip",
        "stream",
    )

    def __init__(self, cname: str, stream: OutgoingStream, reception: Reception) -> None:
        self.cname = cname
        self.stream = stream
        self.reception = reception
        self.remote: ReceptionReport | None = None
        self.round_trip: float | None = None
        self._last_sr = 0
        self._last_sr_at = 0.0
        self._packets_reported = 0

    def report(self, now: float) -> bytes | None:
        """The report due: a sender's if something was sent since the last; None with nothing to say."""
        block = self._reception_report(now)
        if block is None and not self.stream.packets:
            return None
        sender = None
        if self.stream.packets != self._packets_reported:
            self._packets_reported = self.stream.packets
            sender = SenderInfo(
                ntp_time(now), self.stream.timestamp_at(now), self.stream.packets, self.stream.octets
            )
        report = Report(self.stream.ssrc, sender, (block,) if block else ())
        return build_rtcp(Compound((report,), self.cname))

    def goodbye(self) -> bytes | None:
        """The last packet of a stream that is over; None when it never began."""
        if not self.stream.packets:
            return None
        return build_rtcp(Compound((Report(self.stream.ssrc),), self.cname, (self.stream.ssrc,)))

    def received(self, data: bytes, now: float) -> None:
        """Take in what the far end reports. Never raises: what cannot be read changes nothing."""
        try:
            compound = parse_rtcp(data)
        except RtcpError:
            return
        for report in compound.reports:
            if report.sender:
                self._last_sr = middle_bits(report.sender.ntp)
                self._last_sr_at = now
            for block in report.receptions:
                if block.ssrc == self.stream.ssrc:
                    self.remote = block
                    trip = round_trip(block, ntp_time(now))
                    self.round_trip = self.round_trip if trip is None else trip

    def statistics(self, now: float, strangers: int = 0) -> MediaStatistics:
        """The figures at present."""
        reception, remote = self.reception, self.remote
        heard = reception.last_arrival
        return MediaStatistics(
            packets_sent=self.stream.packets,
            octets_sent=self.stream.octets,
            packets_received=reception.packets,
            octets_received=reception.octets,
            lost=reception.lost,
            jitter_ms=reception.jitter_ms,
            strangers=strangers,
            remote_lost=remote.lost if remote else None,
            remote_jitter_ms=remote.jitter * 1000 / reception.clock_rate if remote else None,
            round_trip_ms=self.round_trip * 1000 if self.round_trip is not None else None,
            seconds_since_received=now - heard if heard is not None else None,
        )

    def _reception_report(self, now: float) -> ReceptionReport | None:
        delay = int((now - self._last_sr_at) * 65536) & 0xFFFFFFFF if self._last_sr else 0
        return self.reception.report(self._last_sr, delay)
