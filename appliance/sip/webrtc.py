"""The audio of browsers in session descriptions: DTLS-SRTP and ICE (RFC 8827, RFC 8829, RFC 5763, RFC 8839).

We are an ICE agent of the lite kind with one address (RFC 8445 2.5), and always the server of the handshake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256

from appliance.sip.sdp import Attribute, Media, SdpError, SessionDescription

PROFILES = ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP")
HASHES = frozenset({"sha-256", "sha-384", "sha-512"})
_TYPE_PREFERENCE = 126 << 24  # A host candidate's (RFC 8445 5.1.2.1).
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_DIGEST = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){31,63}")


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What our end of one leg says: its ICE name and password, and the fingerprint of our certificate."""

    ufrag: str
    password: str = field(repr=False)
    fingerprint: str = ""

    @staticmethod
    def of(secret: bytes, fingerprint: str) -> OwnTerms:
        """Those of a leg, made of the random octets that belong to it alone."""
        name, password = (sha256(word + secret).hexdigest() for word in (b"ufrag", b"password"))
        return OwnTerms(name[:8], password[:32], fingerprint)


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """What both ends said: ours, their ICE name, and how their certificate is known.

    `hash_name` is sha-256, sha-384 or sha-512, `digest` in capitals with colons.
    """

    ours: OwnTerms
    ufrag: str
    hash_name: str
    digest: str


def is_browser_audio(media: Media) -> bool:
    """Whether a stream is encrypted the browsers' way."""
    return media.protocol in PROFILES


def agreed_terms(description: SessionDescription, media: Media, ours: OwnTerms) -> AgreedTerms:
    """What their description and our terms come to; raises SdpError (488).

    Attributes may stand with the stream or with the session. Who wants us to begin the handshake is refused:
    browsers never do.
    """

    def said(name: str) -> str:
        return media.attribute(name) or description.attribute(name) or ""

    hash_name, _, digest = said("fingerprint").partition(" ")
    hash_name, digest, ufrag = hash_name.lower(), digest.strip().upper(), said("ice-ufrag")
    if hash_name not in HASHES or not _DIGEST.fullmatch(digest) or not _UFRAG.fullmatch(ufrag):
        raise SdpError("Audio of a browser without its fingerprint or its ICE name", 488)
    if said("setup").lower() not in ("actpass", "active") or not media.rtcp_mux:
        raise SdpError("Audio of a browser that waits for us, or does not share the port", 488)
    return AgreedTerms(ours, ufrag, hash_name, digest)


def media_attributes(
    ours: OwnTerms, host: str, port: int, mid: str | None, *, answers: bool
) -> tuple[Attribute, ...]:
    """What our stream says besides its codecs."""
    candidate = f"1 1 udp {_TYPE_PREFERENCE | 65535 << 8 | 255} {host} {port} typ host"
    return (
        *((("mid", mid),) if mid is not None else ()),
        ("ice-ufrag", ours.ufrag),
        ("ice-pwd", ours.password),
        ("fingerprint", f"sha-256 {ours.fingerprint}"),
        ("setup", "passive" if answers else "actpass"),
        ("candidate", candidate),
        ("end-of-candidates", None),
    )


def session_attributes(mid: str | None) -> tuple[Attribute, ...]:
    """What our description says before its streams; the one stream that is taken makes the bundle."""
    return (("ice-lite", None), *((("group", f"BUNDLE {mid}"),) if mid is not None else ()))
