"""What the endpoint tells its user: one frozen record for each thing that happened.

Every session yields exactly one last event: `Refused` (our INVITE was refused) or `Ended` (all else).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from appliance.sip.flow import Flow
from appliance.sip.message import Request, Response
from appliance.sip.uri import Uri

SessionId = str
TransactionKey = tuple[object, ...]
Cause = Literal["bye", "cancelled", "timeout", "transport", "local"]


@dataclass(frozen=True, slots=True)
class IncomingInvite:
    """A new session is asked for: `ring`, `accept`, `refuse` or `hang_up` it.

    100 Trying goes out when none of that is done within 200 ms.
    """

    session: SessionId
    request: Request
    flow: Flow


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """A request outside any session: answer it with `respond` or `reply`."""

    key: TransactionKey
    request: Request
    flow: Flow


@dataclass(frozen=True, slots=True)
class Progress:
    """A provisional response to our INVITE; 100 says only that the next server has it and tries.

    `early_dialog` is the fork's To tag ("" when there is none): each has its own early media.
    `reliable`: it has been acknowledged by PRACK, so that a description in it is the fork's
    answer for good (RFC 3262 5).
    """

    session: SessionId
    status: int
    response: Response
    early_dialog: str
    reliable: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """Our INVITE was answered 2xx. The ACK has gone out, unless the INVITE carried no offer:
    then `acknowledge` sends it with the answer."""

    session: SessionId
    response: Response


@dataclass(frozen=True, slots=True)
class Refused:
    """Our INVITE got a final refusal; last event of its session.

    408 for silence and 503 for a transport that failed, with `response` None. For a 3xx `contacts`
    holds where to try instead, best first.
    """

    session: SessionId
    status: int
    reason: str
    response: Response | None
    contacts: tuple[Uri, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The ACK for our 2xx to an INVITE or re-INVITE is here; `body` is the answer when ours was the offer."""

    session: SessionId
    body: bytes


@dataclass(frozen=True, slots=True)
class Reinvited:
    """The peer asks to change the session, by re-INVITE or by UPDATE with an offer.

    `answer_reinvite` or `refuse_reinvite` it. An empty body asks us for an offer.
    """

    session: SessionId
    request: Request


@dataclass(frozen=True, slots=True)
class ReinviteCancelled:
    """The peer took its re-INVITE back; it has been answered 487, the session goes on as it was."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class ReinviteAccepted:
    """Our re-INVITE was answered 2xx and acknowledged (by `acknowledge` when it carried no offer)."""

    session: SessionId
    response: Response


@dataclass(frozen=True, slots=True)
class ReinviteRefused:
    """Our re-INVITE was refused for good (491 has been retried); the session goes on as it was."""

    session: SessionId
    status: int


@dataclass(frozen=True, slots=True)
class DialogRequest:
    """INFO, REFER, NOTIFY, MESSAGE... within a session: answer it with `respond` or `reply`."""

    session: SessionId
    key: TransactionKey
    request: Request


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; last event of it. `request` is the peer's BYE or CANCEL, if that ended it.

    bye: the peer hung up; cancelled: the caller gave up before the answer; timeout: no ACK, or the
    dialog is gone at the peer; transport: its path broke; local: we ended it.
    """

    session: SessionId
    cause: Cause
    reason: str
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class ResponseReceived:
    """A response other than 100 to a request sent by `request` or `send_in_dialog`."""

    key: TransactionKey
    response: Response


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """No response to such a request: 408 silence, 503 transport failed."""

    key: TransactionKey
    status: int


Event = (
    IncomingInvite
    | IncomingRequest
    | Progress
    | Accepted
    | Refused
    | Confirmed
    | Reinvited
    | ReinviteCancelled
    | ReinviteAccepted
    | ReinviteRefused
    | DialogRequest
    | Ended
    | ResponseReceived
    | RequestFailed
)
