"""The callee's side of a session: ringing, the answer until its ACK, refusal, CANCEL (RFC 3261 13.3, 9.2)."""

from __future__ import annotations

from typing import Literal

from appliance.sip.dialog import Dialog, default_contact
from appliance.sip.events import IncomingInvite, SessionId
from appliance.sip.headers import parse_contact
from appliance.sip.host import Host
from appliance.sip.invite import Headers, InviteSession
from appliance.sip.message import Message, Request
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
        self.answer(
            self.transaction, self._request, status, now, body=body, headers=self._with_contact(headers)
        )
        if status > 100:
            self._ringing = self.host.timers.at(
                now + RING_AGAIN, lambda due: self.ring(status, body, headers, due)
            )

    def accept(self, body: bytes, headers: Headers, now: float) -> None:
        """Answer 200."""
        if self.ended or self.dialog is not None:
            return
        self._stop_ringing()
        self.dialog = self._dialog
        self.description = body or self.description
        headers = (*self._with_contact(headers), *self.timer.asked(self._request, now))
        self.answer_with_2xx(self.transaction, self._request, body, headers, now)
        del self._request

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

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """The caller cannot be reached any more while we ring; after the answer the missing ACK tells."""
        if transaction is self.transaction and status == 503 and not self.ended and self.dialog is None:
            self.end("transport", "Caller unreachable", now)
            self.host.transactions.abandon(transaction)

    def close(self, now: float) -> None:
        """As for every session; the early dialog goes too."""
        self._stop_ringing()
        super().close(now)
        if self.dialog is None:
            self.host.leave_dialog(self._dialog.key)
            del self._request
        if self.unacknowledged is None:
            self.transaction.user = NOBODY

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
