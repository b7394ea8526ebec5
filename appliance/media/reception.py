"""Reception of one RTP stream: packets lost, repeated and late, and the jitter (RFC 3550 appendix A)."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.media.rewriter import MAX_DROPOUT, MAX_MISORDER


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """What a receiver says of a source (RFC 3550 section 6.4.1).

    `fraction_lost` is of 256 since the last report, `lost` since the start, `jitter` in timestamp units,
    `last_sr` and `delay_since_last_sr` in units of 1/65536 s.
    """

    ssrc: int
    fraction_lost: int
    lost: int
    highest_sequence: int
    jitter: int
    last_sr: int = 0
    delay_since_last_sr: int = 0


class Reception:
    """Counts what arrives of one stream; starts again when the source does, keeping the totals."""

    __slots__ = (
        "_base",
        "_cycles",
        "_expected_before",
        "_lost_before",
        "_received_before",
        "_received_here",
        "_report_expected",
        "_transit",
        "clock_rate",
        "highest",
        "jitter",
        "last_arrival",
        "octets",
        "packets",
        "ssrc",
    )

    def __init__(self, clock_rate: int = 8000) -> None:
        self.clock_rate = clock_rate
        self.ssrc: int | None = None
        self.packets = 0
        self.octets = 0
        self.jitter = 0.0
        self.highest = 0
        self.last_arrival: float | None = None
        self._base = 0
        self._cycles = 0
        self._transit: float | None = None
        self._received_here = 0
        self._lost_before = 0
        self._report_expected = 0
        self._received_before = 0
        self._expected_before = 0

    def arrived(self, ssrc: int, sequence: int, timestamp: int, octets: int, now: float) -> None:
        """Count one packet, with `octets` of payload, that arrived at `now` seconds."""
        self.packets += 1
        self.octets += octets
        self.last_arrival = now
        step = (sequence - self.highest) & 0xFFFF
        if ssrc != self.ssrc or MAX_DROPOUT < step < 0x10000 - MAX_MISORDER:
            self._begin(ssrc, sequence)
        elif 0 < step <= MAX_DROPOUT:
            if sequence < self.highest:
                self._cycles += 0x10000
            self.highest = sequence
        self._received_here += 1
        transit = now * self.clock_rate - timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            # A difference of seconds is a source that paused or restarted its timestamps, not the network.
            if difference < 4 * self.clock_rate:
                self.jitter += (difference - self.jitter) / 16
        self._transit = transit

    @property
    def lost(self) -> int:
        """Packets that should have arrived and did not, since the start; never negative."""
        return self._lost_before + max(0, self._expected_here() - self._received_here)

    @property
    def jitter_ms(self) -> float:
        """The jitter in milliseconds."""
        return self.jitter * 1000 / self.clock_rate

    def report(self, last_sr: int = 0, delay_since_last_sr: int = 0) -> ReceptionReport | None:
        """The report block for the time since the one before; None when nothing was ever received."""
        if self.ssrc is None:
            return None
        expected = self._expected_before + self._expected_here()
        interval_expected = expected - self._report_expected
        interval_lost = interval_expected - (self.packets - self._received_before)
        self._report_expected = expected
        self._received_before = self.packets
        fraction = (
            (interval_lost << 8) // interval_expected if interval_lost > 0 and interval_expected > 0 else 0
        )
        return ReceptionReport(
            ssrc=self.ssrc,
            fraction_lost=min(fraction, 255),
            lost=min(self.lost, 0x7FFFFF),
            highest_sequence=(self._cycles + self.highest) & 0xFFFFFFFF,
            jitter=int(self.jitter) & 0xFFFFFFFF,
            last_sr=last_sr,
            delay_since_last_sr=delay_since_last_sr,
        )

    def _begin(self, ssrc: int, sequence: int) -> None:
        self._expected_before += self._expected_here()
        self._lost_before = self.lost
        self.ssrc = ssrc
        self.highest = self._base = sequence
        self._cycles = 0
        self._received_here = 0
        self._transit = None

    def _expected_here(self) -> int:
        if self.ssrc is None:
            return 0
        return self._cycles + self.highest - self._base + 1
