"""Encrypted audio: one direction of SRTP and SRTCP (RFC 3711, RFC 7714), by libsrtp.

Keys are in `srtp_keys`, which needs no library: an office without encrypted calls need not keep it in memory.
"""

from __future__ import annotations

from pylibsrtp import Error as LibraryError
from pylibsrtp import Policy, Session

from appliance.media.srtp_keys import SrtpError, SrtpProfile

# Libsrtp's own room for a packet, less what it may add to one.
LONGEST_PACKET = 1300
_LIBRARY_PROFILES = {
    SrtpProfile.AES_128_SHA1_80: Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    SrtpProfile.AES_128_SHA1_32: Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
    SrtpProfile.AES_128_GCM: Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpProfile.AES_256_GCM: Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
}


class SrtpSender:
    """Protects what we send, of any number of streams. Raises ValueError for a key of the wrong length."""

    def __init__(self, profile: SrtpProfile, key: bytes) -> None:
        self._session = _session(profile, key, Policy.SSRC_ANY_OUTBOUND)

    def rtp(self, packet: bytes) -> bytes:
        """The packet as it goes out; raises SrtpError."""
        if len(packet) > LONGEST_PACKET:
            raise SrtpError("too long")
        try:
            return self._session.protect(packet)
        except LibraryError as error:
            raise SrtpError(str(error)) from None

    def rtcp(self, packet: bytes) -> bytes:
        """The report as it goes out; raises SrtpError."""
        if len(packet) > LONGEST_PACKET:
            raise SrtpError("too long")
        try:
            return self._session.protect_rtcp(packet)
        except LibraryError as error:
            raise SrtpError(str(error)) from None


class SrtpReceiver:
    """Opens what the far end sends, of any number of streams; refuses what it has seen before."""

    def __init__(self, profile: SrtpProfile, key: bytes) -> None:
        self._session = _session(profile, key, Policy.SSRC_ANY_INBOUND)

    def rtp(self, packet: bytes) -> bytes:
        """The packet as it was before it was protected; raises SrtpError."""
        try:
            return self._session.unprotect(packet)
        except (LibraryError, ValueError) as error:
            raise SrtpError(str(error)) from None

    def rtcp(self, packet: bytes) -> bytes:
        """The report as it was before it was protected; raises SrtpError."""
        try:
            return self._session.unprotect_rtcp(packet)
        except (LibraryError, ValueError) as error:
            raise SrtpError(str(error)) from None


def _session(profile: SrtpProfile, key: bytes, streams: int) -> Session:
    if len(key) != profile.key_octets + profile.salt_octets:
        raise ValueError(f"not a key of {profile}")
    return Session(Policy(key, streams, srtp_profile=_LIBRARY_PROFILES[profile]))
