"""Changing a session under way: re-INVITE, UPDATE with an offer, and glare (RFC 3261 14, RFC 3311)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Protocol
from zlib import crc32

from appliance.sip.client_request import ClientRequest, OnFailure, OnResponse
from appliance.sip.dialog import Dialog
from appliance.sip.events import Cause, ReinviteAccepted, ReinviteCancelled, Reinvited, ReinviteRefused
from appliance.sip.host import Host
from appliance.sip.message import Request, Response
from appliance.sip.session_timer import SessionTimer
from appliance.sip.timers import Timer
from appliance.sip.transactions import Transaction

MOST_GLARES = 6

# (our request, its dialog, the body offered, a response to it, now).
Responded = Callable[[ClientRequest, Dialog, bytes, Response, float], None]
Header = tuple[str, str]


class Negotiating(Protocol):
    """What a renegotiation needs of its session; see `invite.InviteSession`."""

    id: str
    side: Literal["caller", "callee"]
    host: Host
    dialog: Dialog | None
    ended: bool
    unanswered_offer: ClientRequest | None
    description: bytes
    timer: SessionTimer

    @property
    def awaits_ack(self) -> bool:
        """Whether a 2xx of ours is not yet acknowledged."""

    def has_settled(self, dialog: Dialog) -> bool:
        """Whether this dialog's first offer and its answer are done with."""

    def client_request(
        self, request: Request, dialog: Dialog, responded: OnResponse, failed: OnFailure, now: float
    ) -> ClientRequest:
        """Send a request in the dialog."""

    def send_ack(self, invite: ClientRequest, dialog: Dialog, body: bytes = b"") -> None:
        """Send the ACK for a 2xx."""

    def answer(
        self,
        transaction: Transaction,
        request: Request,
        status: int,
        now: float,
        *,
        body: bytes = b"",
        headers: Iterable[Header] = (),
    ) -> None:
        """Send a response."""

    def answer_with_2xx(
        self, transaction: Transaction, request: Request, body: bytes, headers: Iterable[Header], now: float
    ) -> None:
        """Send a 2xx to an INVITE until it is acknowledged."""

    def hang_up_dialog(self, cause: Cause, reason: str, now: float) -> None:
        """End the session by BYE."""


class Renegotiation:
    """The offers under way in one session: ours, the peer's, and one of ours that waits its turn."""

    def __init__(self, session: Negotiating) -> None:
        self._session = session
        self._ours: ClientRequest | None = None
        self._theirs: tuple[Transaction, Request, Dialog] | None = None
        self._waiting: bytes | None = None
        self._glares = 0
        self._retry: Timer | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an offer of either side is still open, so that no other may be made."""
        session = self._session
        return (
            self._ours is not None
            or self._theirs is not None
            or session.awaits_ack
            or session.unanswered_offer is not None
        )

    # Ours.

    def propose(self, body: bytes, now: float) -> None:
        """Send a re-INVITE, now or once the offers under way are settled; it replaces one that waits."""
        self._glares = 0
        self._stop_retry()
        self._try(body, now)

    def repeat(self, body: bytes, now: float) -> None:
        """Offer once more what is in force, to refresh the session: its user hears nothing of it."""
        self._send(body, now, self._repeated)

    def _repeated(
        self, sent: ClientRequest, dialog: Dialog, body: bytes, response: Response, now: float
    ) -> None:
        if response.status < 200:
            return
        if response.is_success:
            self._accepted(sent, dialog, response, now, told=False)
            return
        self._ours = None
        if response.status in (408, 481):
            self._lost(response.status, now)
        else:
            self.settle(now)

    def settle(self, now: float) -> None:
        """An offer is settled: send the re-INVITE that waits, unless it waits out a glare."""
        if self._waiting is not None and self._retry is None:
            self._try(self._waiting, now)

    def _try(self, body: bytes, now: float) -> None:
        session = self._session
        if session.ended or session.dialog is None:
            return
        if self.is_busy:
            self._waiting = body
            return
        self._waiting = None
        self._send(body, now, self._responded)

    def _send(self, body: bytes, now: float, responded: Responded) -> None:
        session = self._session
        dialog = session.dialog
        assert dialog is not None
        request = dialog.request("INVITE", body=body, headers=session.timer.wishes())
        self._ours = session.client_request(
            request,
            dialog,
            lambda sent, response, late: responded(sent, dialog, body, response, late),
            lambda sent, status, late: self._lost(status, late),
            now,
        )

    def _responded(
        self, sent: ClientRequest, dialog: Dialog, body: bytes, response: Response, now: float
    ) -> None:
        if response.status < 200:
            return
        if response.is_success:
            self._accepted(sent, dialog, response, now)
            return
        self._ours = None
        if self._session.ended:
            return
        if response.status == 491 and self._glares < MOST_GLARES:
            self._wait_out_glare(body, now)
        elif response.status in (408, 481):
            self._lost(response.status, now)
        else:
            self._session.host.emit(ReinviteRefused(self._session.id, response.status))
            self.settle(now)

    def _accepted(
        self, sent: ClientRequest, dialog: Dialog, response: Response, now: float, told: bool = True
    ) -> None:
        session = self._session
        if sent is not self._ours:
            sent.acks.send_again(session.host, dialog.key[2])
            return
        self._ours = None
        if sent.request.body or session.ended:
            session.send_ack(sent, dialog)
        else:
            session.unanswered_offer = sent
        if session.ended:
            return
        dialog.refresh(response)
        session.description = sent.request.body or session.description
        session.timer.answered(response, now)
        if told:
            session.host.emit(ReinviteAccepted(session.id, response))
        self.settle(now)

    def _wait_out_glare(self, body: bytes, now: float) -> None:
        """491: whoever made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s (14.1)."""
        self._glares += 1
        self._waiting = body
        fraction = crc32(self._session.host.tokens().encode()) / 2**32
        delay = 2.1 + 1.9 * fraction if self._session.side == "caller" else 2.0 * fraction
        self._retry = self._session.host.timers.at(now + delay, self._retry_due)

    def _retry_due(self, now: float) -> None:
        self._retry = None
        self.settle(now)

    def _lost(self, status: int, now: float) -> None:
        """No answer, or the peer knows no such dialog: the session is over (12.2.1.2)."""
        self._ours = None
        cause: Cause = "transport" if status == 503 else "timeout"
        self._session.hang_up_dialog(cause, f"Re-INVITE failed: {status}", now)

    # Theirs.

    def invited(self, transaction: Transaction, request: Request, now: float) -> None:
        """The peer's re-INVITE: 491 while our offer or an ACK is under way, 500 while its own is (14.2)."""
        session = self._session
        if session.dialog is None:
            self._refuse_early(transaction, request, now)
        elif session.awaits_ack:
            session.answer(transaction, request, 491, now)
        elif not self._refuse_collision(transaction, request, now):
            self._theirs = (transaction, request, session.dialog)
            session.answer(transaction, request, 100, now)
            session.host.emit(Reinvited(session.id, request))

    def updated(self, transaction: Transaction, request: Request, dialog: Dialog, now: float) -> None:
        """The peer's UPDATE: without offer a mere target refresh, answered here (RFC 3311 5.2)."""
        session = self._session
        if not request.body:
            dialog.refresh(request)
            refreshed = session.timer.asked(request, now) if session.dialog is not None else ()
            session.answer(transaction, request, 200, now, headers=(*_contact(dialog), *refreshed))
        elif not session.has_settled(dialog):
            self._refuse_early(transaction, request, now)
        elif not self._refuse_collision(transaction, request, now):
            self._theirs = (transaction, request, dialog)
            session.host.emit(Reinvited(session.id, request))

    def _refuse_early(self, transaction: Transaction, request: Request, now: float) -> None:
        """An offer before the INVITE's is answered: 491 when that offer is ours, else 500 (RFC 3311 5.2)."""
        if self._session.side == "caller":
            self._session.answer(transaction, request, 491, now)
        else:
            self._refuse_for_now(transaction, request, now)

    def _refuse_collision(self, transaction: Transaction, request: Request, now: float) -> bool:
        if self._theirs is not None:
            self._refuse_for_now(transaction, request, now)
        elif self._ours is not None or self._session.unanswered_offer is not None:
            self._session.answer(transaction, request, 491, now)
        else:
            return False
        return True

    def _refuse_for_now(self, transaction: Transaction, request: Request, now: float) -> None:
        seconds = crc32(self._session.host.tokens().encode()) % 11
        self._session.answer(transaction, request, 500, now, headers=(("Retry-After", str(seconds)),))

    def accept(self, body: bytes, now: float) -> None:
        """Answer the peer's offer (or make the offer it asked for) with 200."""
        session = self._session
        if self._theirs is None:
            return
        (transaction, request, dialog), self._theirs = self._theirs, None
        dialog.refresh(request)
        session.description = body or session.description
        refreshed = session.timer.asked(request, now) if session.dialog is not None else ()
        headers = (*_contact(dialog), *refreshed) if request.method != "PRACK" else ()
        if request.method == "INVITE":
            session.answer_with_2xx(transaction, request, body, headers, now)
        else:
            session.answer(transaction, request, 200, now, body=body, headers=headers)
            self.settle(now)

    def refuse(self, status: int, now: float) -> None:
        """Refuse the peer's offer; the session goes on as it was."""
        if self._theirs is None:
            return
        (transaction, request, _), self._theirs = self._theirs, None
        self._session.answer(transaction, request, status, now)
        self.settle(now)

    def cancelled(self, transaction: Transaction, now: float) -> None:
        """The peer cancels its re-INVITE."""
        if self._theirs is not None and self._theirs[0] is transaction:
            self.refuse(487, now)
            self._session.host.emit(ReinviteCancelled(self._session.id))

    def close(self, now: float) -> None:
        """The session is over: refuse the peer's offer (15.1.2), stop waiting with ours."""
        self._stop_retry()
        self._waiting = None
        if self._theirs is not None:
            (transaction, request, _), self._theirs = self._theirs, None
            self._session.answer(transaction, request, 487, now)
        if self._ours is not None:
            self._ours.stop_authenticating()
            self._ours.abandon_after(64 * self._session.host.transactions.t1, now, self._given_up)

    def _given_up(self, now: float) -> None:
        self._ours = None

    def _stop_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None


def _contact(dialog: Dialog) -> tuple[Header, ...]:
    return (("Contact", f"<{dialog.contact}>"),)
