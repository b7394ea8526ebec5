"""HTTP Digest for SIP, both sides, MD5 and SHA-256, and nonces (RFC 2617, RFC 7616, RFC 8760)."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from appliance.sip.errors import SipSyntaxError
from appliance.sip.headers import Challenge, Credentials, parse_challenge, quote

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
ALGORITHMS = ("SHA-256", "MD5")
"""What we can do, the stronger first."""


def _digest(algorithm: str, text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    if algorithm == "MD5":
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return hashlib.sha256(data).hexdigest()


def base_algorithm(text: str) -> str | None:
    """MD5 or SHA-256 for an algorithm value in any case, with or without -sess; MD5 for none; else None."""
    name = (text or "MD5").upper().removesuffix("-SESS")
    return name if name in _HASHES else None


def make_ha1(algorithm: str, username: str, realm: str, password: str) -> str:
    """H(username:realm:password), which may be stored in the password's place (RFC 7616 3.4.2)."""
    return _digest(base_algorithm(algorithm) or "MD5", f"{username}:{realm}:{password}")


def make_challenges(
    realm: str, nonce: str, algorithms: Sequence[str] = ALGORITHMS, stale: bool = False, qop: bool = True
) -> list[str]:
    """WWW-Authenticate values, one for each algorithm, in the order given (RFC 8760 2.3)."""
    tail = (", stale=true" if stale else "") + (', qop="auth"' if qop else "")
    return [
        f"Digest realm={quote(realm)}, nonce={quote(nonce)}, algorithm={algorithm}{tail}"
        for algorithm in algorithms
    ]


def choose_challenge(values: Sequence[str]) -> Challenge | None:
    """The topmost challenge we can answer (RFC 8760 2.4), None when there is none."""
    for value in values:
        try:
            challenge = parse_challenge(value)
        except SipSyntaxError:
            continue
        if challenge.is_digest and base_algorithm(challenge.get("algorithm")) and _usable_qop(challenge):
            return challenge
    return None


def _usable_qop(challenge: Challenge) -> bool:
    offered = challenge.get("qop")
    return not offered or "auth" in _words(offered)


def _words(text: str) -> list[str]:
    return [word.strip(' \t"').lower() for word in text.split(",")]


def answer(
    challenge: Challenge,
    method: str,
    uri: str,
    username: str,
    password: str,
    cnonce: str,
    nc: int = 1,
    body: bytes = b"",
) -> str:
    """The Authorization value answering a challenge, with qop=auth when it is offered.

    `nc` counts the uses of this nonce, from 1. ValueError when the algorithm is unknown: ask
    `choose_challenge` first. `body` is not hashed: auth-int is never chosen.
    """
    algorithm = base_algorithm(challenge.get("algorithm"))
    if algorithm is None:
        raise ValueError("unknown digest algorithm")
    realm, nonce = challenge.get("realm"), challenge.get("nonce")
    count = f"{nc:08x}"
    qop = "auth" if "auth" in _words(challenge.get("qop")) else ""
    session = challenge.get("algorithm").upper().endswith("-SESS")
    ha1 = make_ha1(algorithm, username, realm, password)
    if session:
        ha1 = _digest(algorithm, f"{ha1}:{nonce}:{cnonce}")
    response = _response(algorithm, ha1, nonce, count, cnonce, qop, method, uri)
    parts = [
        f"Digest username={quote(username)}, realm={quote(realm)}, nonce={quote(nonce)}, uri={quote(uri)}",
        f'response="{response}"',
    ]
    if challenge.get("algorithm"):
        parts.append(f"algorithm={challenge.get('algorithm')}")
    if qop:
        parts.append(f"qop=auth, nc={count}")
    if qop or session:
        parts.append(f"cnonce={quote(cnonce)}")
    if challenge.get("opaque"):
        parts.append(f"opaque={quote(challenge.get('opaque'))}")
    return ", ".join(parts)


def _response(
    algorithm: str, ha1: str, nonce: str, count: str, cnonce: str, qop: str, method: str, uri: str
) -> str:
    ha2 = _digest(algorithm, f"{method}:{uri}")
    middle = f"{nonce}:{count}:{cnonce}:{qop}" if qop else nonce
    return _digest(algorithm, f"{ha1}:{middle}:{ha2}")


def verify(
    credentials: Credentials,
    method: str,
    password: str | None = None,
    body: bytes = b"",
    *,
    ha1: str | None = None,
) -> bool:
    """Whether the response in the credentials is right; compared in constant time.

    Give the password, or the stored HA1 of the algorithm used. With neither, the same work is done
    and the result is False, so that an unknown user takes as long as a known one. The digest uri is
    taken as it came (some phones send another than the Request-URI). qop auth-int is refused; nonce
    and count are `Nonces`' business.
    """
    algorithm = base_algorithm(credentials.get("algorithm"))
    qop = credentials.get("qop").lower()
    if not credentials.is_digest or algorithm is None or qop not in ("", "auth"):
        return False
    known = ha1 is not None or password is not None
    if ha1 is None:
        ha1 = make_ha1(algorithm, credentials.get("username"), credentials.get("realm"), password or "")
    nonce, cnonce = credentials.get("nonce"), credentials.get("cnonce")
    if credentials.get("algorithm").upper().endswith("-SESS"):
        ha1 = _digest(algorithm, f"{ha1}:{nonce}:{cnonce}")
    # The qop word goes into the hash as the phone wrote it.
    wanted = _response(
        algorithm,
        ha1,
        nonce,
        credentials.get("nc"),
        cnonce,
        credentials.get("qop"),
        method,
        credentials.get("uri"),
    )
    given = credentials.get("response").lower().encode("utf-8", "surrogateescape")
    return hmac.compare_digest(wanted.encode(), given) and known


class NonceState(Enum):
    """What a nonce in credentials is worth."""

    OK = "ok"
    STALE = "stale"
    REPLAYED = "replayed"
    UNKNOWN = "unknown"


_SERIAL_BITS = 32
_STAMP_LENGTH = 12 + _SERIAL_BITS // 4

OK, STALE, REPLAYED, UNKNOWN = NonceState.OK, NonceState.STALE, NonceState.REPLAYED, NonceState.UNKNOWN


class Nonces:
    """Nonces signed with a secret: genuine ones are known without memory, only their use is remembered.

    `now` is in seconds of any clock that does not go back. A nonce is good for `lifetime` seconds
    and, with qop, as often as its nc grows; without qop (nc 0) once. At most `capacity` used nonces
    are remembered; those pushed out are stale from then on, so that forgetting never allows a replay.
    """

    def __init__(self, secret: bytes, lifetime: float = 300.0, capacity: int = 10_000) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._capacity = capacity
        self._serial = 0
        # Ten thousand of these stay on a busy box: numbers, not texts.
        self._used: dict[int, int] = {}
        self._order: deque[int] = deque()
        self._forgotten_until = -math.inf

    def new(self, now: float) -> str:
        """A fresh nonce, different from every other."""
        self._serial = (self._serial + 1) % 2**_SERIAL_BITS
        stamp = f"{max(0, int(now * 1000)):012x}{self._serial:08x}"
        return stamp + self._signature(stamp)

    def check(self, nonce: str, nc: int, now: float) -> NonceState:
        """OK when genuine, young and not used with this nc or a higher one; an OK use is remembered."""
        number = self._number(nonce)
        if number is None:
            return UNKNOWN
        issued = _issued(number)
        if now - issued > self._lifetime:
            return STALE
        used = self._used.get(number)
        if used is None:
            if issued <= self._forgotten_until:
                return STALE
            self._remember(number, nc, now)
            return OK
        if nc <= used:
            return REPLAYED
        self._used[number] = nc
        return OK

    def _remember(self, number: int, nc: int, now: float) -> None:
        self._used[number] = nc
        self._order.append(number)
        while self._order:
            first = _issued(self._order[0])
            expired = now - first > self._lifetime
            if not expired and len(self._order) <= self._capacity:
                break
            if not expired:
                self._forgotten_until = max(self._forgotten_until, first)
            del self._used[self._order.popleft()]

    def _number(self, nonce: str) -> int | None:
        """What a nonce of ours is numbered by: its milliseconds, then its serial number."""
        stamp, signature = nonce[:-32], nonce[-32:]
        if len(stamp) != _STAMP_LENGTH or not nonce.isascii():
            return None
        if not hmac.compare_digest(self._signature(stamp), signature):
            return None
        return int(stamp, 16)

    def _signature(self, stamp: str) -> str:
        return hmac.digest(self._secret, stamp.encode(), "sha256").hex()[:32]


def _issued(number: int) -> float:
    """When the nonce of this number was made, in seconds."""
    return (number >> _SERIAL_BITS) / 1000


def nonce_count(credentials: Credentials) -> int:
    """The nc of credentials, 0 without qop; -1 when it is no hexadecimal number (always a replay)."""
    text = credentials.get("nc")
    if not credentials.get("qop"):
        return 0
    if not 1 <= len(text) <= 8 or not all(digit in "0123456789abcdefABCDEF" for digit in text):
        return -1
    return int(text, 16)


@dataclass(frozen=True, slots=True)
class Login:
    """Name and password to answer challenges with; `realm` restricts them to one, None fits every realm."""

    username: str
    password: str = field(repr=False)
    realm: str | None = None
