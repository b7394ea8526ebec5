"""History-Info: the targets a call has had, of which some sent it on (RFC 7044, causes of RFC 4458)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.sip.diversion import CAUSES, HIDDEN, Diversion, diversions_of
from appliance.sip.errors import SipSyntaxError
from appliance.sip.fields import Headers
from appliance.sip.headers import NameAddr, parse_name_addr
from appliance.sip.uri import Uri, unescape

MOST_ENTRIES = 30
_INDEX = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,29}+")
_CAUSE = re.compile(r"cause\s{0,9}=\s{0,9}([0-9]{3})", re.IGNORECASE)
# What History-Info gives as a cause, read as RFC 5806 names it; 487 is a deflection while it rang.
REASONS = {302: "unconditional", 486: "user-busy", 408: "no-answer", 480: "deflection", 487: "deflection",
           503: "unavailable", 404: "unknown"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One target. `mapped_from`: the index of the target that sent the call here, "" for none.

    `cause`: why it was sent to this target, None when that is not told.
    """

    target: NameAddr
    index: str
    mapped_from: str = ""
    cause: int | None = None
    hidden: bool = False


def parse_history_entry(text: str) -> HistoryEntry:
    """Read one History-Info value; raises SipSyntaxError."""
    target = parse_name_addr(text)
    index = (target.param("index") or "").strip()
    if not _INDEX.fullmatch(index):
        raise SipSyntaxError("History-Info without index")
    uri = target.uri
    written = uri.param("cause") or ""
    cause = int(written) if written in _KNOWN_CAUSES else None
    mapped = (target.param("mp") or "").strip()
    if not mapped and cause is not None:
        mapped = (target.param("rc") or "").strip() or index.rpartition(".")[0]
    hidden = "privacy=history" in unescape(uri.headers).lower() or (uri.user or "").lower() == "anonymous"
    return HistoryEntry(target.without_params(), index, mapped, cause, hidden)


_KNOWN_CAUSES = frozenset(str(cause) for cause in REASONS)


def diversions_in_history(entries: Sequence[HistoryEntry]) -> list[Diversion]:
    """The targets that sent the call on, the latest first."""
    by_index = {entry.index: entry for entry in entries}
    found = []
    for entry in reversed(entries):
        sender = by_index.get(entry.mapped_from) if entry.mapped_from else None
        if sender is not None and sender is not entry:
            cause = entry.cause or _cause_in(sender.target.uri)
            party = NameAddr(sender.target.display_name, sender.target.uri.without_params())
            found.append(Diversion(party, REASONS.get(cause or 404, "unknown"), 1, sender.hidden))
    return found


def _cause_in(uri: Uri) -> int | None:
    """The cause in the Reason that a target's URI carries (RFC 7044 5.2)."""
    match = _CAUSE.search(unescape(uri.headers))
    return int(match[1]) if match else None


def redirections_of(headers: Headers) -> list[Diversion]:
    """Who has sent the call on, the latest first: as Diversion says, else as History-Info does."""
    found = diversions_of(headers)
    if found:
        return found
    entries = []
    for value in headers.all("History-Info")[:MOST_ENTRIES]:
        try:
            entries.append(parse_history_entry(value))
        except SipSyntaxError:
            continue
    private = "history" in {wish.strip().lower() for wish in (headers.get("Privacy") or "").split(";")}
    return [Diversion(each.party, each.reason, each.counter, each.hidden or private)
            for each in diversions_in_history(entries)]  # fmt: skip


def history_of(target: Uri, diversions: Sequence[Diversion]) -> list[str]:
    """The History-Info values of a call to `target` that these have sent on, the latest first."""
    values, index, cause = [], "1", ""
    for each in reversed(diversions):
        party = HIDDEN.uri if each.hidden else each.party.uri.without_params()
        privacy = "?Privacy=history" if each.hidden else ""
        values.append(_value(party, index, cause, privacy))
        index, cause = f"{index}.1", f";cause={CAUSES.get(each.reason, 404)}"
    values.append(_value(target.without_params(), index, cause, ""))
    return values


def _value(uri: Uri, index: str, cause: str, privacy: str) -> str:
    mapped = f";mp={index.rpartition('.')[0]}" if "." in index else ""
    return f"<{uri}{cause}{privacy}>;index={index}{mapped}"
