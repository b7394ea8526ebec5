"""Asking a caller for a key: what is asked, and which way an answer leads."""

from __future__ import annotations

from appliance.configuration.fields import Language
from appliance.configuration.lines import Number
from appliance.routing.nodes import NO_KEY, ONWARD, WRONG_KEY, Exit, MenuNode
from appliance.routing.steps import Ask, Ended, Keys, Speech
from appliance.routing.trail import Reason

# What callers press for their language, in the order in which it is asked.
LANGUAGE_KEYS = {"1": Language.FRENCH, "2": Language.ENGLISH}
# Questions put to one caller at most: keys may lead in a circle, and a stuck key never stops.
MOST_QUESTIONS = 40


def question(node: MenuNode, language: Language, *, again: bool = False) -> Ask:
    """What a menu asks; `again` after a wrong key."""
    sorry = Speech(prompt_name="wrong_key", language=language) if again else None
    if node.kind == "language":
        first, *more = (
            Speech(prompt_name="language_choice", language=each) for each in LANGUAGE_KEYS.values()
        )
        return Ask(first, node.answers, node.seconds, sorry, node.insists, tuple(more))
    return Ask(node.speeches[language], node.answers, node.seconds, sorry, node.insists)


def why(node: MenuNode) -> Reason:
    """Why a menu asks, or words are said while an extension may be dialled."""
    if node.kind == "language":
        return Reason("language_asked", {"number": node.label["name"]})
    if node.kind == "welcome":
        return Reason("welcomed", {"number": node.label["name"]})
    return Reason("asks", {"menu": node.label["name"]})


def leads_on(node: MenuNode, way: str, tries: int) -> bool:
    """Whether an answer leads on; else the question is put again."""
    if way not in (NO_KEY, WRONG_KEY) or tries >= node.repeats:
        return True
    return way == NO_KEY and not node.insists


def way_of(node: MenuNode, ended: Ended) -> tuple[str, Reason]:
    """The way that the keys pressed lead, NO_KEY, or WRONG_KEY; and why."""
    pressed = ended.pressed if isinstance(ended, Keys) else ""
    parameters = {"menu": node.label.get("name", ""), "keys": pressed}
    if not pressed:
        return NO_KEY, Reason("no_key", parameters)
    if node.kind == "language" and pressed in LANGUAGE_KEYS:
        return f"key:{pressed}", Reason(f"language_{LANGUAGE_KEYS[pressed]}", parameters)
    for way, code in ((f"key:{pressed}", "key_pressed"), (f"dial:{pressed}", "extension_dialled")):
        if way in node.ways:
            name = node.ways[way].parameters.get("name", "")
            return way, Reason(code, {**parameters, "name": name})
    return WRONG_KEY, Reason("wrong_key", parameters)


def language_node(number: Number, onward: str, place: str) -> MenuNode:
    """Where callers choose the language of all they hear afterwards (NUM-5); the way is the same for all."""
    chosen = (NO_KEY, WRONG_KEY, ONWARD, *(f"key:{key}" for key in LANGUAGE_KEYS))
    return MenuNode(
        id=place,
        kind="language",
        label={"name": number.name},
        record=("numbers", number.id),
        ways=dict.fromkeys(chosen, Exit(f"{place}>{ONWARD}", onward, ONWARD)),
        answers=frozenset(LANGUAGE_KEYS),
        repeats=1,
        insists=False,
    )


def language_of(node: MenuNode, ended: Ended) -> Language | None:
    """The language that an answer chooses; None where none is asked for or chosen."""
    if node.kind != "language" or not isinstance(ended, Keys):
        return None
    return LANGUAGE_KEYS.get(ended.pressed)
