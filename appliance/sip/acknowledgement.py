"""Our 2xx until its ACK: sent again by the user agent itself, on every transport (RFC 3261 13.3.1.4)."""

from __future__ import annotations

from collections.abc import Callable

from appliance.sip.host import Host
from appliance.sip.timers import Timer
from appliance.sip.transactions import Transaction


class Unacknowledged:
    """A 2xx sent in an INVITE server transaction; `cseq` is the number its ACK will carry."""

    def __init__(
        self, host: Host, transaction: Transaction, cseq: int, give_up: Callable[[float], None], now: float
    ) -> None:
        self.cseq = cseq
        self._host = host
        self._transaction = transaction
        self._give_up = give_up
        self._interval = host.transactions.t1
        self._deadline = now + 64 * host.transactions.t1
        self._timer: Timer = host.timers.at(now + self._interval, self._due)

    def _due(self, now: float) -> None:
        if now >= self._deadline:
            self._give_up(now)
            return
        self._host.transmit(self._transaction.flow, self._transaction.last_sent)
        self._interval = min(self._interval * 2, self._host.transactions.t2)
        self._timer = self._host.timers.at(min(now + self._interval, self._deadline), self._due)

    def stop(self) -> None:
        """The ACK is here, or does not matter any more."""
        self._timer.cancel()
        self._transaction.last_sent = b""
