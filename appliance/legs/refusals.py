"""Refusals: what a final status says, of the far end, of the number, or of the line that was asked."""

from __future__ import annotations

import re

from appliance.routing.steps import Outcome
from appliance.sip.message import Response

# What a line itself says no with, never whoever is called: our account is refused, barred or unpaid, or
# nothing came. A far end that rejects a call by 403 says so by its cause.
LINE_REFUSALS = frozenset({401, 402, 403, 407, 408})
BUSY = frozenset({486, 600})
DECLINED = frozenset({603, 607})
NO_ANSWER = frozenset({487})
NO_SUCH_NUMBER = frozenset({404, 410, 484, 604})
FORBIDDEN = 403

# What the telephone network behind a line says of the far end (ITU-T Q.850), as the status that means it
# (RFC 3398 8.2.6.1): gateways send such a cause with all kinds of statuses.
_MEANT = {1: 404, 17: 486, 18: 480, 19: 480, 21: 603, 22: 410, 28: 484}
_CAUSE = re.compile(r"^\s*Q\.850\s*;(?:[^,]*;)?\s*cause\s*=\s*(\d{1,3})\b", re.IGNORECASE)


def status_meant(status: int, response: Response | None) -> int:
    """The status that means what a line says of the far end by a cause (RFC 3326); else its own."""
    reasons = response.headers.all("Reason") if response is not None else ()
    causes = (int(found[1]) for value in reasons if (found := _CAUSE.match(value)))
    return next((_MEANT[cause] for cause in causes if cause in _MEANT), status)


def line_has_failed(status: int) -> bool:
    """Whether the next server or line is tried after that final status (RFC 3263 4.3).

    Never after what the far end may have said: busy, declined, no such number.
    """
    return status in LINE_REFUSALS or 500 <= status < 600


def refuses_emergency(status: int) -> bool:
    """Whether an emergency call goes on to the next line: after every refusal, a full line is busy too."""
    return status >= 300


def outcome_of(status: int, by_line: bool = False) -> Outcome:
    """What a final SIP status means to the plan, of a phone of ours or `by_line`."""
    if status in BUSY:
        return Outcome.BUSY
    if status in DECLINED or (status == FORBIDDEN and not by_line):
        return Outcome.DECLINED
    if status in NO_ANSWER:
        return Outcome.NO_ANSWER
    if by_line and status in NO_SUCH_NUMBER:
        return Outcome.NO_SUCH_NUMBER
    return Outcome.UNREACHABLE
