"""What two ends agreed about one stream of audio: codecs, addresses, direction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.media.addresses import ip_address
from appliance.media.srtp_keys import SrtpKeys

G711_NAMES = ("PCMA", "PCMU")
LAST_PORT = 65535


class Direction(StrEnum):
    """Who sends, from our side: SENDONLY means that only we send (RFC 8866 section 6.7)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def may_send(self) -> bool:
        """Whether we may send audio."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def may_receive(self) -> bool:
        """Whether the far end may send audio to us."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)


@dataclass(frozen=True, slots=True)
class AudioCodec:
    """A codec as one end numbers it.

    `name` is the encoding name of the SDP in any case; `clock_rate` is that of the RTP timestamps (8000 for
    G.722). Raises ValueError when the payload type does not fit in seven bits.
    """

    payload_type: int
    name: str
    clock_rate: int = 8000
    channels: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.payload_type <= 127:
            raise ValueError(f"payload type {self.payload_type} is not between 0 and 127")

    @property
    def key(self) -> tuple[str, int, int]:
        """What makes two codecs the same whatever their numbers."""
        return self.name.upper(), self.clock_rate, self.channels

    @property
    def is_g711(self) -> bool:
        """Whether we can make and read this sound ourselves."""
        return self.name.upper() in G711_NAMES and self.clock_rate == 8000 and self.channels == 1


PCMU = AudioCodec(0, "PCMU")
PCMA = AudioCodec(8, "PCMA")


@dataclass(frozen=True, slots=True)
class BrowserTerms:
    """How a browser's audio is reached and keyed: our ICE name and password, its certificate's digest.

    `hash_name` is sha-256, sha-384 or sha-512, `digest` in capitals with colons. `their_ufrag`: its ICE name.
    """

    ufrag: str
    password: str = field(repr=False)
    their_ufrag: str
    hash_name: str
    digest: str


@dataclass(frozen=True, slots=True)
class MediaAgreement:
    """The outcome of one offer and answer for one stream of audio, seen from our side.

    - `codecs`: every codec both ends accepted, preferred first, with the numbers to use when sending to the
      far end. A bridge passes any of them on; prompts and tones use the first G.711 among them.
    - `remote_host`, `remote_port`: where the far end wants its RTP; an address, never a name. Port 0 or the
      unspecified address: nowhere (the old way to hold a call).
    - `remote_rtcp_port`: None means the port above `remote_port`, or the same with `rtcp_mux`.
    - `dtmf_payload_type`: number of telephone-event (RFC 4733), None when it was not agreed.
    - `receive_payload_types`: pairs (number the far end will use, number of the same format above), for the
      rare answer that numbers a format otherwise than the offer. Those of `codecs` are always understood.
    - `signalling_host`: the address the far end's signalling comes from; its RTP is accepted from there as
      well (RFC 7362). Give it only for a far end that may be behind a NAT.
    - `srtp`: what packets are encrypted by, None for plain RTP.
    - `browser`: the far end is a browser, which finds the way to us itself; `remote_host` and `remote_port`
      mean nothing then, and keys are made with it.
    - `ptime`: milliseconds of sound in each packet that we make.

    Raises ValueError when there is no codec, or an address or a port is not one.
    """

    codecs: tuple[AudioCodec, ...]
    remote_host: str
    remote_port: int
    remote_rtcp_port: int | None = None
    dtmf_payload_type: int | None = None
    direction: Direction = Direction.SENDRECV
    ptime: int = 20
    rtcp_mux: bool = False
    signalling_host: str | None = None
    receive_payload_types: tuple[tuple[int, int], ...] = ()
    srtp: SrtpKeys | None = None
    browser: BrowserTerms | None = None

    def __post_init__(self) -> None:
        if not self.codecs:
            raise ValueError("an agreement needs at least one codec")
        for port in (self.remote_port, self.remote_rtcp_port or 0):
            if not 0 <= port <= LAST_PORT:
                raise ValueError(f"{port} is no port")
        ip_address(self.remote_host)
        if self.signalling_host is not None:
            ip_address(self.signalling_host)

    @property
    def codec(self) -> AudioCodec:
        """The preferred codec."""
        return self.codecs[0]

    @property
    def playable(self) -> AudioCodec | None:
        """The codec for sound that we make ourselves; None when the two ends share no G.711."""
        return next((codec for codec in self.codecs if codec.is_g711), None)

    @property
    def rtcp_port(self) -> int:
        """Where the far end wants its RTCP (RFC 3550 section 11, RFC 3605, RFC 5761); 0: nowhere."""
        if self.remote_rtcp_port is not None:
            return self.remote_rtcp_port
        return self.remote_port if self.rtcp_mux else (self.remote_port + 1) & LAST_PORT

    @property
    def may_send(self) -> bool:
        """Whether we may send, and have somewhere to send to."""
        if self.browser is not None:
            return self.direction.may_send
        return (
            self.direction.may_send
            and self.remote_port != 0
            and not ip_address(self.remote_host).is_unspecified
        )
