"""Diversion: who has sent a call on before it came here, and why (RFC 5806)."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.sip.errors import SipSyntaxError
from appliance.sip.fields import Headers
from appliance.sip.headers import NameAddr, format_params, parse_name_addr, parse_seconds
from appliance.sip.uri import Uri

# The reasons of RFC 5806 4.1, each with the cause that History-Info gives for it (RFC 7544 table 5).
CAUSES = {
    "unknown": 404,
    "unconditional": 302,
    "user-busy": 486,
    "no-answer": 408,
    "deflection": 480,
    "unavailable": 503,
    "time-of-day": 404,
    "do-not-disturb": 404,
    "follow-me": 404,
    "out-of-service": 404,
    "away": 404,
}
HIDDEN = NameAddr("", Uri("sip", "anonymous", host="anonymous.invalid"))
MOST_DIVERSIONS = 10


@dataclass(frozen=True, slots=True)
class Diversion:
    """One party that has sent the call on. `counter`: how many times; `hidden`: nobody called may see who."""

    party: NameAddr
    reason: str = "unknown"
    counter: int = 1
    hidden: bool = False

    def __str__(self) -> str:
        party = HIDDEN if self.hidden else self.party.without_params()
        params = (
            ("reason", self.reason),
            ("counter", str(self.counter)),
            ("privacy", "full" if self.hidden else "off"),
        )
        return f"{party}{format_params(params)}"


def parse_diversion(text: str) -> Diversion:
    """Read one Diversion value; raises SipSyntaxError. A reason of nobody's knowledge is `unknown`."""
    party = parse_name_addr(text)
    reason = (party.param("reason") or "").strip().lower()
    privacy = (party.param("privacy") or "off").strip().lower()
    return Diversion(
        party.without_params(),
        reason if reason in CAUSES else "unknown",
        max(1, min(parse_seconds(party.param("counter")) or 1, 99)),
        privacy not in ("", "off"),
    )


def diversions_of(headers: Headers) -> list[Diversion]:
    """Those that can be read, the latest first; a broken one is left out."""
    found = []
    for value in headers.all("Diversion")[:MOST_DIVERSIONS]:
        try:
            found.append(parse_diversion(value))
        except SipSyntaxError:
            continue
    return found
