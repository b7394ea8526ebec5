"""Lamps: what a phone is told about somebody else's telephone, and about its own messages.

Bodies of dialog (RFC 4235), presence (RFC 3863) and message-summary (RFC 3842), made from one small state.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

PACKAGES = ("dialog", "presence", "message-summary")
CONTENT_TYPES = {
    "dialog": "application/dialog-info+xml",
    "presence": "application/pidf+xml",
    "message-summary": "application/simple-message-summary",
}


class LampState(StrEnum):
    """What a telephone is doing; a lamp blinks for RINGING and is lit for those after it.

    UNAVAILABLE: they do not want to be rung now: do-not-disturb, a break, a day not begun or over.
    """

    AWAY = "away"
    FREE = "free"
    RINGING = "ringing"
    CALLING = "calling"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Lamp:
    """The state of one extension: who is on the other side of the call that shows, and the call's id."""

    state: LampState = LampState.FREE
    call_id: str = ""
    other: str = ""
    other_name: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """The messages of a mailbox: those nobody has heard, and the others."""

    new: int = 0
    old: int = 0


def dialog_info(lamp: Lamp, user: str, host: str, version: int) -> bytes:
    """The dialog-info document of an extension: full state."""
    entity = f"sip:{user}@{host}"
    if lamp.state in (LampState.AWAY, LampState.FREE):
        dialog = f"<dialog id={quoteattr(user)}><state>terminated</state></dialog>"
    else:
        state = "confirmed" if lamp.state in (LampState.BUSY, LampState.UNAVAILABLE) else "early"
        direction = "recipient" if lamp.state is LampState.RINGING else "initiator"
        named = _named(lamp.call_id, user) if lamp.state is LampState.RINGING else ""
        other = f"sip:{lamp.other or 'anonymous'}@{host}"
        dialog = (
            f"<dialog id={quoteattr(lamp.call_id or user)}{named} direction={quoteattr(direction)}>"
            f"<state>{state}</state>"
            f"<remote><identity display={quoteattr(lamp.other_name)}>{escape(other)}</identity>"
            f"<target uri={quoteattr(other)}/></remote>"
            f"<local><identity>{escape(entity)}</identity><target uri={quoteattr(entity)}/></local>"
            "</dialog>"
        )
    return (
        '<?xml version="1.0"?>\n'
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full" '
        f"entity={quoteattr(entity)}>{dialog}</dialog-info>\n"
    ).encode()


def _named(call_id: str, user: str) -> str:
    """What a key's INVITE names in Replaces to take the ringing call (RFC 4235 4.1.1)."""
    return f" call-id={quoteattr(call_id)} local-tag={quoteattr(user)} remote-tag={quoteattr(call_id)}"


def presence(lamp: Lamp, user: str, host: str) -> bytes:
    """The presence document of an extension: open when it can be rung, with what it is doing."""
    basic = "closed" if lamp.state in (LampState.AWAY, LampState.UNAVAILABLE) else "open"
    notes = {
        LampState.BUSY: "On the phone",
        LampState.UNAVAILABLE: "Unavailable",
        LampState.RINGING: "Ringing",
        LampState.CALLING: "On the phone",
    }
    note = notes.get(lamp.state, "Offline" if lamp.state is LampState.AWAY else "Online")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity={quoteattr(f"sip:{user}@{host}")}>'
        f'<tuple id="t{escape(user)}"><status><basic>{basic}</basic></status><note>{note}</note></tuple>'
        "</presence>\n"
    ).encode()


def message_summary(mail: Mail, user: str, host: str) -> bytes:
    """Whether messages wait, and how many."""
    waiting = "yes" if mail.new else "no"
    return (
        f"Messages-Waiting: {waiting}\r\nMessage-Account: sip:{user}@{host}\r\n"
        f"Voice-Message: {mail.new}/{mail.old} (0/0)\r\n"
    ).encode()
