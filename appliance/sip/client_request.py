"""One request of ours and what became of it: sent again with credentials when it is challenged."""

from __future__ import annotations

from collections.abc import Callable

from appliance.sip.client_authentication import Login, authorize, is_challenge
from appliance.sip.dialog import Dialog
from appliance.sip.flow import Flow
from appliance.sip.host import Host
from appliance.sip.message import Message, Request, Response
from appliance.sip.timers import Timer
from appliance.sip.transactions import Transaction

OnResponse = Callable[["ClientRequest", Response, float], None]
OnFailure = Callable[["ClientRequest", int, float], None]

MOST_CHALLENGES = 3


class Acknowledgements:
    """The ACKs for the 2xx of one INVITE: one for each To tag, sent again for each 2xx that comes again."""

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        # Hardly ever more than one.
        self._sent: tuple[tuple[str, Flow, bytes], ...] = ()

    def send(self, host: Host, invite: Request, dialog: Dialog, body: bytes = b"") -> None:
        """Send the ACK of a 2xx (13.2.2.4); it proves itself as the INVITE did (22.1)."""
        ack = dialog.request("ACK", cseq=invite.cseq.number, body=body)
        for name in ("Authorization", "Proxy-Authorization"):
            value = invite.headers.get(name)
            if value is not None:
                ack.headers.set(name, value)
        others = tuple(sent for sent in self._sent if sent[0] != dialog.key[2])
        self._sent = (*others, (dialog.key[2], *host.send_ack(ack, dialog.flow)))

    def send_again(self, host: Host, tag: str) -> bool:
        """Send again the ACK of the 2xx with this To tag; False when none has been sent."""
        for known, flow, data in self._sent:
            if known == tag:
                host.transmit(flow, data)
                return True
        return False


class ClientRequest:
    """A request, its transaction, and its one retry for each fresh challenge.

    `on_response(itself, response, now)` hears every response but answered challenges; `on_failure(itself,
    status, now)` 408 or 503 instead of a final one. `next_cseq` numbers the retries.
    """

    def __init__(
        self,
        host: Host,
        request: Request,
        flow: Flow,
        *,
        next_cseq: Callable[[], int],
        login: Login | None,
        on_response: OnResponse,
        on_failure: OnFailure,
        now: float,
    ) -> None:
        self._host = host
        self._next_cseq = next_cseq
        self._login = login
        self._on_response = on_response
        self._on_failure = on_failure
        self._challenges = 0
        self.acks = Acknowledgements()
        self._guard: Timer | None = None
        self.request = request
        self.transaction = host.send(request, flow, self, now)
        self.first_key = self.transaction.key

    @property
    def is_pending(self) -> bool:
        """Whether no final response has come."""
        return self.transaction.is_pending

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """A response from the transaction."""
        assert isinstance(message, Response)
        if is_challenge(message) and self._answer(message, now):
            return
        if message.status >= 200:
            self._stop_guard()
        self._on_response(self, message, now)

    def _answer(self, response: Response, now: float) -> bool:
        if self._login is None or self._challenges >= MOST_CHALLENGES:
            return False
        again = authorize(self.request, response, self._login, self._next_cseq, self._host.tokens)
        if again is None:
            return False
        self._challenges += 1
        self.request = again
        self.transaction = self._host.send(again, self.transaction.usual_flow, self, now)
        return True

    def repeat(self, again: Request, now: float) -> None:
        """Send a changed request, without Via, in the place of this one, which was refused."""
        again.headers.set("CSeq", f"{self._next_cseq()} {again.method}")
        self.request = again
        self.transaction = self._host.send(again, self.transaction.usual_flow, self, now)

    def stop_authenticating(self) -> None:
        """Take the next challenge for a refusal: nobody wants the request any more."""
        self._login = None

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """No final response will come."""
        self._stop_guard()
        self._on_failure(self, status, now)

    def _stop_guard(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
            self._guard = None

    def abandon_after(self, seconds: float, now: float, then: Callable[[float], None] | None = None) -> None:
        """Stop waiting for the final response when it has not come by then (9.1)."""
        transaction = self.transaction

        def give_up(late: float) -> None:
            if transaction.is_pending:
                self._host.transactions.abandon(transaction)
                if then is not None:
                    then(late)

        self._guard = self._host.timers.at(now + seconds, give_up)
