"""What two legs tell each other about sound: codecs and direction, free of addresses and ports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from appliance.media.agreement import AudioCodec, BrowserTerms, MediaAgreement
from appliance.media.agreement import Direction as MediaDirection
from appliance.media.srtp_keys import SrtpKeys, SrtpProfile
from appliance.sip.formats import same_format
from appliance.sip.offer_answer import DEFAULT_CODECS, AgreedMedia
from appliance.sip.sdes import AgreedCrypto
from appliance.sip.sdp import Codec, Direction
from appliance.sip.webrtc import AgreedTerms

G711 = frozenset({"PCMA", "PCMU"})


@dataclass(frozen=True, slots=True)
class Sound:
    """What one far side can take or has agreed to, preferred codec first.

    `direction` is seen from that side.
    """

    codecs: tuple[Codec, ...]
    direction: Direction = Direction.SENDRECV


def is_g711(codec: Codec) -> bool:
    """Whether we can make and convert this sound ourselves."""
    return codec.name.upper() in G711 and codec.clock_rate == 8000


def widened(codecs: Iterable[Codec]) -> tuple[Codec, ...]:
    """These codecs, and both kinds of G.711 when one is there: we convert between the two."""
    given = tuple(codecs)
    if not any(is_g711(codec) for codec in given):
        return given
    return (*given, *(codec for codec in DEFAULT_CODECS if all(codec.key != other.key for other in given)))


def preferring(sound: Sound, names: Iterable[str]) -> Sound:
    """The sound in this order of codec names, without the others; as it was when it has none of them."""
    known = {codec.name.upper(): codec for codec in sound.codecs}
    chosen = tuple(known[name] for name in names if name in known)
    return replace(sound, codecs=chosen) if chosen else sound


def meet(one: Iterable[Codec], other: Iterable[Codec]) -> bool:
    """Whether the two have a codec in common, or G.711 of either kind, which we convert."""
    mine, theirs = widened(one), widened(other)
    return any(same_format(codec, each) for codec in mine for each in theirs)


def taken(codecs: Iterable[Codec], other: Iterable[Codec]) -> tuple[Codec, ...]:
    """Which of these codecs reach one that has agreed on `other`: we convert G.711, the rest must match."""
    theirs = widened(other)
    return tuple(codec for codec in codecs if any(same_format(codec, each) for each in theirs))


def shared(offered: Iterable[Codec], other: Iterable[Codec]) -> tuple[Codec, ...]:
    """What of `other`'s codecs is offered too, in `other`'s order; failing that, G.711, which we convert."""
    mine = tuple(offered)
    common = tuple(codec for codec in other if any(same_format(codec, one) for one in mine))
    return common or DEFAULT_CODECS


def agreement(agreed: AgreedMedia, signalling_host: str | None) -> MediaAgreement:
    """The media room's view of what offer and answer came to."""
    return MediaAgreement(
        codecs=tuple(
            AudioCodec(codec.payload_type, codec.name, codec.clock_rate, codec.channels)
            for codec in agreed.codecs
        ),
        remote_host=agreed.remote_host,
        remote_port=agreed.remote_port,
        remote_rtcp_port=agreed.remote_rtcp_port,
        dtmf_payload_type=agreed.dtmf_payload_type,
        direction=MediaDirection(agreed.direction.value),
        ptime=agreed.ptime,
        rtcp_mux=agreed.rtcp_mux,
        signalling_host=signalling_host,
        receive_payload_types=agreed.receive_numbers,
        srtp=_keys(agreed.crypto),
        browser=_browser(agreed.browser),
    )


def _browser(terms: AgreedTerms | None) -> BrowserTerms | None:
    if terms is None:
        return None
    return BrowserTerms(terms.ours.ufrag, terms.ours.password, terms.ufrag, terms.hash_name, terms.digest)


def _keys(crypto: AgreedCrypto | None) -> SrtpKeys | None:
    return SrtpKeys(SrtpProfile(crypto.suite), crypto.ours, crypto.theirs) if crypto is not None else None
