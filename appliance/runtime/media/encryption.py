"""What a port's packets are encrypted by, both ways, through the changes of a session."""

from __future__ import annotations

from typing import Protocol

from appliance.media.srtp_keys import SrtpError, SrtpKeys


class Cipher(Protocol):
    """One direction: each gives the packet on its other side, or raises SrtpError."""

    def rtp(self, packet: bytes) -> bytes:
        """A packet of sound."""

    def rtcp(self, packet: bytes) -> bytes:
        """A report."""


class _Unkeyed:
    """Either direction of a port whose keys are still being made."""

    def rtp(self, packet: bytes) -> bytes:
        raise SrtpError("no keys yet")

    rtcp = rtp


def load_library() -> None:
    """Load what encrypts; for a thread, ahead of the first encrypted call."""
    import appliance.media.srtp  # noqa: F401


class Encryption:
    """The ciphers of one port: none until keys were agreed. `refused` counts what could not be opened.

    A direction whose key stays the same goes on where it was, so that the far end can follow (RFC 3711
    3.3.1: a counter that begins anew under the same key would repeat the key stream).
    """

    __slots__ = ("_keys", "receiver", "refused", "sender")

    def __init__(self) -> None:
        self.sender: Cipher | None = None
        self.receiver: Cipher | None = None
        self.refused = 0
        self._keys: SrtpKeys | None = None

    def change(self, keys: SrtpKeys | None) -> None:
        """Go on with these keys, or without any."""
        before, self._keys = self._keys, keys
        if keys is None:
            self.sender = self.receiver = None
            return
        # Five MiB that an office without encrypted calls need not keep in memory.
        from appliance.media.srtp import SrtpReceiver, SrtpSender

        same_profile = before is not None and before.profile is keys.profile
        if not (before and same_profile and before.sending == keys.sending):
            self.sender = SrtpSender(keys.profile, keys.sending)
        if not (before and same_profile and before.receiving == keys.receiving):
            self.receiver = SrtpReceiver(keys.profile, keys.receiving)

    def await_keys(self) -> None:
        """Let nothing pass until there are keys."""
        self._keys = None
        self.sender = self.receiver = _Unkeyed()

    def open(self, view: memoryview, size: int) -> int:
        """Open the RTP packet in the first `size` bytes in place; its size then, 0 if it is not theirs.

        Call it only while there is a receiver.
        """
        assert self.receiver is not None
        try:
            plain = self.receiver.rtp(bytes(view[:size]))
        except SrtpError:
            self.refused += 1
            return 0
        view[: len(plain)] = plain
        return len(plain)

    def open_report(self, data: bytes) -> bytes:
        """The RTCP packet as it was made; empty when it is none of theirs."""
        if self.receiver is None:
            return data
        try:
            return self.receiver.rtcp(data)
        except SrtpError:
            self.refused += 1
            return b""

    def protect_report(self, report: bytes) -> bytes:
        """The RTCP packet as it goes out; raises SrtpError."""
        return report if self.sender is None else self.sender.rtcp(report)
