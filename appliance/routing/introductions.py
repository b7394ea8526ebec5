"""Introductions: what somebody who picks up hears alone, and whether they must press 1 to have the call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance import numbers
from appliance.configuration.answering import HumanAnswer, WhisperPart
from appliance.configuration.fields import Language
from appliance.routing.facts import Facts
from appliance.routing.steps import Introduction, Speech

ANSWER_SECONDS = 15
_EVERYTHING = frozenset(WhisperPart)


@dataclass(frozen=True, slots=True)
class Handover:
    """How calls are handed to those who pick up in one place of the plan.

    `human_answer`: whose answer counts only after the key 1; `whisper`: what everybody hears first;
    `seconds`: how long the key is waited for; `language`: of those who have not chosen theirs.
    """

    human_answer: HumanAnswer = HumanAnswer.OUTSIDE
    whisper: frozenset[WhisperPart] = frozenset()
    seconds: int = ANSWER_SECONDS
    language: Language = Language.FRENCH


CONNECTED_AT_ONCE = Handover(HumanAnswer.NOBODY)


def introduction(
    handover: Handover,
    facts: Facts,
    called_name: str,
    country: str,
    language: Language | None,
    asked_outside: bool,
) -> Introduction | None:
    """What one device hears when it is picked up; None: it is connected at once.

    `asked_outside`: it is a number outside, of somebody whose answer there counts after the key only.
    """
    asked = handover.human_answer is HumanAnswer.EVERYBODY or (
        asked_outside and handover.human_answer is HumanAnswer.OUTSIDE
    )
    parts = _EVERYTHING if asked else handover.whisper
    if not parts:
        return None
    spoken = language or handover.language
    speeches = tuple(_speeches(parts, facts, called_name, country, spoken))
    ask = Speech(prompt_name="press_one_to_take", language=spoken) if asked else None
    return Introduction(speeches, ask, handover.seconds) if speeches or ask else None


def _speeches(
    parts: frozenset[WhisperPart], facts: Facts, called_name: str, country: str, language: Language
) -> Iterator[Speech]:
    if WhisperPart.CALLER in parts:
        if facts.caller_name:
            name, parameters = "call_from_name", {"name": facts.caller_name}
        elif facts.caller:
            name, parameters = "call_from_number", {"number": numbers.national(facts.caller, country)}
        else:
            name, parameters = "call_from_nobody", {}
        yield Speech(prompt_name=name, language=language, parameters=parameters)
    if WhisperPart.CALLED in parts and called_name:
        yield Speech(prompt_name="call_for", language=language, parameters={"name": called_name})
