"""A referral: the far side of a leg wants its other party to be connected to somebody else."""

from __future__ import annotations

from collections.abc import Callable

from appliance.sip.reasons import reason_for
from appliance.sip.refer import Refer, Replaces, sipfrag

CONTENT = ("Content-Type", "message/sipfrag;version=2.0")
# The report of a transfer may take as long as the target rings.
EXPIRES = 180

Notify = Callable[[bytes, tuple[tuple[str, str], ...]], None]


class Referral:
    """One wish of a far side, and the way to report how it fares: `progress` at will, `done` once.

    `number`: the CSeq of its REFER, when another came before in the same dialog (RFC 3515 2.4.6).
    """

    def __init__(self, refer: Refer, notify: Notify, number: int | None = None) -> None:
        self.target = refer.target
        self.replaces: Replaces | None = refer.replaces
        self._event = "refer" if number is None else f"refer;id={number}"
        self._notify = None if refer.quiet else notify

    def progress(self, status: int) -> None:
        """Report a provisional status."""
        self._report(status, f"active;expires={EXPIRES}")

    def done(self, status: int) -> None:
        """Report how it ended; nothing is reported after that."""
        self._report(status, "terminated;reason=noresource")
        self._notify = None

    def _report(self, status: int, state: str) -> None:
        if self._notify is not None:
            headers = (("Event", self._event), ("Subscription-State", state), CONTENT)
            self._notify(sipfrag(status, reason_for(status)), headers)
