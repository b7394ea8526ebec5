"""Keys of encrypted audio in session descriptions: a=crypto (RFC 4568), one master key for each direction."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha512

# Octets of master key and salt together (RFC 4568 6.2, RFC 7714 14.2), those most phones know first.
SUITES = {
    "AES_CM_128_HMAC_SHA1_80": 30,
    "AES_CM_128_HMAC_SHA1_32": 30,
    "AEAD_AES_256_GCM": 44,
    "AEAD_AES_128_GCM": 28,
}
OFFERED_SUITES = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
LONGEST = 512
PLAIN_PROFILES = ("RTP/AVP", "RTP/AVPF")
SECURE_PROFILES = ("RTP/SAVP", "RTP/SAVPF")


class SdesError(ValueError):
    """An a=crypto that cannot be read, or asks for what we do not do."""


class Encryption(StrEnum):
    """What one end wants of the encryption of its audio.

    NEVER: not unless the far end insists. ACCEPTED: when the far end offers it. OFFERED: in our own offers
    too, though the call may go on without. REQUIRED: nothing else.
    """

    NEVER = "never"
    ACCEPTED = "accepted"
    OFFERED = "offered"
    REQUIRED = "required"

    @property
    def offers(self) -> bool:
        """Whether our own offers ask for it."""
        return self in (Encryption.OFFERED, Encryption.REQUIRED)


@dataclass(frozen=True, slots=True)
class Crypto:
    """One a=crypto: `key` is master key and salt in one, shown nowhere."""

    tag: int
    suite: str
    key: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"{self.tag} {self.suite} inline:{b64encode(self.key).decode()}"


@dataclass(frozen=True, slots=True)
class AgreedCrypto:
    """The suite both ends took, what we encrypt by, and what the far end does."""

    suite: str
    ours: bytes = field(repr=False)
    theirs: bytes = field(repr=False)


def parse_crypto(value: str) -> Crypto:
    """Read one a=crypto; raises SdesError and nothing else.

    A lifetime is passed over: no call lasts 2^48 packets, and none of ours 2^20. Key identifiers (MKI),
    several keys, and session parameters that change what is protected are refused (RFC 4568 6.3.7).
    """
    if len(value) > LONGEST:
        raise SdesError("too long")
    words = value.split()
    if len(words) < 3:
        raise SdesError("cut short")
    tag, suite, keys, *parameters = words
    if not (tag.isascii() and tag.isdigit() and len(tag) <= 9):
        raise SdesError("bad tag")
    if any(not parameter.startswith("-") for parameter in parameters):
        raise SdesError("session parameter not known")
    octets = SUITES.get(suite.upper())
    if octets is None:
        raise SdesError("suite not known")
    key = _key(keys)
    if len(key) != octets:
        raise SdesError("key of another length")
    return Crypto(int(tag), suite.upper(), key)


def _key(text: str) -> bytes:
    method, colon, rest = text.partition(":")
    if method.lower() != "inline" or not colon:
        raise SdesError("no key in line")
    encoded, *more = rest.split("|")
    if any(":" in piece or ";" in piece for piece in more):
        raise SdesError("several keys, or a key identifier")
    bare = encoded.rstrip("=")
    try:
        return b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (Base64Error, ValueError):
        raise SdesError("key not in base 64") from None


def readable(values: Iterable[str]) -> list[Crypto]:
    """Those a=crypto that we can take, in their order."""
    found: list[Crypto] = []
    for value in values:
        try:
            found.append(parse_crypto(value))
        except SdesError:
            continue
    return found


def own_key(secret: bytes, suite: str) -> bytes:
    """Our key for a suite, the same each time it is asked of one leg's `secret`, another for each suite."""
    return sha512(secret + suite.encode()).digest()[: SUITES[suite]]


def own_lines(secret: bytes, suites: Iterable[str]) -> list[str]:
    """The values of our a=crypto for these suites, tagged from 1."""
    return [str(Crypto(tag, suite, own_key(secret, suite))) for tag, suite in enumerate(suites, 1)]
