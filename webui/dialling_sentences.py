"""The sentences of prefixes that choose a line and of short numbers, in English, by code."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

ERRORS: Mapping[str, str] = {
    "prefix_plus": N_("A + begins a number abroad: a prefix begins with a digit, * or #."),
    "prefix_malformed": N_("A prefix is one to five digits, such as 801, *123* or #123#."),
    "short_malformed": N_("A short number is one to five digits, such as 55 or *55."),
    "prefix_taken": N_("The line {name} has the prefix {prefix}: the two would be taken for each other."),
    "prefix_is_country_code": N_("{prefix} is the code of a country: choose another."),
    "prefix_hides_emergency": N_("The emergency number {number} begins with {prefix}: choose another."),
    "prefix_hides_extension": N_("The extension {extension} ({name}) begins with {prefix}: choose another."),
    "prefix_hides_code": N_("{prefix} and the code {code} would be taken for each other."),
    "prefix_hides_number": N_("Numbers outside, such as {number}, begin with {prefix}: choose another."),
    "extension_behind_prefix": N_("{prefix} chooses the line {name}: no extension may begin with it."),
    "extension_there": N_("{range} are extensions of {name}, the other phone system: choose another."),
    "prefix_hides_range": N_("Extensions of {name} ({range}) begin so: choose another."),
    "range_malformed": N_("Write extensions such as 300-349, several with a comma between them."),
    "range_uneven": N_("Both ends of a range have as many digits, and the lower one comes first: 300-349."),
    "range_too_long": N_("A range holds at most a thousand extensions."),
    "range_of_trunk": N_("Only another phone system has extensions of its own."),
    "range_has_extension": N_("{range}: {extension} is the extension of {name}."),
    "range_has_code": N_("{range}: {code} is a star code."),
    "range_has_emergency": N_("{range}: {number} is an emergency number."),
    "range_has_public": N_("{range}: {number} is a number that is called outside."),
    "range_has_short": N_("{range}: {code} is the short number of {name}."),
    "range_behind_prefix": N_("{range}: {prefix} chooses the line {name}."),
    "range_taken": N_("{range}: {other} are extensions of {name}."),
    "extension_is_short": N_("{extension} is the short number of {name}."),
    "short_twice": N_("{code} is the short number of {name} already."),
    "short_is_emergency": N_("{code} is an emergency number."),
    "short_is_public": N_("{code} is a number that is called outside."),
    "short_is_extension": N_("{code} is the extension of {name}."),
    "short_is_code": N_("{code} is a star code."),
    "number_not_allowed": N_("{name} is not among the numbers that {person} may show."),
    "no_mobile": N_("Save a mobile number first."),
    "mobile_is_ours": N_("This number is the office's own: write the mobile here."),
    "mobile_not_verified": N_("This mobile is not verified yet: have it called first."),
    "mobile_not_callable": N_("The mobile cannot be called: no line is free, or the limits of calls bar it."),
    "code_on_its_way": N_("The mobile is being called already: pick up and listen."),
    "code_wrong": N_("This is not the code that was said. Attempts left: {left}."),
    "code_over": N_("There is no code any more: have the mobile called again."),
    "short_behind_prefix": N_("{prefix} chooses the line {name}: no short number may begin with it."),
}

REASONS: Mapping[str, str] = {
    "short_number": N_("{code} is the short number of {number}"),
    "line_chosen": N_("The line {line} was chosen just before the call"),
    "chosen_number_shown": N_("{number} is shown, the number chosen for {person}"),
    "chosen_number_elsewhere": N_(
        "{number}, chosen for {person}, is not of the line {line}: a number of that line is shown"
    ),
    "no_number_shown": N_(
        "{person} may show none of the numbers of the line {line}: people outside see what the provider shows"
    ),
    "mobile_shown": N_("The caller's own verified mobile is shown: {number}"),
    "mobile_not_passed": N_("The line {line} does not let mobiles be shown: a number of the office is"),
}
