"""The four transactions as tables: (state, input) -> (next state, actions) (RFC 3261 17, RFC 6026).

What is not in a table is ignored in that state. A transaction begins in `START` with `BEGIN`.
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """Where a transaction is."""

    START = "start"
    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    TERMINATED = "terminated"

    __hash__ = object.__hash__


class Input(Enum):
    """What may happen to a transaction."""

    BEGIN = "begin"
    REQUEST = "request retransmitted"
    ACK = "ACK received"
    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    TRANSPORT_ERROR = "transport error"
    RETRANSMIT = "timer A, E or G"
    TIMEOUT = "timer B, F or H"
    LINGERED = "timer D, I, J, K, L or M"

    __hash__ = object.__hash__


class Action(Enum):
    """What a transaction then does, in the order of the row.

    SEND sends the request or the response that came with the input; SEND_AGAIN what was sent last.
    TIMER_A, E and G double their interval each time they are started again, E and G up to T2.
    """

    SEND = "send"
    SEND_AGAIN = "send again"
    SEND_ACK = "send ACK"
    PASS = "pass to the user"
    REPORT_TIMEOUT = "report timeout"
    REPORT_TRANSPORT = "report transport error"
    STOP = "stop all timers"
    TIMER_A = "A"
    TIMER_B = "B"
    TIMER_D = "D"
    TIMER_E = "E"
    TIMER_E_SLOW = "E at T2"
    TIMER_F = "F"
    TIMER_G = "G"
    TIMER_H = "H"
    TIMER_I = "I"
    TIMER_J = "J"
    TIMER_K = "K"
    TIMER_L = "L"
    TIMER_M = "M"

    __hash__ = object.__hash__


Row = tuple[State, tuple[Action, ...]]
Table = dict[tuple[State, Input], Row]

S, I, A = State, Input, Action  # noqa: E741

# A provisional response leaves nothing to send again, so a connection that then breaks would
# otherwise go unnoticed until Timer C: unlike RFC 3261 figure 5, PROCEEDING reports it.
INVITE_CLIENT: Table = {
    (S.START, I.BEGIN): (S.CALLING, (A.SEND, A.TIMER_A, A.TIMER_B)),
    (S.CALLING, I.RETRANSMIT): (S.CALLING, (A.SEND_AGAIN, A.TIMER_A)),
    (S.CALLING, I.TIMEOUT): (S.TERMINATED, (A.REPORT_TIMEOUT,)),
    (S.CALLING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.REPORT_TRANSPORT,)),
    (S.CALLING, I.PROVISIONAL): (S.PROCEEDING, (A.STOP, A.PASS)),
    (S.CALLING, I.SUCCESS): (S.ACCEPTED, (A.STOP, A.TIMER_M, A.PASS)),
    (S.CALLING, I.FAILURE): (S.COMPLETED, (A.STOP, A.SEND_ACK, A.TIMER_D, A.PASS)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.PASS,)),
    (S.PROCEEDING, I.SUCCESS): (S.ACCEPTED, (A.STOP, A.TIMER_M, A.PASS)),
    (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.STOP, A.SEND_ACK, A.TIMER_D, A.PASS)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.REPORT_TRANSPORT,)),
    (S.COMPLETED, I.FAILURE): (S.COMPLETED, (A.SEND_ACK,)),
    (S.COMPLETED, I.TRANSPORT_ERROR): (S.TERMINATED, ()),
    (S.COMPLETED, I.LINGERED): (S.TERMINATED, ()),
    (S.ACCEPTED, I.SUCCESS): (S.ACCEPTED, (A.PASS,)),
    (S.ACCEPTED, I.LINGERED): (S.TERMINATED, ()),
}

REQUEST_CLIENT: Table = {
    (S.START, I.BEGIN): (S.TRYING, (A.SEND, A.TIMER_E, A.TIMER_F)),
    (S.TRYING, I.RETRANSMIT): (S.TRYING, (A.SEND_AGAIN, A.TIMER_E)),
    (S.TRYING, I.TIMEOUT): (S.TERMINATED, (A.REPORT_TIMEOUT,)),
    (S.TRYING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.REPORT_TRANSPORT,)),
    (S.TRYING, I.PROVISIONAL): (S.PROCEEDING, (A.PASS,)),
    (S.TRYING, I.SUCCESS): (S.COMPLETED, (A.STOP, A.TIMER_K, A.PASS)),
    (S.TRYING, I.FAILURE): (S.COMPLETED, (A.STOP, A.TIMER_K, A.PASS)),
    (S.PROCEEDING, I.RETRANSMIT): (S.PROCEEDING, (A.SEND_AGAIN, A.TIMER_E_SLOW)),
    (S.PROCEEDING, I.TIMEOUT): (S.TERMINATED, (A.REPORT_TIMEOUT,)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.REPORT_TRANSPORT,)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.PASS,)),
    (S.PROCEEDING, I.SUCCESS): (S.COMPLETED, (A.STOP, A.TIMER_K, A.PASS)),
    (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.STOP, A.TIMER_K, A.PASS)),
    (S.COMPLETED, I.LINGERED): (S.TERMINATED, ()),
}

INVITE_SERVER: Table = {
    (S.START, I.BEGIN): (S.PROCEEDING, (A.PASS,)),
    (S.PROCEEDING, I.REQUEST): (S.PROCEEDING, (A.SEND_AGAIN,)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (S.PROCEEDING, I.SUCCESS): (S.ACCEPTED, (A.SEND, A.TIMER_L)),
    (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.SEND, A.TIMER_G, A.TIMER_H)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.PROCEEDING, (A.REPORT_TRANSPORT,)),
    (S.COMPLETED, I.REQUEST): (S.COMPLETED, (A.SEND_AGAIN,)),
    (S.COMPLETED, I.RETRANSMIT): (S.COMPLETED, (A.SEND_AGAIN, A.TIMER_G)),
    (S.COMPLETED, I.TIMEOUT): (S.TERMINATED, (A.REPORT_TIMEOUT,)),
    (S.COMPLETED, I.ACK): (S.CONFIRMED, (A.STOP, A.TIMER_I)),
    (S.COMPLETED, I.TRANSPORT_ERROR): (S.COMPLETED, (A.REPORT_TRANSPORT,)),
    (S.CONFIRMED, I.LINGERED): (S.TERMINATED, ()),
    (S.ACCEPTED, I.SUCCESS): (S.ACCEPTED, (A.SEND,)),
    (S.ACCEPTED, I.ACK): (S.ACCEPTED, (A.PASS,)),
    (S.ACCEPTED, I.TRANSPORT_ERROR): (S.ACCEPTED, (A.REPORT_TRANSPORT,)),
    (S.ACCEPTED, I.LINGERED): (S.TERMINATED, ()),
}

# Timer F belongs to the client, but guards here too: an answer after 64*T1 reaches nobody any more
# (RFC 4320 4.1), and a request its user forgot must not stay for ever.
REQUEST_SERVER: Table = {
    (S.START, I.BEGIN): (S.TRYING, (A.TIMER_F, A.PASS)),
    (S.TRYING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (S.TRYING, I.SUCCESS): (S.COMPLETED, (A.STOP, A.SEND, A.TIMER_J)),
    (S.TRYING, I.FAILURE): (S.COMPLETED, (A.STOP, A.SEND, A.TIMER_J)),
    (S.TRYING, I.TIMEOUT): (S.TERMINATED, (A.REPORT_TIMEOUT,)),
    (S.PROCEEDING, I.REQUEST): (S.PROCEEDING, (A.SEND_AGAIN,)),
    (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (S.PROCEEDING, I.SUCCESS): (S.COMPLETED, (A.STOP, A.SEND, A.TIMER_J)),
    (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.STOP, A.SEND, A.TIMER_J)),
    (S.PROCEEDING, I.TIMEOUT): (S.TERMINATED, (A.REPORT_TIMEOUT,)),
    (S.PROCEEDING, I.TRANSPORT_ERROR): (S.TERMINATED, (A.REPORT_TRANSPORT,)),
    (S.COMPLETED, I.REQUEST): (S.COMPLETED, (A.SEND_AGAIN,)),
    (S.COMPLETED, I.TRANSPORT_ERROR): (S.TERMINATED, (A.REPORT_TRANSPORT,)),
    (S.COMPLETED, I.LINGERED): (S.TERMINATED, ()),
}

TABLES: dict[str, Table] = {
    "INVITE client": INVITE_CLIENT,
    "non-INVITE client": REQUEST_CLIENT,
    "INVITE server": INVITE_SERVER,
    "non-INVITE server": REQUEST_SERVER,
}
