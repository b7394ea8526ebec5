"""Problems: what is wrong with the settings, by code, with the place and the English sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import ValidationError

from appliance import numbers
from appliance.configuration.references import Path

# What must hold among records.
AMONG_RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "unknown_person": "There is no such person",
        "unknown_group": "There is no such ring group",
        "unknown_menu": "There is no such menu",
        "unknown_mailbox": "There is no such mailbox",
        "unknown_number": "There is no such number",
        "unknown_line": "There is no such line",
        "unknown_calendar": "There are no such opening hours",
        "unknown_audio": "There is no such sound",
        "call_back_by_nobody": "Choose who calls back",
        "extension_taken": "{name} already has the extension {extension}",
        "extension_is_emergency": "{extension} is an emergency number",
        "star_code_taken": "The action {action} has the code {code} already",
        "star_code_is_extension": "{name} has the extension {code}",
        "star_code_is_emergency": "{code} is an emergency number",
        "star_code_needs_star": "Something is dialled after this code: it begins with * or #",
        "star_code_hidden": "Something is dialled after {code}: no other code may begin with it",
        "prefix_taken": "The line {name} has the prefix {prefix}: the two would be taken for each other",
        "prefix_is_country_code": "{prefix} is the code of a country",
        "prefix_hides_emergency": "The emergency number {number} begins with {prefix}",
        "prefix_hides_extension": "The extension {extension} ({name}) begins with {prefix}",
        "prefix_hides_code": "{prefix} and the code {code} would be taken for each other",
        "prefix_hides_number": "Numbers outside, such as {number}, begin with {prefix}",
        "extension_behind_prefix": "{prefix} chooses the line {name}: no extension may begin with it",
        "extension_is_short": "{extension} is the short number of {name}",
        "short_twice": "{code} is the short number of {name} already",
        "short_is_emergency": "{code} is an emergency number",
        "short_is_public": "{code} is a number that is called outside",
        "short_is_extension": "{name} has the extension {code}",
        "short_is_code": "{code} is a star code",
        "short_behind_prefix": "{prefix} chooses the line {name}: no short number may begin with it",
        "number_taken": "{name} already has this number",
        "number_is_ours": "This number is one of ours ({name}): choose that number's route instead",
        "number_is_own": "This is one of our own numbers ({name})",
        "number_is_emergency": "This is an emergency number",
        "column_twice": "Another column is this already",
        "name_column_missing": "Say which column holds the name or the company",
        "table_empty": "There is no contact in this file",
        "file_not_text": "This is neither a table (CSV) nor cards (vCard)",
        "row_malformed": "The table cannot be read from line {line} on",
        "card_malformed": "The cards cannot be read from line {line} on",
        "too_many_rows": "These are too many contacts (line {line})",
        "too_many_columns": "These are too many columns",
        "owner_missing": "Choose the person who is responsible for this number",
        "number_of_contact": "{name} has this number already",
        "contact_followed": "Calls are sent to {number} by the settings: only an administrator changes it",
        "number_listed_twice": "This number is in the lists twice",
        "sip_user_taken": "The phone {name} already has this user name",
        "phone_is_external": "A phone that registers here is a deskphone or a softphone",
        "mobile_missing": "The number to ring outside is missing",
        "device_twice": "This kind of device is chosen twice",
        "key_twice": "The key {key} is already for {name}",
        "forward_missing": "Say where the calls are forwarded to",
        "forward_to_self": "Calls cannot be forwarded to the person they are for",
        "rule_never": "No day is named by this rule",
        "date_past": "This day is over",
        "member_twice": "{name} is in this group twice",
        "mailbox_missing_owner": "Say whose mailbox this is",
        "mailbox_owner_taken": "{name} is already the mailbox of the same owner",
        "announcement_empty": "Choose a sound, or type what is to be said",
        "nobody_to_ring": "There is nobody to ring yet: add a person first",
        "backup_number_missing": "Say which number outside is rung",
        "direct_dial_without_words": "Choose the announcement first: extensions are dialled while it is said",
        "audio_empty": "Type what is to be said",
        "route_missing": "Say where calls go during opening hours",
        "route_ends_in_silence": "The caller would hear nothing at the end: "
        "finish with a person, a group, a mailbox or an announcement",
        "step_never_reached": "No call gets here: the step before it always ends the call",
        "route_loops": "This leads back to where the call came from, by way of {name}",
        "hours_silent": "A caller of {name} would hear nothing at all from {since} to {until}",
        "hours_loop": "{name} would lead back to where the call came from, from {since} to {until}",
        "hours_nobody": "{name} would ring nobody from {since} to {until}, though it rings at other hours",
        "overlapping_ranges": "These hours overlap: {first} and {second}",
        "ranges_on_closed_day": "A closed day has no hours",
        "dates_reversed": "The last day is before the first",
        "holidays_unknown_country": "The public holidays of this country are not known",
        "holidays_unknown_subdivision": "The public holidays of this region are not known",
        "line_user_missing": "The user name given by the provider is missing",
        "line_password_missing": "The password given by the provider is missing",
        "outside_host_missing": "Write the address, or the STUN server that is asked for it",
        "outside_port_wrong": "A port is a number from 1 to 65535",
        "outside_port_fixed": "Write the fixed address without a port",
        "extension_in_to_of_trunk": "Only another phone system may call extensions",
        "display_words_missing": "Write the words that phones show",
        "number_not_allowed": "{name} is not among the numbers that {person} may show",
        "number_reserved": "{person} may not call by the number {name}",
        "line_twice": "{name} is in this list twice",
        "line_main_missing": "Choose the main number: every call of this line is for it",
        "main_number_elsewhere": "{name} arrives on another line",
        "mail_host_missing": "The mail server's name is missing",
        "mail_sender_missing": "The sender's address is missing",
        "no_administrator": "There must be an administrator",
        "version_missing": "The settings file says no version",
        "version_too_new": "The settings file was made by a newer version of this software",
        "still_used": "Still used by {name}",
        "id_mismatch": "This record has another identifier than its place",
    }
)

# What must hold within a record: the error types of our own fields, and those of pydantic that records use.
WITHIN_RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "calendar_code_taken": "{name} has this number already",
        "calendar_code_malformed": "One or two digits",
        "prefix_plus": "A plus begins a number abroad, not a prefix",
        "prefix_malformed": "A prefix is one to five digits, such as 801 or *123*",
        "short_malformed": "A short number is one to five digits, such as 55 or *55",
        "star_code_malformed": "A code is a star and one to five digits",
        "extension_not_digits": "An extension is made of digits only",
        "number_not_international": "This is not a number in international form",
        "control_character": "This text holds a character that cannot be shown",
        "email_malformed": "This is not an e-mail address",
        "time_not_of_wall": "A time of day has no zone and no fraction of a second",
        "rule_malformed": "This is not a recurrence rule that is understood",
        "unknown_zone": "There is no such time zone",
        "web_address_malformed": "This is not a web address",
        "unknown_setting": "There is no such setting",
        "missing": "This is needed",
        "extra_forbidden": "This field does not exist",
        "string_type": "This must be a text",
        "string_too_short": "At least {min_length} characters are needed",
        "string_too_long": "At most {max_length} characters are allowed",
        "string_pattern_mismatch": "This holds characters that are not allowed here",
        "string_unicode": "This text is not readable",
        "int_type": "This must be a whole number",
        "int_parsing": "This must be a whole number",
        "int_parsing_size": "This number is too large",
        "int_from_float": "This must be a whole number",
        "finite_number": "This must be a whole number",
        "greater_than_equal": "At least {ge}",
        "less_than_equal": "At most {le}",
        "bool_type": "This must be yes or no",
        "bool_parsing": "This must be yes or no",
        "enum": "Choose one of: {expected}",
        "literal_error": "Choose one of: {expected}",
        "time_type": "This must be a time of day",
        "time_parsing": "This is not a time of day",
        "date_type": "This must be a date",
        "malformed_date": "This is not a date and time",
        "datetime_type": "This is not a date and time",
        "datetime_parsing": "This is not a date and time",
        "datetime_from_date_parsing": "This is not a date and time",
        "datetime_object_invalid": "This is not a date and time",
        "timezone_aware": "This date and time need an offset, as in 2026-12-24T18:00:00+01:00",
        "date_parsing": "This is not a date",
        "date_from_datetime_parsing": "This is not a date",
        "date_from_datetime_inexact": "This must be a date without a time",
        "union_tag_invalid": "Choose one of: {expected_tags}",
        "union_tag_not_found": "Choose where the call goes",
        "tuple_type": "This must be a list",
        "list_type": "This must be a list",
        "frozen_set_type": "This must be a list",
        "dict_type": "This must be an object",
        "model_type": "This must be an object",
        "model_attributes_type": "This must be an object",
        "too_short": "At least {min_length} needed",
        "too_long": "At most {max_length} allowed",
        "invalid_key": "This name is not a text",
    }
)

# Every code, with its English sentence; parameters in braces.
CODES: Mapping[str, str] = MappingProxyType({**AMONG_RECORDS, **WITHIN_RECORDS, **numbers.CODES})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a record: where (collection, id, path to the field), and a code of CODES.

    `collection` is empty when it concerns the whole document; `record_id` for records of which there is one.
    """

    collection: str
    record_id: str
    path: Path
    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """What is wrong, in English."""
        return CODES.get(self.code, self.code).format_map(_Blank(self.parameters))

    def where(self) -> str:
        """The place and the sentence, for a log."""
        place = "/".join(str(part) for part in (self.collection, self.record_id, *self.path) if part != "")
        return f"{place}: {self.sentence()}"


class _Blank(dict[str, str]):
    """Parameters, with blanks for those missing: a sentence about an error never fails itself."""

    def __missing__(self, key: str) -> str:
        return "…"


def problems_of(error: ValidationError, collection: str, record_id: str) -> tuple[Problem, ...]:
    """What pydantic found wrong in a record, without the values (they may be secrets)."""
    found = [
        Problem(
            collection,
            record_id,
            _field_path(each["loc"]),
            each["type"],
            {key: str(value) for key, value in each.get("ctx", {}).items()},
        )
        for each in error.errors(include_url=False, include_input=False)
    ]
    # A list of which an element is refused counts as too short as well, which tells nothing.
    elements = {each.path[:-depth] for each in found for depth in range(1, len(each.path))}
    return tuple(each for each in found if each.code != "too_short" or each.path not in elements)


_DESTINATION_FIELDS = ("destination", "when_unanswered", "forward_to", "when_wrong", "when_silent")
_DESTINATION_KINDS = frozenset(
    {"person", "group", "menu", "mailbox", "external", "number", "announcement", "busy", "hang_up"}
)


def _field_path(location: Path) -> Path:
    """A path of pydantic less what it adds for the key of an object and the kind of a destination."""
    kept: list[str | int] = []
    removed = False
    for part in location:
        after = kept[-1:] + kept[-2:-1]
        is_kind = part in _DESTINATION_KINDS and not removed and _holds_destination(after)
        removed = is_kind
        if part != "[key]" and not is_kind:
            kept.append(part)
    return tuple(kept)


def _holds_destination(last_two: list[str | int]) -> bool:
    """Whether a destination stands here: at such a field, or under a key of one that has several."""
    return (last_two[:1] or [""])[0] in _DESTINATION_FIELDS or last_two[1:] in (
        ["when_unanswered"],
        ["when_busy"],
        ["forwards"],
        ["destinations"],
    )
