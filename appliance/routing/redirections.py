"""Redirections: who has sent a call on before it rings somebody, and the reason (WHISP-2)."""

from __future__ import annotations

from dataclasses import dataclass

from appliance import numbers
from appliance.configuration.forwards import ForwardCondition
from appliance.routing.trail import Reason

# Why, in the words of RFC 5806 4.1.
ALWAYS, SCHEDULED, BUSY = "unconditional", "time-of-day", "user-busy"
WHY = {
    ForwardCondition.NO_ANSWER: "no-answer",
    ForwardCondition.NOT_CONNECTED: "unavailable",
    ForwardCondition.BUSY: BUSY,
}
_CODES = {
    ALWAYS: "redirected_always",
    BUSY: "redirected_busy",
    "no-answer": "redirected_no_answer",
    "unavailable": "redirected_not_connected",
}


@dataclass(frozen=True, slots=True)
class Redirection:
    """Somebody who has sent the call on.

    `number`: in E.164, an extension, or empty when they are not to be shown. `why`: as in RFC 5806 4.1.
    """

    number: str
    name: str = ""
    why: str = "unknown"


def told(redirection: Redirection, country: str) -> Reason:
    """What the trail says of a call that was sent on before it arrived."""
    number = numbers.national(redirection.number, country) if redirection.number else ""
    who = f"{redirection.name} ({number})" if redirection.name else number
    if not who:
        return Reason("redirected_hidden")
    return Reason(_CODES.get(redirection.why, "redirected"), {"who": who})
