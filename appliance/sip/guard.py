"""The guard of the SIP port: who is heard, who waits for an answer, who is not heard at all.

Give it failures and messages with the time; it knows no socket. Addresses of registered phones are never shut
out: one wrong password in an office must not silence the others behind the same address.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

WINDOW_SECONDS = 600.0
# So many wrong answers are forgiven: a new phone is often typed wrong.
FORGIVEN = 5
SHUT_OUT_AFTER = 20
FIRST_DELAY, LONGEST_DELAY = 0.5, 8.0
FIRST_BAN, LONGEST_BAN = 600.0, 86_400.0
MOST_ADDRESSES = 4096

_SCANNERS = (
    b"friendly-scanner", b"friendly-request", b"sipvicious", b"sipcli", b"sip-scan", b"sipscan", b"sundayddr",
    b"vaxsipuseragent", b"pplsip", b"iwar/", b"siparmyknife", b"smap 0", b"gulp/", b"sipptk",
)  # fmt: skip
_LOOKED_AT = 2048


@dataclass(slots=True)
class _Record:
    """What is known of one address: recent failures, and until when it is shut out."""

    failures: list[float]
    bans: int = 0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Ban:
    """An address that is not heard until `until` (seconds on the guard's clock)."""

    address: str
    until: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failure leads to: the answer waits `delay` seconds; `banned`: the address is shut out."""

    delay: float = 0.0
    banned: bool = False


class Guard:
    """Counts failures by address. Memory is bounded: who has been quiet for longest is forgotten first."""

    def __init__(self, most: int = MOST_ADDRESSES) -> None:
        self._known: OrderedDict[str, _Record] = OrderedDict()
        self._most = most

    def is_shut_out(self, address: str, now: float) -> bool:
        """Whether nothing from there is to be heard."""
        record = self._known.get(address)
        return record is not None and now < record.until

    def failed(self, address: str, now: float, *, registered: bool, weight: int = 1) -> Verdict:
        """A wrong proof came from there, or something that counts as `weight` of them.

        `registered`: a phone is registered from there, so that it is slowed and nothing worse.
        """
        record = self._known.pop(address, None) or _Record([])
        self._known[address] = record
        record.failures = [at for at in record.failures if at > now - WINDOW_SECONDS][-SHUT_OUT_AFTER:]
        record.failures.extend([now] * weight)
        self._forget(now)
        count = len(record.failures)
        if count >= SHUT_OUT_AFTER and not registered:
            record.until = now + min(FIRST_BAN * 2**record.bans, LONGEST_BAN)
            record.bans += 1
            record.failures.clear()
            return Verdict(banned=True)
        over = count - FORGIVEN
        return Verdict(min(FIRST_DELAY * 2 ** (over - 1), LONGEST_DELAY) if over > 0 else 0.0)

    def unban(self, address: str) -> bool:
        """Hear that address again; whether it was shut out or counted at all."""
        return self._known.pop(address, None) is not None

    def bans(self, now: float) -> list[Ban]:
        """Who is shut out now, the longest first."""
        found = [Ban(address, record.until) for address, record in self._known.items() if now < record.until]
        return sorted(found, key=lambda ban: -ban.until)

    def _forget(self, now: float) -> None:
        while len(self._known) > self._most:
            # Bans last longest: an attacker with many addresses must not lift his own by going on.
            quiet = next((each for each, record in self._known.items() if record.until <= now), None)
            if quiet is None:
                self._known.popitem(last=False)
            else:
                del self._known[quiet]


def is_scanner(data: bytes) -> bool:
    """Whether a message names itself as a tool that looks for telephone systems to abuse."""
    head = data[:_LOOKED_AT].lower()
    return any(name in head for name in _SCANNERS)


def counted_as(address: str) -> str:
    """Whose failures those of an address are: under IPv6 whoever has one has all of its /64."""
    if ":" not in address:
        return address
    try:
        ip = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.ipv4_mapped is not None or ip.is_link_local or ip.is_loopback or ip.is_private:
        return address
    return str(ipaddress.IPv6Network((ip, 64), strict=False))


@lru_cache(maxsize=1_024)
def is_local(address: str) -> bool:
    """Whether an IP address can only be of our own network: private, link-local or loopback."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_private or ip.is_link_local or ip.is_loopback
