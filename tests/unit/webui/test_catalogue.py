"""The sentences: every code of the box has one, and every one is French too, with the same names in it."""

from __future__ import annotations

import string

import pytest

from appliance.configuration import checks
from appliance.control import errors as control_errors
from appliance.mail import errors as mail_errors
from appliance.numbers import CODES as NUMBER_CODES
from appliance.routing.graph import CONDITIONS, KINDS
from appliance.routing.trail import REASONS
from appliance.storage import errors as storage_errors
from webui import sentences
from webui.drawing import call_path
from webui.language import catalogue

# The types of pydantic's errors that our records' fields can give.
PYDANTIC_TYPES = (
    "missing", "extra_forbidden", "string_type", "string_too_short", "string_too_long",
    "string_pattern_mismatch", "too_short", "too_long", "int_parsing", "int_type", "int_from_float",
    "greater_than_equal", "less_than_equal", "bool_parsing", "bool_type", "enum", "literal_error",
    "union_tag_invalid", "union_tag_not_found", "time_parsing", "time_type", "date_parsing", "date_type",
    "date_from_datetime_parsing", "date_from_datetime_inexact", "dict_type", "tuple_type",
    "frozen_set_type", "model_type", "model_attributes_type",
)  # fmt: skip

OUR_TYPES = (
    "extension_not_digits",
    "number_not_international",
    "control_character",
    "email_malformed",
    "unknown_zone",
)


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(
    "codes",
    [
        checks.CODES,
        control_errors.CODES,
        mail_errors.CODES,
        storage_errors.CODES,
        NUMBER_CODES,
        PYDANTIC_TYPES,
        OUR_TYPES,
    ],
)
def test_every_error_code_has_a_sentence(codes) -> None:
    assert [code for code in codes if code not in sentences.ERRORS] == []


def test_every_reason_condition_and_kind_has_its_words() -> None:
    assert set(REASONS) == set(sentences.REASONS)
    assert set(CONDITIONS) - {"onward"} <= set(sentences.CONDITIONS)
    assert set(KINDS) <= set(call_path.KINDS)


def test_sentences_only_name_what_the_box_tells() -> None:
    for code, sentence in sentences.REASONS.items():
        assert _names(sentence) <= _names(REASONS[code]), code
    for codes in (checks.CODES, control_errors.CODES):
        for code, sentence in codes.items():
            assert _names(sentences.ERRORS[code]) <= _names(sentence), code


def test_every_sentence_is_french_too_and_names_the_same() -> None:
    french = catalogue("fr")
    tables = (
        sentences.ERRORS, sentences.REASONS, sentences.CONDITIONS, sentences.PROMPTS, sentences.STATES,
        sentences.OUTCOMES, sentences.WARNINGS, sentences.LINE_REASONS,
    )  # fmt: skip
    for table in tables:
        for code, sentence in table.items():
            translated = french.gettext(sentence)
            assert _names(translated) == _names(sentence), code
            same = {"{name}", "{outcomes}", "{extension}"}
            assert translated != sentence or sentence in same, code
