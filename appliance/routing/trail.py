"""The trail: which places of the drawn path a call went through, and the reason at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# Every reason code with its English sentence. Parameters in braces are strings; `until` is a time of day
# (18:00), or a date and time (2026-12-28 09:00) when it is not on the same day.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "number_called": "{number} ({name}) was called",
        "number_followed": "The call follows the route of {name}",
        "redirected": "{who} had sent the call on",
        "redirected_always": "{who} sends all calls on to us",
        "redirected_busy": "{who} was busy: the call was sent on to us",
        "redirected_no_answer": "{who} did not answer: the call was sent on to us",
        "redirected_not_connected": "{who} could not be reached: the call was sent on to us",
        "redirected_hidden": "Somebody who is not shown had sent the call on",
        "sound_refused": "The caller's device offers no sound that can be used here",
        "sound_not_encrypted": "The caller's device does not encrypt the sound, as its settings here ask for",
        "number_unknown": "{called} is not one of our numbers",
        "filter_passed": "The caller filter has nothing against this caller",
        "filter_colleague": "The caller is a colleague: the caller filter does not apply",
        "filter_emergency": "It may be the emergency services calling back: the caller filter does not apply",
        "filter_allowed": "{number} always gets through",
        "filter_blocked": "{number} is blocked{note}",
        "filter_anonymous": "The caller withholds their number",
        "filter_telemarketing": "{number} is of a range kept for telemarketing",
        "announced_first": "The announcement of {number} is said first",
        "language_asked": "{number} asks the caller for their language",
        "language_fr": "The caller chose French",
        "language_en": "The caller chose English",
        "language_known": "The caller has chosen a language already",
        "welcomed": "The announcement of {number} is said; an extension may be dialled meanwhile",
        "announcement_heard": "The announcement is over",
        "number_full": "{number} has {calls} calls already: {most} at once",
        "number_kept_open": "{number} has {calls} calls already, but the emergency services may call back",
        "number_has_room": "{number} has {calls} calls, of {most} at once",
        "owner_of_contact": "{person} is responsible for {contact}",
        "owner_of_number": "{person} is responsible for {number}",
        "caller_not_known": "The caller is none of the contacts",
        "contact_without_owner": "Nobody is responsible for {contact}",
        "number_without_owner": "Nobody is responsible for {number}",
        "filter_vip": "{contact} always gets through",
        "extension_called": "Extension {extension} ({name}) was called",
        "extension_unknown": "Nobody has the extension {called}",
        "outside_called": "{number} is outside",
        "extension_there": "{number} is an extension of {line}",
        "other_pbx_calls_out": "{line}, another phone system, calls outside by this box",
        "other_pbx_called": "{number} is reached by {line}",
        "other_pbx_down": "{line} cannot be reached at the moment",
        "emergency_called": "{number} is an emergency number: any line is taken",
        "emergency_not_carried": "No line could carry the emergency call to {called}",
        "no_calendar": "{name} has no opening hours: always open",
        "calendar_open": "{calendar} is open until {until}",
        "calendar_closed": "{calendar} is closed until {until}",
        "calendar_always_open": "{calendar} is always open",
        "calendar_always_closed": "{calendar} has no opening hours to come",
        "special_open": "{calendar} is open until {until}: {name}",
        "special_closed": "{calendar} is closed until {until}: {name}",
        "special_holiday": "{calendar} is on holiday until {until}: {name}",
        "holiday": "{calendar} is on holiday until {until}: {name}",
        "override_open": "{calendar}: open by manual override until {until}",
        "override_open_on": "{calendar}: open by manual override until further notice",
        "override_closed": "{calendar}: closed by manual override until {until}",
        "override_closed_on": "{calendar}: closed by manual override until further notice",
        "override_destination": "{calendar}: calls are sent elsewhere by manual override until {until}",
        "override_destination_on": "{calendar}: calls are sent elsewhere by manual override "
        "until further notice",
        "time_unknown": "The box does not know the time: {calendar} cannot be asked",
        "rings": "Rings {who} for {seconds} s",
        "must_press_one": "{who}: the call is theirs once they have pressed 1",
        "do_not_disturb": "{person} does not want to be disturbed",
        "day_not_started": "{person} has not started their day",
        "on_break": "{person} is on a break",
        "day_ended": "{person} has ended their day",
        "signed_out": "{person} has signed out of {group}",
        "person_busy": "{person} is on another call",
        "rung_already": "{person} is being rung by as many calls as they take",
        "devices_off": "No device of {person} rings at these hours",
        "forwards_all": "{person} forwards all calls",
        "forwards_now": "{person} forwards calls until {until}",
        "forwards_nothing_now": "{person} forwards nothing at this moment",
        "forwards_unknown_time": "The time is not known: what {person} forwards by date is left aside",
        "forwards_elsewhere": "{person} forwards their calls, and is left out here",
        "forwards_no_answer": "{person} forwards the calls they do not answer",
        "forwards_not_connected": "{person} forwards calls while no phone of theirs is connected",
        "forwards_busy": "{person} forwards calls while they are busy",
        "forward_loop": "{person} has sent this call on already: it is not sent there again",
        "no_second_call": "{person} is not on another call",
        "second_call_elsewhere": "{person} is on another call, and wants a second one to go elsewhere",
        "second_call_rings": "{person} is on another call: the second one rings too",
        "is_caller": "{person} is the caller",
        "nobody_registered": "No phone of {person} is connected",
        "no_phone": "{person} has no phone to ring",
        "no_line": "There is no line to the outside",
        "lines_down": "No line to the outside works at the moment",
        "lines_full": "Every channel of the lines to the outside is in use",
        "limits_kept": "This call is within the limits",
        "limits_off": "The limits of calls to the outside are switched off",
        "barred_costly": "{number} costs more than a call: such numbers are barred",
        "barred_country": "{number} is in a country that may not be called",
        "barred_night": "Nobody calls outside between {start} and {end}",
        "barred_calls": "{person} has made {most} calls to the outside today: no more are allowed",
        "barred_minutes": "{person} has called outside for {most} minutes today: no more are allowed",
        "short_number": "{code} is the short number of {number}",
        "line_chosen": "The line {line} was chosen just before the call",
        "number_withheld": "The caller's number is not shown",
        "chosen_number_shown": "{number} is shown, the number chosen for {person}",
        "chosen_number_elsewhere": "{number}, chosen for {person}, is not of the line {line}: "
        "a number of that line is shown",
        "no_number_shown": "{person} may show none of the numbers of the line {line}: "
        "people outside see what the provider shows",
        "mobile_shown": "The caller's own verified mobile is shown: {number}",
        "mobile_not_passed": "The line {line} does not let mobiles be shown: a number of the office is",
        "left_by": "The call left by the line {line}",
        "line_failed": "The line {line} did not take the call (SIP {status})",
        "turn_round_robin": "It is the turn of {person}",
        "turn_longest_idle": "{person} has been off the phone for the longest time",
        "queue_waits": "Nobody of {group} is free: the caller waits",
        "queue_behind": "{waiting} callers wait for {group} already: the caller waits behind them",
        "queue_waits_on": "The caller waits on",
        "queue_turn": "The caller's turn has come",
        "queue_full": "{waiting} callers wait for {group}: no more are kept waiting",
        "queue_over": "The caller has waited for {seconds} s: that is enough",
        "queue_nobody": "Nobody of {group} is there to wait for",
        "waited_enough": "The time for ringing is over",
        "no_answer": "{who} did not answer within {seconds} s",
        "busy": "{who}: busy",
        "declined": "{who} declined the call",
        "unreachable": "{who} could not be reached",
        "no_such_number": "{who} does not exist",
        "answered": "{who} answered",
        "caller_left": "The caller hung up",
        "nobody_reachable": "Nobody of the route could be reached: the backup number is rung",
        "mailbox_failed": "The mailbox {name} cannot keep messages: the backup number is rung",
        "something_failed": "Nobody answered, something has failed ({failures}): the backup number is rung",
        "own_when_unanswered": "What {name} chose for calls not answered applies",
        "no_own_when_unanswered": "{name} chose nothing for these hours",
        "asks": "{menu} asks for a key",
        "key_pressed": "The caller pressed {keys} ({name})",
        "extension_dialled": "The caller dialled the extension {keys} ({name})",
        "no_key": "The caller pressed no key",
        "wrong_key": "{keys} is none of the choices",
        "asked_enough": "{menu} has asked often enough",
        "call_back_offered": "The caller may press 1 to be called back by {name}",
        "call_back_wanted": "The caller pressed 1: {name} calls back",
        "call_back_wanted_in_order": "The caller pressed 1: {name} calls back, asked one after the other",
        "call_back_wanted_round_robin": "The caller pressed 1: {name} calls back, asked in turn",
        "call_back_wanted_longest_idle": "The caller pressed 1: {name} calls back, longest idle first",
        "call_back_taken": "{person} took the call-back",
        "call_back_taken_after": "{person} took the call-back, after {others}",
        "call_back_not_wanted": "The caller does not want to be called back",
        "call_back_not_kept": "The call-back could not be kept",
        "call_back_inside": "A colleague is not called back",
        "call_back_no_number": "There is no number to call back",
        "call_back_barred": "{number} may not be called back",
        "message_taken": "A message is taken in the mailbox {mailbox}",
        "announced": "An announcement is played",
        "tone_given": "A tone tells the caller",
        "service_given": "The service {code} answers",
        "hung_up": "The call is ended",
        "sent_on": "{by} sends the call on to {to}",
        "transferred": "{by} connects the two others and leaves",
        "conference": "{by} brings everybody together in a conference",
        "conference_of": "In the conference from {at} on: {who}",
        "conference_two": "From {at} on {who} talk alone",
        "conference_joined": "{by} brings {to} into the conference",
        "conference_sent": "{by} wants {to} to take their place in the conference",
        "conference_stays": "Nobody took the call at {to}: the conference goes on without them",
        "to_conference": "{by} gives the call their place in a conference",
        "conference_left": "{by} leaves the conference",
        "conference_over": "Nobody of the office is left in the conference: it is over",
        "paged": "The phones of {group} answer by themselves and hear the caller",
        "came_back": "Nobody took the call at {to}: it comes back to {by}",
        "phone_forwards": "A phone of {by} sends the call on to {to}",
        "phone_forward_barred": "A phone of {by} wants to send the call on to {to}, which it may not",
        "parked": "{by} parks the call in place {place}",
        "unparked": "{by} takes the parked call",
        "park_over": "Nobody took the call out of place {place}: it comes back to {by}",
        "picked_up": "{by} picks up the call",
        "picks_up": "The call of {who} is picked up",
        "pick_up_key": "A key of the phone takes a call",
        "moved": "{by} goes on with the call on another phone",
        "moves_here": "The call with {by} goes on here",
        "over": "That was the end of the path",
        "loop": "This path comes back to where it was: it ends here",
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of REASONS and its parameters."""

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """The reason in English."""
        return REASONS[self.code].format_map(self.parameters)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """A place of the path: the id of a node, the edge taken to leave it, and why.

    `edge` is None where the call stays: a step begins or ends the call, or somebody is passed over.
    """

    node: str
    edge: str | None
    reason: Reason


Trail = tuple[TrailEntry, ...]
