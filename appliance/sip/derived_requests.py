"""The requests made out of an INVITE: CANCEL and the ACK for a refusal (RFC 3261 9.1, 17.1.1.3)."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.sip.fields import Headers
from appliance.sip.message import Request, Response


def cancel_for(invite: Request, headers: Iterable[tuple[str, str]] = ()) -> Request:
    """The CANCEL of an INVITE that was sent: same Via, so the same branch (9.1)."""
    return _derived(invite, "CANCEL", headers)


def ack_for_refusal(invite: Request, response: Response) -> Request:
    """The ACK for a 3xx-6xx response to an INVITE (17.1.1.3)."""
    ack = _derived(invite, "ACK")
    ack.headers.copy_from(response.headers, ("to",))
    return ack


def _derived(invite: Request, method: str, headers: Iterable[tuple[str, str]] = ()) -> Request:
    fields = Headers()
    fields.add("Via", invite.headers.all("Via")[0])
    fields.copy_from(invite.headers, ("route", "max-forwards", "from", "to", "call-id"))
    fields.add("CSeq", f"{invite.cseq.number} {method}")
    for name, value in headers:
        fields.add(name, value)
    return Request(method, invite.uri, fields)
