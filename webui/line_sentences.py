"""The sentences of lines and of what is shown of a call, in English, by code."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

ERRORS: Mapping[str, str] = {
    "line_user_missing": N_("Write the user name your provider gave."),
    "line_password_missing": N_("Write the password your provider gave."),
    "network_malformed": N_("Write an address, a name, or a range such as 203.0.113.0/28."),
    "network_too_wide": N_("This range is too wide: at most /{widest}."),
    "line_twice": N_("{name} is in this list twice."),
    "line_main_missing": N_("Choose the main number: every call of this line is for it."),
    "main_number_elsewhere": N_("{name} arrives on another line."),
    "outside_host_missing": N_("Write the address, or the STUN server that is asked for it."),
    "outside_port_wrong": N_("After the colon stands the port, a number from 1 to 65535."),
    "outside_port_fixed": N_("Write the fixed address without a port: the box adds its own."),
    "extension_in_to_of_trunk": N_("Only another phone system may call extensions."),
    "calls_outside_of_trunk": N_("Only another phone system may call outside by this box."),
    "forward_number_missing": N_("Write the number that your operator forwards calls to."),
    "forward_not_set_up": N_("Set the forward up with your operator first, and save that here."),
    "forward_being_tested": N_("The forward is being tested at this moment: end the test first."),
    "line_not_up": N_(
        "This line is not up: the forward should be at work already. Call your number to see whether it is."
    ),
    "emergency_lately": N_(
        "Somebody has called for help within the hour: the line stays up, since they may be called back."
    ),
    "no_test_to_judge": N_("The forward has not been tested yet."),
    "display_words_missing": N_("Write the words that phones show before the caller's name."),
}

REASONS: Mapping[str, str] = {
    "sound_refused": N_("The caller's device offers no sound that can be used here"),
    "sound_not_encrypted": N_("The caller's device does not encrypt the sound, as its settings here ask for"),
    "no_such_number": N_("{who} does not exist"),
    "line_failed": N_("The line {line} did not take the call (SIP {status})"),
    "extension_there": N_("{number} is an extension of {line}"),
    "other_pbx_calls_out": N_("{line}, another phone system, calls outside by this box"),
    "other_pbx_called": N_("{number} is reached by {line}"),
    "other_pbx_down": N_("{line} cannot be reached at the moment"),
    "redirected": N_("{who} had sent the call on"),
    "redirected_always": N_("{who} sends all calls on to us"),
    "redirected_busy": N_("{who} was busy: the call was sent on to us"),
    "redirected_no_answer": N_("{who} did not answer: the call was sent on to us"),
    "redirected_not_connected": N_("{who} could not be reached: the call was sent on to us"),
    "redirected_hidden": N_("Somebody who is not shown had sent the call on"),
}

CONDITIONS: Mapping[str, str] = {
    "no_line": N_("no line"),
    "no_such_number": N_("no such number"),
}

STATES: Mapping[str, str] = {
    "up": N_("works"),
    "registering": N_("signing in"),
    "unconfirmed": N_("not confirmed"),
    "refused": N_("refused"),
    "unreachable": N_("not reachable"),
    "playing_dead": N_("plays dead for a test"),
    "disabled": N_("switched off"),
}

LINE_REASONS: Mapping[str, str] = {
    "sip_alg": N_(
        "A router on the way rewrites the calls (“SIP ALG”): they may be silent or cut off. "
        "Switch that off in it."
    ),
    "stun_silent": N_("The STUN server does not answer: the address seen from outside is not known."),
    "outside_unknown": N_("The name of the box's address is not found."),
    "unseen": N_("The other side has not said at which address it sees the box: it is told the box's own."),
}
