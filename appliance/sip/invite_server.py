"""The callee's side of a session: ringing, the answer until its ACK, refusal, CANCEL (RFC 3261 13.3, 9.2)."""

from __future__ import annotations

from typing import Literal

from appliance.sip.dialog import Dialog, default_contact
from appliance.sip.events import IncomingInvite, SessionId
from appliance.sip.headers import parse_contact
from appliance.sip.host import Host
from appliance.sip.invite import Headers, InviteSession
from appliance.sip.message import Message, Request
from appliance.sip.reliable_provisional import ReliableProvisionals
from appliance.sip.timers import Timer
from appliance.sip.transactions import NOBODY, Transaction

TRYING_AFTER = 0.2
RING_AGAIN = 60.0
"""Seconds between provisional responses, so that no proxy on the way gives up (13.3.1.1)."""

HUNG_UP_UNANSWERED = 480


class ServerSession(InviteSession):
    """A session that was asked of us."""

    side: Literal["caller", "callee"] = "callee"

    def __init__(self, session_id: SessionId, host: Host) -> None:
        super().__init__(session_id, host)
        self.may_bye = False
        self._begun = False
        self._ringing: Timer | None = None

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """The INVITE itself, or an ACK that came with its branch; re-INVITEs come by `request_received`."""
        if not self._begun and isinstance(message, Request):
            self._begun = True
            self._begin(transaction, message, now)
        else:
            super().passed(transaction, message, now)

    def _begin(self, transaction: Transaction, request: Request, now: float) -> None:
        self.transaction = transaction
        self._request = request
        contact = default_contact(request, transaction.flow)
        self.tag = self.host.tokens()
        self._dialog = Dialog.of_callee(request, self.tag, contact, transaction.flow)
        self._provisionals = ReliableProvisionals(self.host, transaction, request, self._no_prack)
        self.host.enter_dialog(self._dialog.key, self)
        # Only if its user takes longer (17.2.1): to some phones a 100 before a challenge is a call going on.
        self._ringing = self.host.timers.at(now + TRYING_AFTER, self._trying)
        self.host.emit(IncomingInvite(self.id, request, transaction.flow))

    def _trying(self, now: float) -> None:
        self._ringing = None
        self.answer(self.transaction, self._request, 100, now)

    def early_dialog(self, tag: str) -> Dialog | None:
        """The dialog, early or confirmed."""
        return self._dialog

    # What the user asks.

    def ring(self, status: int, body: bytes, headers: Headers, now: float) -> None:
        """Send a provisional response, and again every minute."""
        if self.ended or self.dialog is not None:
            return
        self._stop_ringing()
        self.description = body or self.description
        headers = self._with_contact(headers)

        def put(more: Headers) -> None:
            self.answer(self.transaction, self._request, status, now, body=body, headers=(*headers, *more))

        if status > 100 and self._provisionals.takes(body):
            self._provisionals.send(put, bool(body), now)
        elif status == 100 or not self._provisionals.forbids_plain:
            put(())
        if status > 100:
            self._ringing = self.host.timers.at(
                now + RING_AGAIN, lambda due: self.ring(status, body, headers, due)
            )

    def accept(self, body: bytes, headers: Headers, now: float) -> None:
        """Answer 200, once the description sent before, if any, is acknowledged."""
        if self.ended or self.dialog is not None:
            return
        self._stop_ringing()
        self.description = body or self.description
        headers = self._with_contact(headers)
        self._provisionals.when_described(lambda due: self._accept(body, headers, due), now)

    def _accept(self, body: bytes, headers: Headers, now: float) -> None:
        if self.ended or self.dialog is not None:
            return
        self.dialog = self._dialog
        if self._provisionals.has_answered:
            # Offer and answer are done: a description here could only contradict them (RFC 6337 3.1.1).
            body = b""
        headers = (*headers, *self.timer.asked(self._request, now))
        self.answer_with_2xx(self.transaction, self._request, body, headers, now)
        del self._request

    def _no_prack(self, now: float) -> None:
        """The caller never acknowledged what it had to (RFC 3262 3)."""
        self._refuse(504, now, "No PRACK")
        self.end("timeout", "No PRACK", now)

    def refuse(self, status: int, reason: str | None, headers: Headers, now: float) -> None:
        """Answer with a refusal; after the answer, hang up."""
        if self.dialog is not None:
            self.hang_up(now, headers)
            return
        self._refuse(status, now, reason, headers)
        self.end("local", reason or "", now)

    def hang_up(self, now: float, headers: Headers = ()) -> None:
        """BYE after the answer, 480 before."""
        if self.dialog is not None:
            self.hang_up_dialog("local", "", now, headers)
        else:
            self.refuse(HUNG_UP_UNANSWERED, None, headers, now)

    # What happens.

    def cancelled(self, transaction: Transaction, cancel: Request, now: float) -> None:
        """The caller gives up; too late once we have answered (9.2)."""
        if self.dialog is not None:
            super().cancelled(transaction, cancel, now)
            return
        if self.ended:
            return
        self._refuse(487, now)
        self.end("cancelled", cancel.headers.get("Reason") or "", now, cancel)

    def request_received(
        self, transaction: Transaction, request: Request, dialog: Dialog, now: float
    ) -> None:
        """As for every session; but the caller may BYE an early dialog too (15)."""
        if request.method == "BYE" and self.dialog is None and not self.ended:
            self.answer(transaction, request, 200, now)
            self._refuse(487, now)
            self.end("bye", request.headers.get("Reason") or "", now, request)
        else:
            super().request_received(transaction, request, dialog, now)

    def pracked(self, transaction: Transaction, request: Request, dialog: Dialog, now: float) -> None:
        """The caller acknowledges a provisional response of ours, perhaps with an offer of its own."""
        known = self._provisionals.acknowledged(request, now)
        if known and request.body and self._provisionals.has_answered:
            self.change.updated(transaction, request, dialog, now)
        else:
            self.answer(transaction, request, 200 if known else 481, now)

    def has_settled(self, dialog: Dialog) -> bool:
        """Whether the first offer and its answer are done: UPDATE may carry another."""
        return self.dialog is not None or self._provisionals.has_answered

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """The caller cannot be reached any more while we ring; after the answer the missing ACK tells."""
        if transaction is self.transaction and status == 503 and not self.ended and self.dialog is None:
            self.end("transport", "Caller unreachable", now)
            self.host.transactions.abandon(transaction)

    def close(self, now: float) -> None:
        """As for every session; the early dialog goes too."""
        self._stop_ringing()
        self._provisionals.close()
        super().close(now)
        if self.dialog is None:
            self.host.leave_dialog(self._dialog.key)
            del self._request
        if self.unacknowledged is None:
            self.transaction.user = NOBODY
        del self._provisionals

    def _refuse(self, status: int, now: float, reason: str | None = None, headers: Headers = ()) -> None:
        self.answer(self.transaction, self._request, status, now, reason=reason, headers=headers)

    def _with_contact(self, headers: Headers) -> Headers:
        for name, value in headers:
            if name.lower() == "contact":
                self._dialog.contact = parse_contact(value).uri
                return headers
        return (("Contact", f"<{self._dialog.contact}>"), *headers)

    def _stop_ringing(self) -> None:
        if self._ringing is not None:
            self._ringing.cancel()
            self._ringing = None
