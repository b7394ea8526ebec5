"""The keys and profiles of encrypted audio (RFC 3711, RFC 7714); what works with them is in `srtp`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class SrtpError(ValueError):
    """A packet that cannot be protected, or that the far end did not send: forged, repeated."""


class SrtpProfile(StrEnum):
    """How packets are encrypted and signed, by the names of SDES (RFC 4568 6.2, RFC 7714 14.2)."""

    AES_128_SHA1_80 = "AES_CM_128_HMAC_SHA1_80"
    AES_128_SHA1_32 = "AES_CM_128_HMAC_SHA1_32"
    AES_128_GCM = "AEAD_AES_128_GCM"
    AES_256_GCM = "AEAD_AES_256_GCM"

    @property
    def key_octets(self) -> int:
        """The length of the master key."""
        return 32 if self is SrtpProfile.AES_256_GCM else 16

    @property
    def salt_octets(self) -> int:
        """The length of the master salt."""
        return 12 if self in (SrtpProfile.AES_128_GCM, SrtpProfile.AES_256_GCM) else 14


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """What both directions of a stream are encrypted by; each key is master key and salt in one.

    Raises ValueError when a key has not the length of its profile.
    """

    profile: SrtpProfile
    sending: bytes = field(repr=False)
    receiving: bytes = field(repr=False)

    def __post_init__(self) -> None:
        for key in (self.sending, self.receiving):
            if len(key) != self.profile.key_octets + self.profile.salt_octets:
                raise ValueError(f"not a key of {self.profile}")
