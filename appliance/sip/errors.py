"""The one error that reading SIP may raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.sip.message import Request


class SipSyntaxError(ValueError):
    """A message, or a part of one, that breaks the grammar.

    `status` is the final response RFC 3261 and RFC 4475 ask for; `reason` its reason phrase.
    `reply_to` is the request as far as it could be read when it can be answered (its top Via is
    readable; From, To, Call-ID and CSeq may be broken or missing, so answer it with
    `make_response`, which copies them unread). None means: drop in silence.
    """

    def __init__(self, reason: str, status: int = 400, reply_to: Request | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.reply_to = reply_to
