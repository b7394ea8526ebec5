"""What callers of a number hear before anybody rings (IN-8)."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.configuration.fields import Language
from appliance.configuration.lines import Number
from appliance.configuration.voicemail import Greeting
from appliance.routing.nodes import ONWARD, Exit, PlanNode
from appliance.routing.steps import Say, Speech


@dataclass(frozen=True, slots=True)
class AnnouncementNode(PlanNode):
    """Words said on the way: ONWARD once they have been heard."""

    words: Greeting = Greeting()

    def step(self, language: Language) -> Say:
        """What is said."""
        return Say(Speech(self.words.audio_id, self.words.text, language=language))


def announcement_node(number: Number, words: Greeting, onward: str, place: str) -> AnnouncementNode:
    """The node before the route of open hours; `onward` is the route's first node."""
    return AnnouncementNode(
        id=place,
        kind="announced_first",
        label={"name": number.name, "text": words.text[:200], "audio_id": words.audio_id or ""},
        record=("numbers", number.id),
        ways={ONWARD: Exit(f"{place}>{ONWARD}", onward, ONWARD)},
        words=words,
    )
