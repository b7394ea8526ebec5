"""What an INVITE of ours still owes when its session is over: ACKs, and a BYE to forks that answer late.

Its transaction goes on for 32 s after the answer (RFC 6026 7.2). A busy box has thousands of them, so that
of a whole session only this is kept meanwhile.
"""

from __future__ import annotations

from appliance.sip.client_authentication import Login
from appliance.sip.client_request import Acknowledgements, ClientRequest
from appliance.sip.dialog import Dialog
from appliance.sip.host import Host
from appliance.sip.message import Headers, Message, Request, Response
from appliance.sip.parser import parse_message
from appliance.sip.transactions import Transaction
from appliance.sip.uri import Uri

# What can be read of an INVITE at all, and what of it dialogs and ACKs are made of.
_KEPT = ("via", "from", "to", "call-id", "cseq", "authorization", "proxy-authorization")


def leave_fork(host: Host, dialog: Dialog, login: Login | None, now: float) -> None:
    """End by BYE a dialog that nobody wants (RFC 3261 13.2.2.4); its answer changes nothing."""
    ClientRequest(
        host,
        dialog.request("BYE"),
        dialog.flow,
        next_cseq=dialog.next_cseq,
        login=login,
        on_response=lambda sent, response, late: None,
        on_failure=lambda sent, status, late: None,
        now=now,
    )


class LateAnswers:
    """The user of the INVITE's transaction after the session's end."""

    __slots__ = ("_acks", "_contact", "_host", "_invite", "_login")

    def __init__(
        self, host: Host, invite: Request, contact: Uri, login: Login | None, acks: Acknowledgements
    ) -> None:
        self._host = host
        kept = Headers()
        kept.copy_from(invite.headers, _KEPT)
        self._invite = bytes(Request(invite.method, invite.uri, kept))
        self._contact = contact
        self._login = login
        self._acks = acks

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """A 2xx: one that came before is acknowledged again, another fork's is ended."""
        if not isinstance(message, Response) or not message.is_success:
            return
        if self._acks.send_again(self._host, message.to.tag or ""):
            return
        invite = parse_message(self._invite)
        assert isinstance(invite, Request)
        dialog = Dialog.of_caller(invite, message, self._contact, transaction.usual_flow)
        self._acks.send(self._host, invite, dialog)
        leave_fork(self._host, dialog, self._login, now)

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """It had its answer."""
