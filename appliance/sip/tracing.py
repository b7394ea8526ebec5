"""SIP messages as they passed, kept for people to read: whose call they are of, and their secrets covered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.sip.flow import Address

COVER = b"***"
LONGEST_KEPT = 8192

# The compact form is RFC 3261 7.3.3's; what comes after the empty line is the body.
_CALL_ID = re.compile(rb"^(?:call-id|i)[ \t]*:[ \t]*([^\s]{1,256})", re.IGNORECASE | re.MULTILINE)
# RFC 7616 3.4: with response and cnonce a password can be guessed at leisure, on another machine.
_PROOF = re.compile(
    rb'\b(response|cnonce|rspauth)([ \t]*=[ \t]*)("[^"\r\n]{0,512}"?|[^\s,"]{1,512})', re.IGNORECASE
)
# All else (Basic, Bearer) is a secret as it stands.
_DIGEST = re.compile(rb"[ \t]*digest\b", re.IGNORECASE)
_CREDENTIALS = re.compile(
    rb"^((?:proxy-)?authorization|(?:proxy-)?authentication-info)([ \t]*:)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
# RFC 4568 6.1: who has the key has the conversation. RFC 8839 5.4: who has that one can turn it away.
_MEDIA_KEY = re.compile(rb"\b(inline:|ice-pwd:)[^\s|;]{1,512}", re.IGNORECASE)
# Digits pressed during a call: what is typed to a bank is nobody's business.
_DIGITS = re.compile(
    rb"^(?:content-type|c)[ \t]*:[^\r\n]*(?:dtmf|digit|telephone-event)", re.IGNORECASE | re.MULTILINE
)
_SIGNAL = re.compile(rb"(signal|digits?)([ \t]*=[ \t]*)[^\r\n]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TracedMessage:
    """One message that passed: `at` in epoch seconds, `sent` by us or received; `data` without secrets."""

    at: float
    sent: bool
    transport: str
    local: Address
    remote: Address
    data: bytes


def call_id_in(data: bytes) -> bytes | None:
    """The Call-ID of a message, unread otherwise; None when it has none."""
    found = _CALL_ID.search(data)
    return found.group(1) if found else None


def covered(data: bytes) -> bytes:
    """The message with proofs of passwords, media keys and digits covered, and cut at LONGEST_KEPT octets."""
    data = _CREDENTIALS.sub(_without_proof, data[:LONGEST_KEPT])
    head, end, body = data.partition(b"\r\n\r\n")
    if body and _DIGITS.search(head):
        named, count = _SIGNAL.subn(rb"\1\2" + COVER, body)
        data = head + end + (named if count else COVER)
    return _MEDIA_KEY.sub(rb"\1" + COVER, data)


def _without_proof(found: re.Match[bytes]) -> bytes:
    value = found[3]
    info = found[1].lower().endswith(b"info")
    kept = _PROOF.sub(rb"\1\2" + COVER, value) if info or _DIGEST.match(value) else b" " + COVER
    return found[1] + found[2] + kept
