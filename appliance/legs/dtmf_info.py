"""Digits in SIP INFO requests, as some phones send them: application/dtmf-relay and application/dtmf."""

from __future__ import annotations

from appliance.sip.message import Request

DIGITS = frozenset("0123456789*#ABCD")
EVENT_NUMBERS = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}


def digit_of(request: Request) -> str | None:
    """The digit an INFO carries; None when it carries none."""
    text = request.body[:200].decode("ascii", "replace")
    if request.content_type == "application/dtmf":
        return _digit(text)
    if request.content_type != "application/dtmf-relay":
        return None
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip().lower() == "signal":
            return _digit(value)
    return None


def _digit(text: str) -> str | None:
    word = text.strip().upper()
    word = EVENT_NUMBERS.get(word, word)
    return word if word in DIGITS else None
