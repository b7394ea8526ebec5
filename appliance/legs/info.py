"""INFO within a call: digits, as some phones send them, and what of the rest is refused (RFC 6086)."""

from __future__ import annotations

from appliance.sip.message import Request

DIGITS = frozenset("0123456789*#ABCD")
EVENT_NUMBERS = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
READ = ("application/dtmf-relay", "application/dtmf")
# Asks for a fresh picture (RFC 5168): nothing to do where there is none, and no mistake of the phone's.
IDLE = "application/media_control+xml"

Refusal = tuple[int, tuple[tuple[str, str], ...]]


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


def refusal_of(request: Request) -> Refusal | None:
    """The status and header fields that an INFO is refused with; None when it is taken, or asks for nothing.

    A phone's recording key sends a field `Record`, and shows that it records once it is told 200. A digit is
    read whatever package it names.
    """
    if request.content_type in READ:
        return None
    if "Info-Package" in request.headers:
        return 469, (("Recv-Info", ""),)
    if "Record" in request.headers:
        return 403, ()
    optional = "handling=optional" in (request.headers.get("Content-Disposition") or "").lower()
    if not request.body or optional or request.content_type == IDLE:
        return None
    return 415, (("Accept", ", ".join(READ)),)
