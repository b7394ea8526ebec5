"""Endings: the places where a path stops with a message taken, something said, or a tone."""

from __future__ import annotations

from appliance.configuration.destinations import RingOutcome, ToAnnouncement
from appliance.routing.facts import Facts
from appliance.routing.nodes import FinalNode, MailboxNode, PlanNode
from appliance.routing.steps import AfterWords, Announce, HangUp, Service, Speech, Tone
from appliance.routing.trail import Reason

BUSY_TONE_SECONDS = 15
# The answer given in SIP where a path ends, by how the last ringing went (RFC 3261 21.4, 21.6).
STATUS = {
    RingOutcome.NO_ANSWER: 480,
    RingOutcome.BUSY: 486,
    RingOutcome.DECLINED: 603,
    RingOutcome.UNREACHABLE: 480,
}


def announcement(identifier: str, destination: ToAnnouncement) -> FinalNode:
    """Says what the staff chose, then hangs up."""
    speech = Speech(destination.audio_id, destination.text, "nobody_available")
    return FinalNode(
        id=identifier,
        kind="announcement",
        label={"text": destination.text[:200], "audio_id": destination.audio_id or ""},
        record=("audios", destination.audio_id) if destination.audio_id else None,
        step=Announce(speech),
        ending=HangUp(480, "announced"),
        reason=Reason("announced"),
    )


def prompt(identifier: str, name: str, status: int, then: AfterWords = "hang_up") -> FinalNode:
    """Says a prompt of the box; `then` as in Announce."""
    return FinalNode(
        id=identifier,
        kind="announcement",
        label={"prompt": name},
        step=Announce(Speech(prompt_name=name), then),
        ending=HangUp(status, name),
        reason=Reason("announced"),
    )


def busy_tone(identifier: str) -> FinalNode:
    """Gives the busy tone."""
    return FinalNode(
        id=identifier,
        kind="tone",
        label={"tone": "busy"},
        step=Tone("busy", BUSY_TONE_SECONDS),
        ending=HangUp(486, "busy"),
        reason=Reason("tone_given"),
    )


def hang_up(identifier: str) -> FinalNode:
    """Ends the call at once."""
    ending = HangUp(480, "hung_up")
    return FinalNode(id=identifier, kind="hang_up", step=ending, ending=ending, reason=Reason("hung_up"))


def unknown_number(identifier: str) -> FinalNode:
    """Refuses a call for no number of ours: the operator tells the caller, who pays nothing for it."""
    ending = HangUp(404, "number_unobtainable")
    return FinalNode(
        id=identifier,
        kind="unknown",
        label={"prompt": "number_unobtainable"},
        step=ending,
        ending=ending,
        reason=Reason("number_unknown"),
    )


def told(identifier: str, outcome: RingOutcome) -> FinalNode:
    """Tells the caller how the ringing went: tones and words that differ for each outcome."""
    match outcome:
        case RingOutcome.BUSY:
            return busy_tone(identifier)
        case RingOutcome.DECLINED:
            return prompt(identifier, "call_refused", STATUS[outcome], "busy")
        case RingOutcome.UNREACHABLE:
            return prompt(identifier, "person_unavailable", STATUS[outcome], "congestion")
        case _:
            return prompt(identifier, "nobody_available", STATUS[outcome])


def turned_away(identifier: str, kind: str) -> FinalNode:
    """Tells somebody the caller filter stops why, as far as they should know (433: RFC 5079)."""
    if kind == "anonymous":
        return prompt(identifier, "withheld_refused", 433)
    return prompt(identifier, "caller_refused", 603)


def service(identifier: str, code: str, step: Service) -> FinalNode:
    """Gives a service of the box, by star code."""
    return FinalNode(
        id=identifier,
        kind="service",
        label={"code": code, "service": step.name},
        step=step,
        ending=HangUp(480, "service_given"),
        reason=Reason("service_given", {"code": code}),
    )


def ending_of(node: PlanNode) -> HangUp:
    """How a call ends that has nowhere to go from a node."""
    return node.ending if isinstance(node, FinalNode) else HangUp(480, "hung_up")


def last_reason(node: PlanNode, facts: Facts) -> Reason:
    """Why a call stops at the last node of its path."""
    if isinstance(node, MailboxNode):
        return Reason("message_taken", {"mailbox": node.label.get("name", "")})
    if isinstance(node, FinalNode):
        return Reason(node.reason.code, {"called": facts.called, **node.reason.parameters})
    return Reason("over")
