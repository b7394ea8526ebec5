"""What the box says by a code is said in French and in English, wherever it comes from: each family of codes.

The codes are those that the source itself names: its tables, enumerations and literals.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from typing import get_args

import pytest

from appliance.cli import sentences as commands
from appliance.configuration import call_backs, checks, ready, starting_points
from appliance.configuration.fields import HoursState, Language
from appliance.configuration.operator_forwards import ForwardState
from appliance.configuration.people import GroupOrder
from appliance.configuration.star_codes import Action
from appliance.control import errors as control_errors
from appliance.control.live import CallState, LineState
from appliance.demo.texts import TEXTS as DEMO
from appliance.mail import errors as mail_errors
from appliance.mail.alert_letters import TEXTS as ALERTS
from appliance.mail.compose import TEXTS as LETTERS
from appliance.routing.coverage import AnswerKind, Hole
from appliance.routing.facts import Direction
from appliance.routing.limits import BARRED
from appliance.routing.outbound import ALERTING
from appliance.routing.trail import REASONS
from appliance.routing.world import DayState, PersonState
from appliance.runtime.health import _DISK_CODES
from appliance.selftest.trial import TEXTS as SELFTEST
from appliance.sip.registration_client import Reason as LineReason
from appliance.speech.prompts import PROMPTS
from appliance.storage import errors as storage_errors
from appliance.storage.messages import MailState
from tests.support.literals import assigned, given, returned
from webui import call_back_words, forward_words, group_words, sentences
from webui.drawing import week
from webui.language import catalogue
from webui.pages import star_codes
from webui.security_words import SECURITY_EVENTS

FRENCH = catalogue("fr")
# Sentences that are nothing but a name, and words that are the same in both languages.
SAME = {"{name}", "{outcomes}", "{extension}"}
ANSWERED = {"answered", "no_answer", "busy", "declined", "unreachable"}


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def unsaid(codes: Iterable[str], words: Mapping[str, str]) -> list[str]:
    """The codes without English words, or without French ones that name the same."""
    return [code for code in sorted(set(codes)) if not _is_said(words.get(code, ""))]


def _is_said(words: str) -> bool:
    french = FRENCH.gettext(words) if words else ""
    return bool(words) and gaps(french) == gaps(words) and (french != words or words in SAME)


def test_codes_without_words_in_either_language_are_told() -> None:
    words = {"": "", "name": "{name}", "busy": "busy", "said_in_english": "This sentence is English alone."}
    assert unsaid(["name", "busy", "said_in_english", "unknown"], words) == ["said_in_english", "unknown"]


ERRORS = {
    "fields": given("PydanticCustomError"),
    "checks": {*checks.CODES, *given("Problem", 3, "code"), *given("wrong", 1)},
    "api": {*control_errors.CODES, *given("refusal", 1, "code"), *given("FieldError", 9, "code")},
    "files": {*storage_errors.CODES, *given("StorageError")},
    "mail": {*mail_errors.CODES, *given("MailError")},
    "numbers": given("NumberError"),
    "speech": given("SpeechError"),
}


@pytest.mark.parametrize("family", ERRORS)
def test_errors(family: str) -> None:
    assert ERRORS[family]
    assert unsaid(ERRORS[family], sentences.ERRORS) == []


def test_errors_only_name_what_the_box_tells_of_them() -> None:
    told = {**storage_errors.CODES, **mail_errors.CODES, **control_errors.CODES, **checks.CODES}
    beyond = {code: gaps(sentences.ERRORS[code]) - gaps(told[code]) for code in told}
    assert {code: names for code, names in beyond.items() if names} == {}


def test_reasons_on_the_pages_and_by_commands() -> None:
    assert given("Reason") <= set(REASONS)
    assert unsaid({*REASONS, *given("Reason")}, sentences.REASONS) == []
    french = commands.sentences("fr")
    untold = [
        code for code, words in REASONS.items() if french.text(words, **dict.fromkeys(gaps(words))) == words
    ]
    assert untold == []


STATES = {
    "line": set(LineState),
    "call": set(CallState),
    "person": {*PersonState, *DayState},
    "direction": set(Direction),
    "hours": set(HoursState),
    "e-mail": set(get_args(MailState)),
}


@pytest.mark.parametrize("family", STATES)
def test_states(family: str) -> None:
    assert unsaid(STATES[family], sentences.STATES) == []


def test_how_a_call_went_and_who_ended_it() -> None:
    ends = {*given("stage"), *assigned("outcome"), *assigned("ended_by"), "message"} - {""}
    assert {"voicemail", "service", "box"} <= ends
    assert unsaid({*ends, *ANSWERED}, sentences.OUTCOMES) == []


def test_warnings() -> None:
    codes = {*given("Warn", 9, "code"), *given("_fall_back"), *_DISK_CODES.values(), "disk_failed", *ALERTING}
    assert unsaid(codes, sentences.WARNINGS) == []


def test_why_a_line_is_not_well() -> None:
    codes = {*get_args(LineReason), *assigned("problem"), "no_internet", "sip_alg"}
    assert unsaid(codes, sentences.LINE_REASONS) == []


def test_who_is_not_heard_and_what_was_refused_at_the_doors() -> None:
    faults = returned("cause_of_silence")
    assert "audio_stopped" in faults
    assert unsaid(faults, sentences.AUDIO_FAULTS) == []
    events = given("note") | given("note_security")
    assert {"wrong_password", "sign_in_failed"} <= events
    assert unsaid(events, SECURITY_EVENTS) == []


OTHERS = {
    "answers of the week": (set(AnswerKind), week.FIRST_WORDS),
    "holes of the week": (set(Hole), week.HOLE_WORDS),
    "star codes": (set(Action), {row.name: row.label for row in star_codes.ROWS}),
    "what star codes do": (set(Action), {row.name: row.help for row in star_codes.ROWS}),
    "call-backs": (set(call_backs.CallBackState), call_back_words.STATES),
    "tries of call-backs": (set(call_backs.CallBackOutcome), call_back_words.OUTCOMES),
    "forwards of an operator": (set(ForwardState), forward_words.WORDS),
    "orders of a group": (set(GroupOrder), group_words.ORDERS),
}


@pytest.mark.parametrize("family", OTHERS)
def test_words_of_the_pages(family: str) -> None:
    codes, words = OTHERS[family]
    assert unsaid(codes, words) == []


def test_prompts_are_spoken_and_those_of_the_drawing_written() -> None:
    ended = {*given("prompt", 1), *BARRED}
    assert ended and {*ended, *given("Speech", 2, "prompt_name")} <= set(PROMPTS)
    assert unsaid(ended, sentences.PROMPTS) == []


def in_both(texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The texts that are missing in a language, or name other things there."""
    return [
        name
        for name, said in texts.items()
        if not all(said.get(language, "").strip() for language in Language)
        or gaps(said["fr"]) != gaps(said["en"])
    ]


def test_letters() -> None:
    names = {name for said in LETTERS.values() for name in said}
    assert in_both({name: {each: LETTERS[each].get(name, "") for each in Language} for name in names}) == []
    assert set(ALERTS) == ALERTING
    for place in (0, 1):
        alerts = {code: {each: said[each][place] for each in said} for code, said in ALERTS.items()}
        assert in_both(alerts) == []


@pytest.mark.parametrize("texts", [PROMPTS, DEMO, SELFTEST], ids=["prompts", "demo", "selftest"])
def test_stories(texts: Mapping[str, Mapping[str, str]]) -> None:
    assert in_both(texts) == []


def test_commands() -> None:
    english = {text for text in given("text") if " " in text}
    assert "Takes a message" in english
    assert in_both({text: {"en": text, "fr": commands.FRENCH.get(text, "")} for text in english}) == []


@pytest.mark.parametrize("names", [ready._NAMES, starting_points._NAMES], ids=["first", "ready paths"])
def test_names_that_the_box_gives(names: Mapping[Language, tuple[str, ...]]) -> None:
    pairs = zip(names[Language.FRENCH], names[Language.ENGLISH], strict=True)
    assert in_both({english: {"fr": french, "en": english} for french, english in pairs}) == []
