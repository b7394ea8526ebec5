"""The steps by which an operator is made to forward calls when the box is dead, by operator (BACKUP-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webui.language import N_

SIGN_IN = N_(
    "Sign in to your operator's customer area, or call its support with your customer number at hand."
)
FIND = N_(
    "For this line, or for each of its numbers, look for the forward “when unreachable”. "
    "It is also called “not registered”, “offline”, “unavailable” or “backup” forward. "
    "The forwards “always”, “busy” and “no answer” are others: leave them off."
)
ENTER = N_("Enter the number chosen above there, and save.")
EVERY = N_("Do the same for every number of the line.")
ASK = N_(
    "If you find no such forward, ask the support for it: “when my phone system cannot be reached, "
    "send its calls to {number}”. Some operators charge for it."
)


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps (msgids; {number} is where calls are to go, {international} the same in E.164).

    `sure`: the operator describes them publicly; the others are those of most operators.
    """

    steps: tuple[str, ...]
    sure: bool = False


GENERAL = Guide((SIGN_IN, FIND, ENTER, EVERY, ASK))

GUIDES: Mapping[str, Guide] = {
    "ovhcloud": Guide(
        (
            N_("Sign in to OVHcloud's customer area, go to telephony, and open the line of this trunk."),
            N_(
                "Among its call forwards, switch on the one for when the line is unavailable. "
                "Leave those for every call, for busy and for no answer off."
            ),
            ENTER,
        ),
        sure=True,
    ),
    "sipgate": Guide(
        (
            N_("Sign in to sipgate, and open the routing of the number."),
            N_("Edit what happens when the phone is offline: forward to another number."),
            ENTER,
            EVERY,
            ASK,
        )
    ),
    "twilio": Guide(
        (
            N_(
                "In Twilio's console make a TwiML Bin with: "
                "<Response><Dial>{international}</Dial></Response> and copy its address (URL)."
            ),
            N_(
                "Open your trunk under Elastic SIP Trunking, and enter that address "
                "as its Disaster Recovery URL: Twilio follows it when the box cannot be reached."
            ),
            N_("Save. It holds for every number of the trunk."),
        ),
        sure=True,
    ),
    "telnyx": Guide(
        (
            N_("In Telnyx's portal, open the voice settings of the number."),
            N_(
                "Switch call forwarding on, enter the number chosen above, and choose On-Failure, not Always."
            ),
            N_("Save, and accept the monthly price that Telnyx asks for it."),
            EVERY,
        ),
        sure=True,
    ),
}


def guide_of(operator: str | None) -> Guide:
    """The steps for a line of that operator; those that hold for most where its own are not known."""
    return GUIDES.get(operator or "", GENERAL)
