"""One continuous outgoing RTP stream, whatever it is made of: relayed packets, prompts, tones, digits.

The far end sees one synchronisation source for the whole call. When what feeds the stream changes, numbers
and timestamps go on where they were, the time that passed is in the timestamps, and the marker bit is set.
"""

from __future__ import annotations

from appliance.media.rtp import HEADER, MARKER, PLAIN_FIRST_BYTE

# RFC 3550 appendix A.1: a jump of this many packets is a source that started anew.
MAX_DROPOUT = 3000
MAX_MISORDER = 100
LOCAL = -1

# The five fields of an RTP header as `rtp.HEADER` unpacks them.
Header = tuple[int, int, int, int, int]


class OutgoingStream:
    """The numbering of what one port sends.

    `now` is in seconds on any clock that only goes forward. `packets` and `octets` (of payload) count what
    was numbered, for the sender reports of RTCP.
    """

    __slots__ = (
        "_sequence_offset",
        "_source",
        "_source_sequence",
        "_timestamp_offset",
        "octets",
        "packets",
        "sequence",
        "ssrc",
        "stamped_at",
        "timestamp",
    )

    def __init__(self, ssrc: int, sequence: int, timestamp: int) -> None:
        self.ssrc = ssrc
        self.sequence = sequence
        self.timestamp = timestamp
        # When `timestamp` was the present: the packets of one digit share a timestamp, so not the last
        # packet's time.
        self.stamped_at: float | None = None
        self.packets = 0
        self.octets = 0
        self._source: int | None = None
        self._source_sequence = 0
        self._sequence_offset = 0
        self._timestamp_offset = 0

    def relay(
        self,
        packet: bytearray,
        size: int,
        header: Header,
        payload_type: int,
        now: float,
        clock_rate: int = 8000,
    ) -> None:
        """Renumber in place the RTP packet in the first `size` bytes; `header` is its header as unpacked."""
        first, second, sequence, timestamp, ssrc = header
        marker = second & MARKER
        step = (sequence - self._source_sequence) & 0xFFFF
        if ssrc != self._source or MAX_DROPOUT < step < 0x10000 - MAX_MISORDER:
            marker = MARKER
            self._sequence_offset = self.sequence + 1 - sequence
            self._timestamp_offset = self._resumed(now, clock_rate) - timestamp
            self.stamped_at = now
            self._source = ssrc
            step = 1
        sent = (sequence + self._sequence_offset) & 0xFFFF
        sent_timestamp = (timestamp + self._timestamp_offset) & 0xFFFFFFFF
        if step < 0x8000:
            self._source_sequence = sequence
            self.sequence = sent
            if sent_timestamp != self.timestamp:
                self.timestamp = sent_timestamp
                self.stamped_at = now
        self.packets += 1
        self.octets += size - 12
        HEADER.pack_into(packet, 0, first, marker | payload_type, sent, sent_timestamp, self.ssrc)

    def local_header(
        self,
        payload_type: int,
        now: float,
        *,
        octets: int,
        advance: int,
        spurt: bool = False,
        clock_rate: int = 8000,
    ) -> bytes:
        """The header of the next packet of our own.

        `advance` is how many samples later than the packet before it begins (0 repeats its timestamp, as
        the packets of one digit do); `spurt` starts a talk-spurt at the present time: `advance` is not used
        then.
        """
        if self._source != LOCAL:
            self._source = LOCAL
            spurt = True
        if spurt:
            self.timestamp = self._resumed(now, clock_rate)
            self.stamped_at = now
        elif advance:
            self.timestamp = (self.timestamp + advance) & 0xFFFFFFFF
            self.stamped_at = now
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.packets += 1
        self.octets += octets
        second = payload_type | (MARKER if spurt else 0)
        return HEADER.pack(PLAIN_FIRST_BYTE, second, self.sequence, self.timestamp, self.ssrc)

    def restart_source(self) -> None:
        """Treat the next packet as the first of a new source."""
        self._source = None

    def timestamp_at(self, now: float, clock_rate: int = 8000) -> int:
        """The timestamp of the present moment, for a sender report."""
        if self.stamped_at is None:
            return self.timestamp
        return (self.timestamp + int((now - self.stamped_at) * clock_rate)) & 0xFFFFFFFF

    def _resumed(self, now: float, clock_rate: int) -> int:
        if self.stamped_at is None:
            return self.timestamp
        frame = clock_rate // 50
        # Whole frames: receivers that step by frames then need not resample their play-out.
        passed = max(1, round((now - self.stamped_at) * 50)) * frame
        return (self.timestamp + passed) & 0xFFFFFFFF
