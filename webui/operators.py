"""Operators: what the form of a line is filled with for each, where that is publicly documented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from webui.language import N_

ON_THE_SHEET = N_(
    "We know of no server that serves all of its customers: take yours from the operator's sheet. "
    "Missing there, ask for: "
    "the SIP server, an outbound proxy if there is one, the user name and the password; "
    "without password, the addresses that calls come from."
)
SERVER_KNOWN = N_("The server is filled in: check it against the operator's sheet.")
OWN_DOMAIN = N_(
    "The server is your own domain, as the operator's console shows it. "
    "It knows the box by its public address: enter that in its console."
)


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator, what its lines begin with, and what to look for in its papers (a msgid)."""

    id: str
    name: str
    note: str = ON_THE_SHEET
    values: Mapping[str, str] = field(default_factory=dict)


# Hosts stand here only where the operator publishes one that serves every customer.
OPERATORS = (
    Operator("ovhcloud", "OVHcloud", SERVER_KNOWN, {"server": "siptrunk.ovh.net"}),
    Operator("free-pro", "Free Pro"),
    Operator("orange", "Orange"),
    Operator("bouygues", "Bouygues Telecom"),
    Operator("sfr", "SFR"),
    Operator("keyyo", "Keyyo"),
    Operator("sipgate", "sipgate", SERVER_KNOWN, {"server": "sipconnect.sipgate.de"}),
    Operator("twilio", "Twilio", OWN_DOMAIN, {"mode": "trusted"}),
    Operator("telnyx", "Telnyx", SERVER_KNOWN, {"server": "sip.telnyx.com"}),
)


def operator_of(identifier: str) -> Operator | None:
    """The operator of that id."""
    return next((each for each in OPERATORS if each.id == identifier), None)
