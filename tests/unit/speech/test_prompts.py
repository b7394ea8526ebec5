"""The prompts: complete in both languages, their gaps filled."""

from __future__ import annotations

import re

import pytest

from appliance.configuration.voicemail import Audio
from appliance.speech.prompts import LANGUAGES, PROMPTS, missing_prompts, number_as_said, prompt_text


def test_every_prompt_exists_in_french_and_in_english() -> None:
    assert missing_prompts() == []


def test_a_missing_language_is_told() -> None:
    assert missing_prompts({"hello": {"fr": "Bonjour"}, "bye": {"fr": " ", "en": "Bye"}}) == [
        "hello (en)",
        "bye (fr)",
    ]


@pytest.mark.parametrize("name", PROMPTS)
def test_the_languages_of_a_prompt_have_the_same_gaps(name: str) -> None:
    gaps = {frozenset(re.findall(r"\{(\w*)\}", PROMPTS[name][language])) for language in LANGUAGES}
    assert len(gaps) == 1


@pytest.mark.parametrize("name", PROMPTS)
def test_every_prompt_can_be_replaced_by_a_sound_of_the_library(name: str) -> None:
    assert Audio(id="a", name="A", replaces_prompt=name).replaces_prompt == name


def test_numbers_are_said_in_pairs_in_french_and_digit_by_digit_in_english() -> None:
    assert number_as_said("01 23 45 67 89", "fr") == "01, 23, 45, 67, 89"
    assert number_as_said("020 7946 0018", "en") == "0 2 0, 7 9 4 6, 0 0 1 8"
    said = prompt_text("number_reached", "fr", {"number": "01 23 45 67 89"})
    assert said == "Vous êtes bien au 01, 23, 45, 67, 89."


def test_an_unknown_prompt_is_an_error_and_an_unfilled_gap_is_not() -> None:
    with pytest.raises(KeyError):
        prompt_text("no_such_prompt", "fr")
    assert prompt_text("number_reached", "en") == "You have reached ."
