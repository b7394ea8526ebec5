"""Which transaction or dialog a message belongs to (RFC 3261 17.1.3, 17.2.3, 12.2.2, 8.2.2.2)."""

from __future__ import annotations

from appliance.sip.events import TransactionKey
from appliance.sip.headers import BRANCH_COOKIE
from appliance.sip.message import Message, Request, Response

DialogKey = tuple[str, str, str]


def server_key(request: Request, method: str | None = None) -> TransactionKey:
    """The key of the server transaction a request belongs to; an ACK belongs to its INVITE's.

    Branch (its case counts), sent-by and method (17.2.3), and the CSeq number besides: some phones
    use one branch for every request of a call. Without the magic cookie the branch is unique to
    nothing, so Call-ID, From tag and the whole Via are compared as well (RFC 2543).
    """
    via = request.via
    method = method or request.method
    if method == "ACK":
        method = "INVITE"
    branch = via.branch or ""
    number = request.cseq.number
    if branch.startswith(BRANCH_COOKIE):
        return (branch, *via.sent_by, method, number)
    return (branch, *via.sent_by, method, number, request.call_id, request.from_.tag)


def client_key(branch: str, method: str) -> TransactionKey:
    """The key of a client transaction: our branch and the CSeq method (17.1.3)."""
    return ("client", branch, method)


def response_key(response: Response) -> TransactionKey:
    """The key of the client transaction a response belongs to."""
    return client_key(response.via.branch or "", response.cseq.method)


def invite_key(cancel: Request) -> TransactionKey:
    """The key of the INVITE server transaction that a CANCEL asks to end (9.2)."""
    return server_key(cancel, "INVITE")


def merge_key(request: Request) -> TransactionKey:
    """What two forks of one request share although they came by different paths (8.2.2.2)."""
    return ("merge", request.call_id, request.from_.tag, request.cseq.number, request.method)


def dialog_key(message: Message, *, from_peer_request: bool) -> DialogKey:
    """(Call-ID, our tag, the peer's) of a request from the peer, or of a response to ours (12.1, 12.2.2)."""
    to_tag, from_tag = message.to.tag or "", message.from_.tag or ""
    if from_peer_request:
        return (message.call_id, to_tag, from_tag)
    return (message.call_id, from_tag, to_tag)
