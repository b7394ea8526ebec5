"""Asking a caller for a key: what is asked, and which way an answer leads."""

from __future__ import annotations

from appliance.configuration.fields import Language
from appliance.routing.nodes import NO_KEY, WRONG_KEY, MenuNode
from appliance.routing.steps import Ask, Ended, Keys, Speech
from appliance.routing.trail import Reason

# Questions put to one caller at most: keys may lead in a circle, and a stuck key never stops.
MOST_QUESTIONS = 40


def question(node: MenuNode, language: Language, *, again: bool = False) -> Ask:
    """What a menu asks; `again` after a wrong key."""
    sorry = Speech(prompt_name="wrong_key", language=language) if again else None
    return Ask(node.speeches[language], node.answers, node.seconds, sorry, node.insists)


def why(node: MenuNode) -> Reason:
    """Why a menu asks, or words are said while an extension may be dialled."""
    if node.kind == "welcome":
        return Reason("welcomed", {"number": node.label["name"]})
    return Reason("asks", {"menu": node.label["name"]})


def leads_on(node: MenuNode, way: str, tries: int) -> bool:
    """Whether an answer leads on; else the question is put again."""
    if node.ways[way].by_key or tries >= node.repeats:
        return True
    return way == NO_KEY and not node.insists


def way_of(node: MenuNode, ended: Ended) -> tuple[str, Reason]:
    """The way that the keys pressed lead, NO_KEY, or WRONG_KEY; and why."""
    pressed = ended.pressed if isinstance(ended, Keys) else ""
    parameters = {"menu": node.label.get("name", ""), "keys": pressed}
    if not pressed:
        return NO_KEY, Reason("no_key", parameters)
    for way, code in ((f"key:{pressed}", "key_pressed"), (f"dial:{pressed}", "extension_dialled")):
        if way in node.ways:
            name = node.ways[way].parameters.get("name", "")
            return way, Reason(code, {**parameters, "name": name})
    return WRONG_KEY, Reason("wrong_key", parameters)
