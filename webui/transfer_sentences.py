"""The sentences of calls that are sent on, picked up and parked, in English, by code."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

REASONS: Mapping[str, str] = {
    "parked": N_("{by} parks the call in place {place}"),
    "unparked": N_("{by} takes the parked call"),
    "park_over": N_("Nobody took the call out of place {place}: it comes back to {by}"),
    "picked_up": N_("{by} picks up the call"),
    "picks_up": N_("The call of {who} is picked up"),
    "pick_up_key": N_("A key of the phone takes a call"),
    "moved": N_("{by} goes on with the call on another phone"),
    "moves_here": N_("The call with {by} goes on here"),
    "sent_on": N_("{by} sends the call on to {to}"),
    "transferred": N_("{by} connects the two others and leaves"),
    "conference": N_("{by} brings everybody together in a conference"),
    "conference_of": N_("In the conference from {at} on: {who}"),
    "conference_two": N_("From {at} on {who} talk alone"),
    "conference_joined": N_("{by} brings {to} into the conference"),
    "conference_sent": N_("{by} wants {to} to take their place in the conference"),
    "conference_stays": N_("Nobody took the call at {to}: the conference goes on without them"),
    "to_conference": N_("{by} gives the call their place in a conference"),
    "conference_left": N_("{by} leaves the conference"),
    "conference_over": N_("Nobody of the office is left in the conference: it is over"),
    "paged": N_("The phones of {group} answer by themselves and hear the caller"),
    "came_back": N_("Nobody took the call at {to}: it comes back to {by}"),
    "phone_forwards": N_("A phone of {by} sends the call on to {to}"),
    "phone_forward_barred": N_("A phone of {by} wants to send the call on to {to}, which it may not"),
}

# What a call is doing besides ringing and talking.
STATES: Mapping[str, str] = {
    "held": N_("on hold"),
    "conference": N_("in a conference"),
    "paging": N_("speaks on several phones"),
    "service": N_("uses a service of the box"),
}
