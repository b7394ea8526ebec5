"""The INVITE usage: what both sides of a session share once it has a dialog (RFC 3261 13-15, RFC 3311)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from appliance.sip.acknowledgement import Unacknowledged
from appliance.sip.client_authentication import Login
from appliance.sip.client_request import ClientRequest, OnFailure, OnResponse
from appliance.sip.dialog import Dialog
from appliance.sip.events import (
    Cause,
    Confirmed,
    DialogRequest,
    Ended,
    RequestFailed,
    ResponseReceived,
    SessionId,
    TransactionKey,
)
from appliance.sip.host import Host
from appliance.sip.message import Message, Request, Response, make_response
from appliance.sip.reinvite import Renegotiation
from appliance.sip.session_timer import SessionTimer
from appliance.sip.transactions import Transaction

Header = tuple[str, str]
Headers = Sequence[Header]


class InviteSession:
    """One session, as the side that called (`invite_client`) or was called (`invite_server`) builds on it.

    `dialog` is the confirmed dialog, None before. `ended` is set with the session's last event; what
    remains then (a BYE on its way, an answer still to be acknowledged) is finished in silence, without
    `change` and `timer`.
    `description` is the body we have last offered or answered with. `tag`
    is ours in responses that make the dialog. `may_bye` is false for a callee until its first 2xx is
    acknowledged or given up (15).
    """

    side: Literal["caller", "callee"]

    def __init__(self, session_id: SessionId, host: Host, login: Login | None = None) -> None:
        self.id = session_id
        self.host = host
        self.login = login
        self.dialog: Dialog | None = None
        self.tag: str | None = None
        self.ended = False
        self.may_bye = True
        self.unacknowledged: Unacknowledged | None = None
        self.unanswered_offer: ClientRequest | None = None
        self.description = b""
        self.change = Renegotiation(self)
        self.timer = SessionTimer(self, host.session_seconds)
        self._bye_headers: Headers | None = None

    @property
    def awaits_ack(self) -> bool:
        """Whether a 2xx of ours is not yet acknowledged."""
        return self.unacknowledged is not None

    # What the user asks.

    def acknowledge(self, body: bytes, now: float) -> None:
        """Send the ACK for a 2xx that carried the offer; `body` is the answer."""
        invite, self.unanswered_offer = self.unanswered_offer, None
        if invite is None or self.dialog is None:
            return
        self.description = body
        self.send_ack(invite, self.dialog, body)
        self.change.settle(now)

    def send(self, method: str, body: bytes, headers: Headers, now: float) -> TransactionKey | None:
        """Send a request in the dialog; None when there is none."""
        if self.dialog is None or self.ended:
            return None
        dialog, host = self.dialog, self.host

        def responded(sent: ClientRequest, response: Response, late: float) -> None:
            if response.status > 100:
                host.emit(ResponseReceived(sent.first_key, response))

        def failed(sent: ClientRequest, status: int, late: float) -> None:
            host.emit(RequestFailed(sent.first_key, status))

        request = dialog.request(method, body=body, headers=headers)
        return self.client_request(request, dialog, responded, failed, now).first_key

    def offer_the_same(self, now: float) -> bool:
        """Refresh by a re-INVITE with the description in force; False when that can't be now."""
        if self.change.is_busy or not self.description:
            return False
        self.change.repeat(self.description, now)
        return True

    def hang_up(self, now: float, headers: Headers = ()) -> None:
        """End the session in whatever way is right now."""
        raise NotImplementedError

    # What comes from the peer.

    def request_received(
        self, transaction: Transaction, request: Request, dialog: Dialog, now: float
    ) -> None:
        """A request within one of our dialogs, not yet answered."""
        if request.method == "BYE" and (self.ended or dialog is self.dialog):
            self._bye_received(transaction, request, now)
        elif self.ended:
            self.answer(transaction, request, 481, now)
        elif not dialog.in_order(request):
            self.answer(transaction, request, 500, now, reason="CSeq out of order")
        else:
            dialog.flow = transaction.flow
            self._in_order(transaction, request, dialog, now)

    def _in_order(self, transaction: Transaction, request: Request, dialog: Dialog, now: float) -> None:
        if request.method == "INVITE":
            self.change.invited(transaction, request, now)
        elif request.method == "UPDATE":
            self.change.updated(transaction, request, dialog, now)
        elif request.method == "PRACK":
            self.pracked(transaction, request, dialog, now)
        elif request.method == "BYE":
            # Not for the caller's early dialogs.
            self.answer(transaction, request, 481, now)
        else:
            self.host.emit(DialogRequest(self.id, transaction.key, request))

    def pracked(self, transaction: Transaction, request: Request, dialog: Dialog, now: float) -> None:
        """A PRACK: only a callee has sent something that asks for one."""
        self.answer(transaction, request, 481, now)

    def has_settled(self, dialog: Dialog) -> bool:
        """Whether this dialog's first offer and its answer are done: UPDATE may carry another."""
        raise NotImplementedError

    def _bye_received(self, transaction: Transaction, request: Request, now: float) -> None:
        self.answer(transaction, request, 200, now)
        if not self.ended:
            self.end("bye", request.headers.get("Reason") or "", now, request)
        elif self.dialog is not None:
            self._stop_2xx()
            self.host.leave_dialog(self.dialog.key)

    def ack_received(self, request: Request, now: float) -> None:
        """An ACK within the dialog; only the one for our latest 2xx counts."""
        waiting = self.unacknowledged
        if waiting is None or waiting.cseq != request.cseq.number:
            return
        self._stop_2xx()
        self.may_bye = True
        if self._bye_headers is not None:
            self.send_bye(now, self._bye_headers)
        elif not self.ended:
            self.host.emit(Confirmed(self.id, request.body))
            self.change.settle(now)

    def cancelled(self, transaction: Transaction, cancel: Request, now: float) -> None:
        """The peer's CANCEL for an INVITE of this session; it has been answered 200."""
        if not self.ended:
            self.change.cancelled(transaction, now)

    def early_dialog(self, tag: str) -> Dialog | None:
        """The dialog, early or confirmed, with this tag of the peer's."""
        raise NotImplementedError

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """A request of the peer's from its server transaction: new ones are handed over by the endpoint."""
        if isinstance(message, Request) and message.method == "ACK":
            self.ack_received(message, now)

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """A server transaction could not deliver its response, or got no ACK: nothing to be done."""

    # Building blocks.

    def end(self, cause: Cause, reason: str, now: float, request: Request | None = None) -> None:
        """The last event, once; everything pending is answered or stopped, the dialog left."""
        if self.ended:
            return
        self.close(now)
        self.host.emit(Ended(self.id, cause, reason, request))

    def close(self, now: float) -> None:
        """Answer or stop everything pending and leave the dialogs; no event."""
        self.ended = True
        self.timer.close()
        self.change.close(now)
        if self.may_bye or self._bye_headers is None:
            self._stop_2xx()
        if self.dialog is not None and self._bye_headers is None:
            self.host.leave_dialog(self.dialog.key)
        self.host.forget(self.id)
        self.unanswered_offer = None
        # They know the session as it knows them: without this, all would wait for the collector.
        del self.change, self.timer

    def _stop_2xx(self) -> None:
        if self.unacknowledged is not None:
            self.unacknowledged.stop()
            self.unacknowledged = None

    def hang_up_dialog(self, cause: Cause, reason: str, now: float, headers: Headers = ()) -> None:
        """End a session that has a confirmed dialog, by BYE; the callee's waits for the ACK (15)."""
        if self.ended:
            return
        self._bye_headers = headers
        if self.unanswered_offer is not None and self.dialog is not None:
            self.send_ack(self.unanswered_offer, self.dialog)
            self.unanswered_offer = None
        self.end(cause, reason, now)
        if self.may_bye:
            self.send_bye(now, headers)

    def send_bye(self, now: float, headers: Headers) -> None:
        """Send BYE; the dialog stays known until it is answered, so that a BYE that crosses it is too."""
        dialog = self.dialog
        if dialog is None:
            return

        def responded(sent: ClientRequest, response: Response, late: float) -> None:
            if response.status >= 200:
                self.host.leave_dialog(dialog.key)

        def failed(sent: ClientRequest, status: int, late: float) -> None:
            self.host.leave_dialog(dialog.key)

        self.client_request(dialog.request("BYE", headers=headers), dialog, responded, failed, now)

    def answer_with_2xx(
        self, transaction: Transaction, request: Request, body: bytes, headers: Iterable[Header], now: float
    ) -> None:
        """Send a 2xx to an INVITE and see that it is acknowledged; no ACK ends the session (13.3.1.4)."""

        def give_up(late: float) -> None:
            self.unacknowledged = None
            self.may_bye = True
            if self._bye_headers is not None:
                self.send_bye(late, self._bye_headers)
            else:
                self.hang_up_dialog("timeout", "No ACK", late)

        self.answer(transaction, request, 200, now, body=body, headers=headers)
        self.unacknowledged = Unacknowledged(self.host, transaction, request.cseq.number, give_up, now)

    def answer(
        self,
        transaction: Transaction,
        request: Request,
        status: int,
        now: float,
        *,
        reason: str | None = None,
        body: bytes = b"",
        headers: Iterable[Header] = (),
    ) -> None:
        """Send a response in a server transaction."""
        response = make_response(request, status, reason, self.tag, headers=headers, body=body)
        self.host.transactions.respond(transaction, response, now)

    def client_request(
        self,
        request: Request,
        dialog: Dialog,
        responded: OnResponse,
        failed: OnFailure,
        now: float,
    ) -> ClientRequest:
        """Send a request of ours in the dialog."""
        return ClientRequest(
            self.host,
            request,
            dialog.flow,
            next_cseq=dialog.next_cseq,
            login=self.login,
            on_response=responded,
            on_failure=failed,
            now=now,
        )

    def send_ack(self, invite: ClientRequest, dialog: Dialog, body: bytes = b"") -> None:
        """Send the ACK for a 2xx to an INVITE of ours (13.2.2.4)."""
        invite.acks.send(self.host, invite.request, dialog, body)
