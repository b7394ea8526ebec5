"""Whether a server is there: OPTIONS asked again and again (RFC 3261 11), as a machine without I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.sip.headers import NameAddr
from appliance.sip.message import Request
from appliance.sip.registration_client import Reason
from appliance.sip.uri import Uri

# UDP has sent the request four times by then; a server that works answers OPTIONS from memory.
ANSWER_SECONDS = 4.0
# One lost answer is a busy moment, two in a row are a server that is gone.
FAILURES_UNTIL_DOWN = 2
# After a failure the next question comes sooner: to be sure, then to see at once that the server is back.
AGAIN_SECONDS = 5.0

# What says that no call would get through. All else, 401 and 405 too, comes from a server that works.
_REASONS: dict[int, Reason] = {408: "no_answer", 502: "server_error", 503: "busy", 504: "server_error"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the questions came to. `answered`: whether the server has ever said anything.

    `reason` and `status` say why the last question failed, empty and 0 when it did not.
    """

    answered: bool = False
    failures: int = 0
    reason: Reason = ""
    status: int = 0

    @property
    def is_down(self) -> bool:
        """Whether calls to that server would be lost; a server that has never answered may never do."""
        return self.answered and self.failures >= FAILURES_UNTIL_DOWN

    @property
    def is_confirmed(self) -> bool:
        """Whether the server has answered and is not down."""
        return self.answered and not self.is_down


class Probe:
    """The questions to one server, every `seconds`. Times in seconds on the caller's clock."""

    def __init__(self, seconds: float, now: float) -> None:
        self.standing = Standing()
        self.due = now
        self._seconds = seconds

    def answered(self, status: int, now: float) -> None:
        """The server gave a final response of that status."""
        reason: Reason = _REASONS.get(status, "")
        failures = self.standing.failures + 1 if reason else 0
        self.standing = Standing(True, failures, reason, status if reason else 0)
        self._wait(now)

    def failed(self, status: int, now: float) -> None:
        """No response came: 408 silence, 503 the network carried nothing there."""
        reason: Reason = "no_answer" if status == 408 else "transport_failed"
        self.standing = Standing(self.standing.answered, self.standing.failures + 1, reason)
        self._wait(now)

    def hasten(self, now: float) -> None:
        """Ask at once: something else has failed there."""
        self.due = now

    def _wait(self, now: float) -> None:
        self.due = now + (min(AGAIN_SECONDS, self._seconds) if self.standing.failures else self._seconds)


def question(server: Uri, aor: Uri, tokens: Callable[[], str], route: Sequence[str] = ()) -> Request:
    """An OPTIONS to a server, without Via; `route`: what it is to pass (RFC 3608)."""
    return Request.build(
        "OPTIONS",
        server,
        from_=NameAddr("", aor).with_tag(tokens()),
        to=NameAddr("", server),
        call_id=tokens(),
        cseq=1,
        headers=(*(("Route", each) for each in route), ("Accept", "application/sdp")),
    )
