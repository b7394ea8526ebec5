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
# A phone that was given a wrong password tries it every half minute for ever; this is somebody who guesses.
GUESSES_AFTER = 200
# Whoever is asked for a password so often in the window and never gives the right one has none: all phones of
# an office behind one address, which come back at once after a power cut, are asked less.
ASKED_FORGIVEN = 300
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
    asked: int = 0
    asked_since: float = 0.0

    def recent(self, now: float) -> list[float]:
        """The failures that still count."""
        return [at for at in self.failures if at > now - WINDOW_SECONDS]


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
    """Counts failures by address. Memory is bounded: who has been quiet for longest is forgotten first.

    Who is shut out is kept apart: an attacker with many addresses must not lift his own ban by going on, nor
    be counted no more because the places are taken by bans.
    """

    def __init__(self, most: int = MOST_ADDRESSES) -> None:
        self._counted: OrderedDict[str, _Record] = OrderedDict()
        self._banned: OrderedDict[str, _Record] = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._counted) + len(self._banned)

    def is_shut_out(self, address: str, now: float) -> bool:
        """Whether nothing from there is to be heard."""
        record = self._banned.get(address)
        return record is not None and now < record.until

    def is_guessing(self, address: str, now: float) -> bool:
        """Whether far more has failed there lately than phones do by mistake; its phones keep it heard."""
        record = self._counted.get(address)
        return record is not None and len(record.recent(now)) >= GUESSES_AFTER

    def failed(self, address: str, now: float, *, registered: bool, weight: int = 1) -> Verdict:
        """A wrong proof came from there, or something that counts as `weight` of them.

        `registered`: a phone is registered from there, so that it is slowed and nothing worse.
        """
        counted = self._counted.pop(address, None)
        record = self._banned.pop(address, None) or counted or _Record([])
        record.failures = [*record.recent(now), *[now] * weight][-GUESSES_AFTER:]
        count = len(record.failures)
        if count >= SHUT_OUT_AFTER and not registered:
            record.until = now + min(FIRST_BAN * 2**record.bans, LONGEST_BAN)
            record.bans += 1
            record.failures.clear()
            self._keep(self._banned, address, record)
            return Verdict(banned=True)
        self._keep(self._banned if now < record.until else self._counted, address, record)
        over = count - FORGIVEN
        return Verdict(min(FIRST_DELAY * 2 ** (over - 1), LONGEST_DELAY) if over > 0 else 0.0)

    def asked(self, address: str, now: float) -> bool:
        """Somebody there was asked for a password; whether that has come too often without the right one."""
        record = self._counted.pop(address, None) or _Record([])
        if now - record.asked_since > WINDOW_SECONDS:
            record.asked, record.asked_since = 0, now
        record.asked += 1
        self._keep(self._counted, address, record)
        return record.asked > ASKED_FORGIVEN

    def proved(self, address: str) -> None:
        """A right password came from there."""
        if (record := self._counted.get(address)) is not None:
            record.asked = 0

    def _keep(self, places: OrderedDict[str, _Record], address: str, record: _Record) -> None:
        places[address] = record
        if len(places) > self._most:
            places.popitem(last=False)

    def unban(self, address: str) -> bool:
        """Hear that address again; whether it was shut out or counted at all."""
        found = [places.pop(address, None) for places in (self._banned, self._counted)]
        return any(record is not None for record in found)

    def bans(self, now: float) -> list[Ban]:
        """Who is shut out now, the longest first."""
        found = [Ban(address, record.until) for address, record in self._banned.items() if now < record.until]
        return sorted(found, key=lambda ban: -ban.until)


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
