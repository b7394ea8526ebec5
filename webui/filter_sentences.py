"""The sentences of contacts and of what stands before a number's route, in English, by code."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

ERRORS: Mapping[str, str] = {
    "number_is_own": N_("This is one of our own numbers ({name})."),
    "number_is_emergency": N_("This is an emergency number: it always gets through."),
    "column_twice": N_("Another column is this already."),
    "name_column_missing": N_("Say which column holds the name or the company."),
    "table_empty": N_("There is no contact in this file."),
    "file_not_text": N_("This is neither a table (CSV) nor cards (vCard)."),
    "row_malformed": N_("The table cannot be read from line {line} on."),
    "card_malformed": N_("The cards cannot be read from line {line} on."),
    "too_many_rows": N_("These are too many contacts (line {line})."),
    "too_many_columns": N_("These are too many columns."),
    "nobody_to_ring": N_("There is nobody to ring yet: add a person first."),
    "backup_number_missing": N_("Say which number outside is rung."),
    "direct_dial_without_words": N_(
        "Choose the announcement first: extensions are dialled while it is said."
    ),
    "owner_missing": N_("Choose the person who is responsible for this number."),
    "number_of_contact": N_("{name} has this number already."),
    "contact_followed": N_("Calls are sent to {number} by the settings: only an administrator changes it."),
    "number_listed_twice": N_("This number is in the lists twice."),
}

REASONS: Mapping[str, str] = {
    "filter_passed": N_("The caller filter has nothing against this caller"),
    "filter_colleague": N_("The caller is a colleague: the caller filter does not apply"),
    "filter_emergency": N_("It may be the emergency services calling back: the caller filter does not apply"),
    "filter_allowed": N_("{number} always gets through"),
    "filter_blocked": N_("{number} is blocked{note}"),
    "filter_anonymous": N_("The caller withholds their number"),
    "announced_first": N_("The announcement of {number} is said first"),
    "language_asked": N_("{number} asks the caller for their language"),
    "language_fr": N_("The caller chose French"),
    "language_en": N_("The caller chose English"),
    "language_known": N_("The caller has chosen a language already"),
    "welcomed": N_("The announcement of {number} is said; an extension may be dialled meanwhile"),
    "announcement_heard": N_("The announcement is over"),
    "number_full": N_("{number} has {calls} calls already: {most} at once"),
    "number_kept_open": N_("{number} has {calls} calls already, but the emergency services may call back"),
    "number_has_room": N_("{number} has {calls} calls, of {most} at once"),
    "owner_of_contact": N_("{person} is responsible for {contact}"),
    "owner_of_number": N_("{person} is responsible for {number}"),
    "caller_not_known": N_("The caller is none of the contacts"),
    "contact_without_owner": N_("Nobody is responsible for {contact}"),
    "number_without_owner": N_("Nobody is responsible for {number}"),
    "filter_vip": N_("{contact} always gets through"),
    "filter_telemarketing": N_("{number} is of a range kept for telemarketing"),
}

CONDITIONS: Mapping[str, str] = {
    "responsible": N_("{name}"),
    "known_caller": N_("known caller"),
    "number_full": N_("more than {most} calls"),
    "let_through": N_("let through"),
    "blocked": N_("blocked number"),
    "anonymous": N_("number withheld"),
    "telemarketing": N_("telemarketing"),
}

PROMPTS: Mapping[str, str] = {
    "withheld_refused": N_("Calls without a number are not taken"),
    "caller_refused": N_("This call is not taken"),
}
