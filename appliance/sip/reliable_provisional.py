"""Provisional responses that are acknowledged: 100rel, RSeq, RAck and PRACK (RFC 3262)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

from appliance.sip.host import Host
from appliance.sip.message import Message, Request, Response
from appliance.sip.timers import Timer
from appliance.sip.transactions import Transaction

OPTION = "100rel"
MOST_NUMBER = 2**31 - 1

Header = tuple[str, str]
Put = Callable[[Sequence[Header]], None]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 10 else None


def rseq_of(response: Response) -> int | None:
    """The number of a provisional response that is to be acknowledged; None for any other."""
    if not 100 < response.status < 200 or OPTION not in _tags(response, "Require"):
        return None
    return _number((response.headers.get("RSeq") or "").strip())


def rack_of(request: Request) -> tuple[int, int, str] | None:
    """What a PRACK acknowledges: RSeq, CSeq number and method; None when its RAck cannot be read."""
    words = (request.headers.get("RAck") or "").split()
    if len(words) != 3:
        return None
    rseq, cseq = _number(words[0]), _number(words[1])
    return None if rseq is None or cseq is None else (rseq, cseq, words[2])


def _tags(message: Message, name: str) -> list[str]:
    return [tag.lower() for tag in message.headers.all(name)]


class SeenProvisionals:
    """The caller's side: which reliable provisional responses of each fork have come, in order (4)."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}

    def is_next(self, tag: str, rseq: int) -> bool:
        """Whether this is the fork's first, or the one after its last: then it counts and gets a PRACK."""
        latest = self._latest.get(tag)
        if latest is not None and rseq != latest + 1:
            return False
        self._latest[tag] = rseq
        return True


class ReliableProvisionals:
    """The callee's side: each is sent again until its PRACK, the next one waits for that (3).

    Used when the caller requires it, or supports it and the response carries a session description: plain
    ringing needs no acknowledgement. `give_up` is called when no PRACK comes within 64 T1.
    """

    def __init__(
        self, host: Host, transaction: Transaction, request: Request, give_up: Callable[[float], None]
    ) -> None:
        self._host = host
        self._transaction = transaction
        self._give_up = give_up
        self._cseq = request.cseq.number
        self._has_offer = bool(request.body)
        self._required = OPTION in _tags(request, "Require")
        self._supported = self._required or OPTION in _tags(request, "Supported")
        self._first = self._rseq = 1 + crc32(host.tokens().encode()) % (MOST_NUMBER // 2)
        self._open: _Again | None = None
        self._waiting: list[tuple[Put, bool]] = []
        self._then: Callable[[float], None] | None = None
        self._describes = False
        self.has_answered = False

    def takes(self, body: bytes) -> bool:
        """Whether a provisional response with this body is to be sent here."""
        return self._has_offer and (self._required or (self._supported and bool(body)))

    @property
    def forbids_plain(self) -> bool:
        """Whether none can be sent: the caller takes reliable ones alone, and has offered nothing (5)."""
        return self._required and not self._has_offer

    def send(self, put: Put, describes: bool, now: float) -> None:
        """Send by `put`, which takes the header fields to add, or let it wait its turn."""
        if self._open is not None:
            self._waiting = [(put, describes)]
            return
        self._rseq += 1
        self._describes = describes
        put((("Require", OPTION), ("RSeq", str(self._rseq))))
        self._open = _Again(self._host, self._transaction, self._no_prack, now)

    def when_described(self, action: Callable[[float], None], now: float) -> None:
        """Call `action`, the final answer, once the description that is out has been acknowledged (3)."""
        self._waiting.clear()
        if self._open is not None and self._describes:
            self._then = action
            return
        self.close()
        action(now)

    def acknowledged(self, request: Request, now: float) -> bool:
        """Take a PRACK; False when it acknowledges nothing of ours."""
        rack = rack_of(request)
        if rack is None or rack[1:] != (self._cseq, "INVITE") or not self._first < rack[0] <= self._rseq:
            return False
        if rack[0] == self._rseq and self._open is not None:
            self.close()
            self.has_answered = self.has_answered or self._describes
            self._go_on(now)
        return True

    def _go_on(self, now: float) -> None:
        if self._then is not None:
            action, self._then = self._then, None
            action(now)
        elif self._waiting:
            self.send(*self._waiting.pop(), now)

    def _no_prack(self, now: float) -> None:
        self._open = None
        self._give_up(now)

    def close(self) -> None:
        """Send nothing again."""
        if self._open is not None:
            self._open.stop()
            self._open = None


class _Again:
    """One response, sent again at T1, 2 T1, 4 T1... until 64 T1 are over."""

    def __init__(
        self, host: Host, transaction: Transaction, give_up: Callable[[float], None], now: float
    ) -> None:
        self._host = host
        self._flow = transaction.flow
        self._data = transaction.last_sent
        self._give_up = give_up
        self._interval = host.transactions.t1
        self._deadline = now + 64 * self._interval
        self._timer: Timer = host.timers.at(now + self._interval, self._due)

    def _due(self, now: float) -> None:
        if now >= self._deadline:
            self._give_up(now)
            return
        self._host.transmit(self._flow, self._data)
        self._interval *= 2
        self._timer = self._host.timers.at(min(now + self._interval, self._deadline), self._due)

    def stop(self) -> None:
        """It is acknowledged, or does not matter any more."""
        self._timer.cancel()
