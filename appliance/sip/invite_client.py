"""The caller's side of a session: INVITE, forks, CANCEL, and the ACK for each 2xx (RFC 3261 13.2, 9.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from appliance.sip.client_authentication import Login
from appliance.sip.client_request import ClientRequest
from appliance.sip.derived_requests import cancel_for
from appliance.sip.dialog import Dialog
from appliance.sip.events import Accepted, Ended, Progress, Refused, SessionId
from appliance.sip.flow import Flow
from appliance.sip.host import Host
from appliance.sip.invite import Headers, InviteSession
from appliance.sip.late_answers import LateAnswers, leave_fork
from appliance.sip.message import Message, Request, Response
from appliance.sip.reasons import reason_for
from appliance.sip.reliable_provisional import SeenProvisionals, rseq_of
from appliance.sip.transaction_tables import State
from appliance.sip.transactions import Transaction
from appliance.sip.uri import Uri


class ClientSession(InviteSession):
    """A session we asked for."""

    side: Literal["caller", "callee"] = "caller"

    def __init__(self, session_id: SessionId, host: Host, login: Login | None) -> None:
        super().__init__(session_id, host, login)
        self._early: dict[str, Dialog] = {}
        self._provisionals = SeenProvisionals()
        self._settled: set[str] = set()
        self._cancel: _Cancel | None = None

    def start(self, request: Request, contact: Uri, flow: Flow, now: float) -> None:
        """Send the INVITE."""
        options = request.headers.all("Supported")
        for name, value in self.timer.wishes():
            request.headers.set(name, ", ".join([*options, value]) if name == "Supported" else value)
        self.description = request.body
        self._cseq = request.cseq.number
        self._contact = contact
        self._flow = flow
        self._invite = ClientRequest(
            self.host,
            request,
            flow,
            next_cseq=self._next_cseq,
            login=self.login,
            on_response=self._responded,
            on_failure=self._no_response,
            now=now,
        )

    def _next_cseq(self) -> int:
        self._cseq += 1
        return self._cseq

    def hang_up(self, now: float, headers: Headers = ()) -> None:
        """BYE after the answer, CANCEL before."""
        if self.ended:
            return
        if self.dialog is not None:
            self.hang_up_dialog("local", "", now, headers)
            return
        invite = self._invite
        self.close(now)
        self.host.emit(Ended(self.id, "local", ""))
        self._cancel = _Cancel(self.host, invite, headers, self._rest)
        self._cancel.try_send(now)

    def close(self, now: float) -> None:
        """As for every session; the early dialogs go too."""
        super().close(now)
        self._leave_early()
        self._rest()

    def _rest(self) -> None:
        """Once an ended session's INVITE is answered, keep no more than its transaction still needs."""
        invite = self._invite
        if invite.is_pending:
            return
        if invite.transaction.state is State.ACCEPTED:
            invite.transaction.user = LateAnswers(
                self.host, invite.request, self._contact, self.login, invite.acks
            )
        # The request knows the session too: without this, both would wait for the collector.
        del self._invite
        self._cancel = None

    def _leave_early(self) -> None:
        for dialog in self._early.values():
            if dialog is not self.dialog:
                self.host.leave_dialog(dialog.key)
        self._early.clear()

    # Responses.

    def _responded(self, sent: ClientRequest, response: Response, now: float) -> None:
        if response.status < 200:
            self._progressed(response, now)
        elif response.is_success:
            self._succeeded(response, now)
        elif not self.ended and (again := self.timer.longer(sent.request, response)) is not None:
            sent.repeat(again, now)
        elif not self.ended:
            self._refused(response.status, response.reason, response, now)
        else:
            self._rest()

    def _no_response(self, sent: ClientRequest, status: int, now: float) -> None:
        if not self.ended:
            self._refused(status, reason_for(status), None, now)
        else:
            self._rest()

    def _refused(self, status: int, reason: str, response: Response | None, now: float) -> None:
        self.close(now)
        self.host.emit(Refused(self.id, status, reason, response, _redirections(response)))

    def _progressed(self, response: Response, now: float) -> None:
        if self._cancel is not None:
            self._cancel.try_send(now)
        if self.ended or self.dialog is not None:
            return
        # A 100 makes no dialog, whatever tag it carries (12.1).
        tag = (response.to.tag or "") if response.status > 100 else ""
        rseq = rseq_of(response) if tag else None
        if rseq is not None and not self._provisionals.is_next(tag, rseq):
            return  # It came before, or one before it is still to come (RFC 3262 4).
        if tag:
            dialog = self._note_early(tag, response)
            if rseq is not None:
                self._acknowledge_provisional(dialog, rseq, response, now)
        self.host.emit(Progress(self.id, response.status, response, tag, rseq is not None))

    def _acknowledge_provisional(self, dialog: Dialog, rseq: int, response: Response, now: float) -> None:
        """Send the PRACK; that nobody answers it is no reason to give the call up."""
        if response.body:
            self._settled.add(dialog.key[2])
        rack = ("RAck", f"{rseq} {response.cseq.number} INVITE")
        prack = dialog.request("PRACK", headers=(rack,))
        self.client_request(
            prack, dialog, lambda sent, answer, late: None, lambda sent, status, late: None, now
        )

    def has_settled(self, dialog: Dialog) -> bool:
        """Whether this dialog's first offer and its answer are done: UPDATE may carry another."""
        return self.dialog is not None or dialog.key[2] in self._settled

    def _note_early(self, tag: str, response: Response) -> Dialog:
        known = self._early.get(tag)
        if known is not None:
            known.refresh(response)
            return known
        dialog = Dialog.of_caller(
            self._invite.request, response, self._contact, self._invite.transaction.usual_flow
        )
        self._early[tag] = dialog
        self.host.enter_dialog(dialog.key, self)
        return dialog

    def early_dialog(self, tag: str) -> Dialog | None:
        """The early or confirmed dialog with this peer tag."""
        if self.dialog is not None and self.dialog.key[2] == tag:
            return self.dialog
        return self._early.get(tag)

    def _succeeded(self, response: Response, now: float) -> None:
        tag = response.to.tag or ""
        if self._invite.acks.send_again(self.host, tag):
            return
        if self.dialog is not None and self.dialog.key[2] == tag:
            return  # Came again while the user still makes the answer that its ACK will carry.
        dialog = Dialog.of_caller(
            self._invite.request, response, self._contact, self._invite.transaction.usual_flow
        )
        if self.ended:
            self._end_fork(dialog, now)
            self._rest()
        elif self.dialog is not None:
            self._end_fork(dialog, now)
        else:
            self._confirm(dialog, response, now)

    def _confirm(self, dialog: Dialog, response: Response, now: float) -> None:
        early = self._early.get(dialog.key[2])
        if early is not None:
            # What the peer sent within the early dialog counts on (13.2.2.4 renews the rest).
            dialog.remote_cseq = early.remote_cseq
            dialog.local_cseq = max(dialog.local_cseq, early.local_cseq)
        self.dialog = dialog
        self._leave_early()
        self.host.enter_dialog(dialog.key, self)
        if self._invite.request.body:
            self.send_ack(self._invite, dialog)
        else:
            self.unanswered_offer = self._invite
        self.timer.answered(response, now)
        self.host.emit(Accepted(self.id, response))

    def _end_fork(self, dialog: Dialog, now: float) -> None:
        """A 2xx nobody wants: another fork was first, or we had cancelled. ACK it, then BYE (13.2.2.4)."""
        self.send_ack(self._invite, dialog)
        leave_fork(self.host, dialog, self.login, now)


class _Cancel:
    """Our CANCEL: held back until a provisional response shows that the INVITE has arrived (9.1)."""

    def __init__(
        self, host: Host, invite: ClientRequest, headers: Headers, given_up: Callable[[], None]
    ) -> None:
        self._host = host
        self._given_up = given_up
        self._invite = invite
        self._headers = headers
        self._sent = False
        invite.stop_authenticating()

    def try_send(self, now: float) -> None:
        """Send it if that is due and not done."""
        transaction = self._invite.transaction
        if self._sent or transaction.state is not State.PROCEEDING:
            return
        self._sent = True
        cancel = cancel_for(self._invite.request, self._headers)
        self._host.transactions.begin_client(cancel, transaction.flow, self, now)
        self._invite.abandon_after(64 * self._host.transactions.t1, now, lambda late: self._given_up())

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """The answer to CANCEL says nothing: the INVITE's own does."""

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """Then the INVITE is given up when its time is over."""


def _redirections(response: Response | None) -> tuple[Uri, ...]:
    if response is None or not 300 <= response.status < 400:
        return ()
    contacts = sorted(response.contacts, key=lambda contact: -contact.q)
    return tuple([contact.uri for contact in contacts])
