"""Noting decisions: the story of the call keeps the reasons, the office hears at once of what is grave."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.routing.decide import Decision
from appliance.routing.outbound import ALERTING, who_calls
from appliance.routing.trail import Reason, TrailEntry

# What the last place of a path would do; whoever has sent the call on is told instead.
ENDINGS = frozenset({"announced", "tone_given", "hung_up"})


def note(board: Switchboard, call: Call, decision: Decision) -> None:
    """Add a decision that is about to be carried out to the story."""
    call.note(decision)
    _alert(board, call, decision.trail)


def note_in_vain(board: Switchboard, call: Call, decision: Decision) -> None:
    """Add why a call that was sent on got no further than where it would be told so."""
    call.trail.extend(entry for entry in decision.trail if entry.reason.code not in ENDINGS)
    _alert(board, call, decision.trail)


def _alert(board: Switchboard, call: Call, trail: Sequence[TrailEntry]) -> None:
    for entry in trail:
        if entry.reason.code in ALERTING:
            parameters = {
                "number": call.facts.called,
                **entry.reason.parameters,
                "who": who_calls(call.facts),
            }
            board.alert(Reason(entry.reason.code, parameters))
