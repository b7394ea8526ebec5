"""What the pages say of call-backs: how each stands, what the last attempt came to, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

ERRORS: Mapping[str, str] = {
    "call_back_by_nobody": N_("Choose who calls back."),
    "call_back_not_allowed": N_("You may only ask for call-backs by yourself or by a group of yours."),
    "call_back_barred": N_("This number may not be called: the limits of calls to the outside bar it."),
    "call_back_over": N_("This call-back is being made, or is over."),
    "too_many_call_backs": N_("Too many people are to be called back already."),
}

STATES: Mapping[str, str] = {
    "waiting": N_("to be called"),
    "trying": N_("being called"),
    "done": N_("done"),
    "given_up": N_("given up"),
    "cancelled": N_("called off"),
}

# What the last attempt came to.
OUTCOMES: Mapping[str, str] = {
    "answered": N_("They were reached"),
    "called_again": N_("They called again and were answered"),
    "no_answer": N_("They did not answer"),
    "busy": N_("They were busy"),
    "declined": N_("They declined the call"),
    "unreachable": N_("They could not be reached"),
    "nobody_free": N_("Nobody is free to call"),
    "not_taken": N_("Nobody of ours pressed 1"),
    "closed": N_("The office is closed"),
    "no_line": N_("No line was free"),
    "limited": N_("The limits of calls to the outside hold it up"),
    "barred": N_("This number may not be called"),
    "nobody_left": N_("Nobody is left to call"),
    "too_old": N_("It has waited for a week"),
}

# Of a call whose caller asked for a call-back.
CALL_OUTCOMES: Mapping[str, str] = {"call_back": N_("asked to be called back")}

REASONS: Mapping[str, str] = {
    "call_back_offered": N_("The caller may press 1 to be called back by {name}"),
    "call_back_wanted": N_("The caller pressed 1: {name} calls back"),
    "call_back_wanted_in_order": N_("The caller pressed 1: {name} calls back, asked one after the other"),
    "call_back_wanted_round_robin": N_("The caller pressed 1: {name} calls back, asked in turn"),
    "call_back_wanted_longest_idle": N_("The caller pressed 1: {name} calls back, longest idle first"),
    "call_back_taken": N_("{person} took the call-back"),
    "call_back_taken_after": N_("{person} took the call-back, after {others}"),
    "call_back_not_wanted": N_("The caller does not want to be called back"),
    "call_back_not_kept": N_("The call-back could not be kept"),
    "call_back_inside": N_("A colleague is not called back"),
    "call_back_no_number": N_("There is no number to call back"),
    "call_back_barred": N_("{number} may not be called back"),
}

CONDITIONS: Mapping[str, str] = {"no_call_back": N_("no call-back")}

PROMPTS: Mapping[str, str] = {
    "call_back_offer": N_("Press 1 to be called back"),
    "call_back_kept": N_("The call-back is noted down"),
}
