"""Offer and answer about one stream of audio (RFC 3264), plain or encrypted; every other stream refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import ip_address

from appliance.sip.formats import identity, same_format
from appliance.sip.sdes import (
    OFFERED_SUITES,
    PLAIN_PROFILES,
    SECURE_PROFILES,
    AgreedCrypto,
    Crypto,
    Encryption,
    own_key,
    own_lines,
    readable,
)
from appliance.sip.sdp import (
    STATIC_NUMBERS,
    Attribute,
    Codec,
    Direction,
    Media,
    Origin,
    SdpError,
    SessionDescription,
    is_unspecified,
)
from appliance.sip.webrtc import PROFILES as BROWSER_PROFILES
from appliance.sip.webrtc import (
    AgreedTerms,
    OwnTerms,
    agreed_terms,
    is_browser_audio,
    media_attributes,
    session_attributes,
)

PCMU = Codec(0, "PCMU")
PCMA = Codec(8, "PCMA")
DEFAULT_CODECS = (PCMA, PCMU)

UNSPECIFIED = "0.0.0.0"
_DIGITS_NUMBER = 101
_DIGITS_FMTP = "0-16"
_MOST_CODECS = 32
_DYNAMIC = range(96, 128)
_SPARE = range(35, 64)
_PTIMES = (10, 20, 30, 40, 60)


@dataclass(frozen=True, slots=True)
class LocalAudio:
    """What our end offers or can take: where it listens, codecs (preferred first), direction, ptime in ms.

    `codecs` without telephone-event, which `digits` stands for. To pass another leg's codecs
    through, give them as that leg described them: names and parameters count, numbers are wishes.
    `prefer_ours`: the answer follows our order of codecs instead of the offer's. `secret`: what our keys are
    made of, the same for all of a session; without one nothing is encrypted. `suites`: those of our offers.
    `browser`: the peer is a browser, to which all we offer is encrypted its way.
    """

    host: str
    port: int
    codecs: tuple[Codec, ...] = DEFAULT_CODECS
    rtcp_port: int | None = None
    digits: bool = True
    direction: Direction = Direction.SENDRECV
    ptime: int = 20
    rtcp_mux: bool = False
    prefer_ours: bool = False
    encryption: Encryption = Encryption.ACCEPTED
    secret: bytes = field(default=b"", repr=False)
    suites: tuple[str, ...] = OFFERED_SUITES
    browser: OwnTerms | None = None

    @property
    def offers_encryption(self) -> bool:
        """Whether an offer of ours asks for encrypted audio."""
        return bool(self.secret) and self.encryption.offers and self.browser is None


@dataclass(frozen=True, slots=True)
class AgreedMedia:
    """What offer and answer came to, seen from our side.

    `codecs`: all sound codecs both ends take, preferred first, numbered as we must send them.
    `receive_numbers`: pairs (number the far end sends, number in `codecs` or of digits) where the two
    differ. `remote_host` is an address; unspecified or port 0 means the far end hears nothing.
    `remote_rtcp_port` is None for the usual one (the next port, or the same with `rtcp_mux`).
    `direction`: SENDONLY means that only we send. `ptime`: ms of sound in a packet we send.
    """

    codecs: tuple[Codec, ...]
    dtmf_payload_type: int | None
    remote_host: str
    remote_port: int
    remote_rtcp_port: int | None = None
    direction: Direction = Direction.SENDRECV
    ptime: int = 20
    rtcp_mux: bool = False
    receive_numbers: tuple[tuple[int, int], ...] = ()
    crypto: AgreedCrypto | None = None
    browser: AgreedTerms | None = None

    @property
    def codec(self) -> Codec:
        """The preferred codec."""
        return self.codecs[0]

    @property
    def on_hold(self) -> bool:
        """Whether the far end does not want to hear us."""
        return not self.direction.sends


def audio_of(description: SessionDescription) -> Media | None:
    """The stream of audio that would be taken: the first live one of RTP that we can read with a codec."""
    return next((media for media in description.media if _is_readable(media) and _sound(media)), None)


def _is_readable(media: Media) -> bool:
    """Whether it is live audio, plain or encrypted in a way that we know."""
    if media.kind != "audio" or not media.port:
        return False
    return (
        media.protocol in PLAIN_PROFILES
        or is_browser_audio(media)
        or (media.protocol in SECURE_PROFILES and bool(readable(media.crypto)))
    )


def remote_direction(description: SessionDescription, media: Media) -> Direction:
    """What the far end does with the stream; an unspecified address means that it hears nothing (8.4)."""
    direction = description.direction_of(media)
    # Browsers write that address while they look for theirs.
    if not is_browser_audio(media) and is_unspecified(description.address_of(media)):
        return Direction.of(direction.sends, False)
    return direction


def offered_codecs(description: SessionDescription) -> tuple[Codec, ...]:
    """The sound codecs of the stream of audio, preferred first: what to offer to another leg. () for none."""
    media = audio_of(description)
    return _sound(media) if media is not None else ()


def offers_encryption(description: SessionDescription) -> bool:
    """Whether an audio stream brings a key that we can use."""
    return any(
        _is_readable(media) and (is_browser_audio(media) or readable(media.crypto))
        for media in description.media
    )


def _sound(media: Media) -> tuple[Codec, ...]:
    """Codecs that carry sound by themselves: neither digits nor comfort noise nor redundancy."""
    return tuple([codec for codec in media.codecs if codec.name.upper() not in _NOT_SOUND][:_MOST_CODECS])


_NOT_SOUND = frozenset({"TELEPHONE-EVENT", "CN", "RED", "ULPFEC", "RTX", "PARITYFEC", "T140"})


def build_offer(
    local: LocalAudio, session_id: int, version: int = 1, previous: SessionDescription | None = None
) -> SessionDescription:
    """An offer of one stream of audio.

    In a session that runs give the description we sent last as `previous`: its streams keep their
    places (those that are not ours with port 0) and its codecs their numbers (8.2, 8.3.2); use a
    higher `version`. Audio that is encrypted stays so when `local` offers it.
    """
    wanted = [*local.codecs, *(_digit_codecs(local.codecs) if local.digits else ())]
    profile = SECURE_PROFILES[0] if local.offers_encryption else PLAIN_PROFILES[0]
    if local.browser is not None:
        profile = BROWSER_PROFILES[0]
    audio = _local_media(local, profile, _assign_numbers(wanted, previous))
    if local.offers_encryption:
        audio = _with_crypto(audio, own_lines(local.secret, local.suites))
    mid: str | None = None
    if local.browser is not None:
        ours = _our_place(previous) if previous is not None else None
        mid = (previous.media[ours].attribute("mid") if previous and ours is not None else None) or "0"
        audio = _with_browser(audio, local, mid, answers=False)
    if previous is None:
        media: tuple[Media, ...] = (audio,)
    else:
        ours = _our_place(previous)
        media = tuple([audio if at == ours else _refused(old) for at, old in enumerate(previous.media)])
        if ours is None:
            media = (*media, audio)
        else:
            protocol = previous.media[ours].protocol
            media = tuple([replace(m, protocol=protocol) if m is audio else m for m in media])
    return _describe(local, session_id, version, media, mid=mid)


def _our_place(previous: SessionDescription) -> int | None:
    audio = [at for at, media in enumerate(previous.media) if media.kind == "audio"]
    live = [at for at in audio if previous.media[at].port]
    return next(iter(live or audio), None)


def _digit_codecs(codecs: Iterable[Codec]) -> list[Codec]:
    """telephone-event at 8000 Hz, and at the clock rate of every codec that has another (RFC 4733 2.1)."""
    rates = [8000, *sorted({codec.clock_rate for codec in codecs} - {8000})]
    return [Codec(_DIGITS_NUMBER, "telephone-event", rate, 1, _DIGITS_FMTP) for rate in rates]


def _assign_numbers(wanted: Iterable[Codec], previous: SessionDescription | None) -> list[Codec]:
    """Every codec with a number of its own: as before in this session, static, as wished, or a free one."""
    before: dict[int, Codec] = {}
    for media in previous.media if previous is not None else ():
        if media.kind == "audio":
            before.update({codec.payload_type: codec for codec in media.codecs})
    old_numbers = {identity(codec): number for number, codec in before.items()}
    taken = set(before)
    result: list[Codec] = []
    for codec in wanted:
        number = old_numbers.get(identity(codec))
        if number is None:
            number = STATIC_NUMBERS.get(codec.key)
        if number is None:
            number = _free_number(codec.payload_type, taken)
        taken.add(number)
        if all(number != other.payload_type for other in result):
            result.append(replace(codec, payload_type=number))
    return result


def _free_number(wish: int, taken: set[int]) -> int:
    if wish in _DYNAMIC and wish not in taken:
        return wish
    free = (set(_DYNAMIC) | set(_SPARE)) - taken
    if not free:
        raise SdpError("Too many codecs", 488)
    return min(free & set(_DYNAMIC) or free)


def negotiate(
    offer: SessionDescription, local: LocalAudio, session_id: int, version: int = 1
) -> tuple[SessionDescription, AgreedMedia]:
    """Our answer and what is agreed with it; SdpError with status 488 when no stream of audio can be taken.

    The first stream of audio that shares a codec with us is taken, an encrypted one before a plain one
    where we want that; all others are refused with port 0 in their places. Codecs keep the offer's
    numbers, and its order unless `local.prefer_ours`.
    """
    for place, crypto in _takeable(offer, local):
        media = offer.media[place]
        accepted = _accepted(media, local)
        if accepted:
            agreed = _agree(offer, media, accepted, _accepted_digits(media, accepted, local), local)
            agreed = replace(agreed, crypto=_agreed_crypto(crypto, local))
            ours = _answer_media(media, agreed, accepted, local)
            if is_browser_audio(media):
                assert local.browser is not None
                agreed = replace(agreed, browser=agreed_terms(offer, media, local.browser))
                ours = _with_browser(ours, local, media.attribute("mid"), answers=True)
            elif crypto is not None:
                ours = _with_crypto(
                    ours, [str(Crypto(crypto.tag, crypto.suite, own_key(local.secret, crypto.suite)))]
                )
            streams = [ours if at == place else _refused(other) for at, other in enumerate(offer.media)]
            mid = ours.attribute("mid")
            answer = _describe(local, session_id, version, tuple(streams), offer.times, mid=mid)
            return answer, agreed
    raise SdpError("No stream of audio that we can take", 488)


def _takeable(offer: SessionDescription, local: LocalAudio) -> list[tuple[int, Crypto | None]]:
    """The places of the streams that could be taken, and what each would be encrypted by, best first."""
    found: list[tuple[int, Crypto | None]] = []
    for place, media in enumerate(offer.media):
        if not _is_readable(media):
            continue
        if is_browser_audio(media):
            if local.browser is not None:
                found.append((place, None))
            continue
        keys = readable(media.crypto) if local.secret else []
        if media.protocol in PLAIN_PROFILES and local.encryption is Encryption.NEVER:
            keys = []
        if keys or (media.protocol in PLAIN_PROFILES and local.encryption is not Encryption.REQUIRED):
            found.append((place, keys[0] if keys else None))
    plain_first = local.encryption is Encryption.NEVER
    return sorted(found, key=lambda each: (each[1] is None) is not plain_first)


def _agreed_crypto(theirs: Crypto | None, local: LocalAudio) -> AgreedCrypto | None:
    if theirs is None:
        return None
    return AgreedCrypto(theirs.suite, own_key(local.secret, theirs.suite), theirs.key)


def _with_browser(media: Media, local: LocalAudio, mid: str | None, *, answers: bool) -> Media:
    assert local.browser is not None
    more = media_attributes(local.browser, local.host, local.port, mid, answers=answers)
    return replace(media, attributes=(*more, *media.attributes))


def _with_crypto(media: Media, lines: Iterable[str]) -> Media:
    return replace(media, attributes=(*(("crypto", line) for line in lines), *media.attributes))


def _accepted(media: Media, local: LocalAudio) -> list[Codec]:
    """The offer's codecs that we can take, with our parameters."""
    ours = list(local.codecs)
    accepted: list[Codec] = []
    for codec in _sound(media):
        match = next((mine for mine in ours if same_format(mine, codec)), None)
        if match is not None:
            accepted.append(codec if codec.fmtp == match.fmtp else replace(codec, fmtp=match.fmtp))
    if local.prefer_ours:
        order = {codec.key: at for at, codec in reversed(list(enumerate(ours)))}
        accepted.sort(key=lambda codec: order[codec.key])
    return accepted


def _accepted_digits(media: Media, accepted: list[Codec], local: LocalAudio) -> list[Codec]:
    """telephone-event as offered, the one at the chosen codec's clock rate first."""
    if not local.digits:
        return []
    rates = {codec.clock_rate for codec in accepted}
    digits = [codec for codec in media.codecs if codec.is_telephone_event]
    fitting = [codec for codec in digits if codec.clock_rate in rates] or digits[:1]
    fitting.sort(key=lambda codec: codec.clock_rate != accepted[0].clock_rate)
    return fitting


def _agree(
    theirs: SessionDescription, media: Media, codecs: list[Codec], digits: list[Codec], local: LocalAudio
) -> AgreedMedia:
    direction = remote_direction(theirs, media).reversed.within(local.direction)
    return AgreedMedia(
        codecs=tuple(codecs),
        dtmf_payload_type=digits[0].payload_type if digits else None,
        # A browser's may be a name, and is not where its audio comes from in the end.
        remote_host=UNSPECIFIED if is_browser_audio(media) else _address(theirs.address_of(media)),
        remote_port=media.port,
        remote_rtcp_port=media.rtcp_port,
        direction=direction,
        ptime=_choose_ptime(media, local),
        rtcp_mux=local.rtcp_mux and media.rtcp_mux,
    )


@lru_cache(maxsize=256)
def _address(text: str) -> str:
    """An address without its scope; names are not looked up."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        raise SdpError("Media address is no IP address", 488) from None


def _choose_ptime(media: Media, local: LocalAudio) -> int:
    """What the far end asks for, when it is usual, else ours; never above its maxptime."""
    asked = media.ptime
    wanted = asked if asked is not None and asked in _PTIMES else local.ptime
    most = media.maxptime or wanted
    if wanted <= most:
        return wanted
    return next((usual for usual in reversed(_PTIMES) if usual <= most), _PTIMES[0])


def _answer_media(media: Media, agreed: AgreedMedia, accepted: list[Codec], local: LocalAudio) -> Media:
    formats = [*accepted, *_answer_digits(media, agreed, accepted)]
    limited = replace(local, direction=agreed.direction, rtcp_mux=agreed.rtcp_mux)
    return _local_media(limited, media.protocol, formats)


def _answer_digits(media: Media, agreed: AgreedMedia, accepted: list[Codec]) -> list[Codec]:
    if agreed.dtmf_payload_type is None:
        return []
    rates = {codec.clock_rate for codec in accepted}
    return [
        replace(codec, fmtp=_DIGITS_FMTP)
        for codec in media.codecs
        if codec.is_telephone_event
        and (codec.clock_rate in rates or codec.payload_type == agreed.dtmf_payload_type)
    ]


def apply_answer(offer: SessionDescription, answer: SessionDescription, local: LocalAudio) -> AgreedMedia:
    """What their answer to our offer comes to; SdpError with status 488 when it refuses or breaks the audio.

    `local` is what the offer was built from. An answer that leaves out streams after the audio is
    forgiven. A codec that was not offered is passed over.
    """
    place = next((at for at, media in enumerate(offer.media) if media.kind == "audio" and media.port), None)
    if place is None or place >= len(answer.media):
        raise SdpError("No stream of audio in the answer", 488)
    ours, theirs = offer.media[place], answer.media[place]
    if theirs.kind != "audio" or not theirs.port or theirs.protocol not in _known_profiles(local):
        raise SdpError("Audio refused by the answer", 488)
    crypto = _answered_crypto(ours, theirs)
    if crypto is None and (local.encryption is Encryption.REQUIRED or theirs.protocol in SECURE_PROFILES):
        raise SdpError("No key of ours in the answer", 488)
    offered = {codec.payload_type: codec for codec in ours.codecs}
    codecs = [codec for codec in _sound(theirs) if _was_offered(codec, offered.values())]
    if not codecs:
        raise SdpError("No codec of the offer in the answer", 488)
    digits = [codec for codec in theirs.codecs if codec.is_telephone_event] if local.digits else []
    digits = [codec for codec in digits if _was_offered(codec, offered.values())]
    digits.sort(key=lambda codec: codec.clock_rate != codecs[0].clock_rate)
    agreed = _agree(answer, theirs, codecs, digits, local)
    numbers = _receive_numbers([*codecs, *digits], offered)
    terms = agreed_terms(answer, theirs, local.browser) if local.browser is not None else None
    return replace(agreed, receive_numbers=numbers, crypto=_agreed_crypto(crypto, local), browser=terms)


def _known_profiles(local: LocalAudio) -> tuple[str, ...]:
    return BROWSER_PROFILES if local.browser is not None else PLAIN_PROFILES + SECURE_PROFILES


def _answered_crypto(ours: Media, theirs: Media) -> Crypto | None:
    """Which of the keys we offered the answer takes, with theirs; None for none (RFC 4568 5.1.3)."""
    offered = {(crypto.tag, crypto.suite) for crypto in readable(ours.crypto)}
    return next((crypto for crypto in readable(theirs.crypto) if (crypto.tag, crypto.suite) in offered), None)


def _was_offered(codec: Codec, offered: Iterable[Codec]) -> bool:
    return any(codec.key == other.key for other in offered)


def _receive_numbers(agreed: Iterable[Codec], offered: dict[int, Codec]) -> tuple[tuple[int, int], ...]:
    """The far end sends with our numbers, we with its numbers (5.1): where they differ, what is what."""
    pairs: list[tuple[int, int]] = []
    for codec in agreed:
        mine = offered.get(codec.payload_type)
        if mine is not None and mine.key == codec.key:
            continue
        for number, other in offered.items():
            if other.key == codec.key:
                pairs.append((number, codec.payload_type))
                break
    return tuple(pairs)


def _local_media(local: LocalAudio, protocol: str, codecs: Iterable[Codec]) -> Media:
    listed = list(codecs)
    attributes: list[Attribute] = []
    for codec in listed:
        attributes.append(("rtpmap", _rtpmap(codec)))
        if codec.fmtp:
            attributes.append(("fmtp", f"{codec.payload_type} {codec.fmtp}"))
    attributes.append(("ptime", str(local.ptime)))
    if local.rtcp_port is not None and local.rtcp_port != local.port + 1:
        attributes.append(("rtcp", str(local.rtcp_port)))
    if local.rtcp_mux:
        attributes.append(("rtcp-mux", None))
    attributes.append((local.direction.value, None))
    formats = tuple([str(codec.payload_type) for codec in listed])
    return Media("audio", local.port, protocol, formats, attributes=tuple(attributes))


def _rtpmap(codec: Codec) -> str:
    channels = f"/{codec.channels}" if codec.channels != 1 else ""
    return f"{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"


def _refused(media: Media) -> Media:
    """The same stream with port 0 (6): its formats stay, all else goes."""
    return Media(media.kind, 0, media.protocol, media.formats or ("0",))


def _describe(
    local: LocalAudio,
    session_id: int,
    version: int,
    media: tuple[Media, ...],
    times: tuple[str, ...] = ("0 0",),
    mid: str | None = None,
) -> SessionDescription:
    origin = Origin(str(session_id), str(version), local.host)
    is_browsers = any(is_browser_audio(each) and each.port for each in media)
    attributes = session_attributes(mid) if is_browsers else ()
    return SessionDescription(origin, media, address=local.host, times=times, attributes=attributes)
