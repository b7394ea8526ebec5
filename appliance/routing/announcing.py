"""What callers of a number hear before anybody rings (IN-8), and whom they may dial meanwhile (IN-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appliance.configuration.destinations import ToGroup, ToPerson
from appliance.configuration.fields import Language
from appliance.configuration.lines import Number, PersonUnanswered
from appliance.configuration.voicemail import Greeting
from appliance.routing.menu_paths import answers_of, extension_ways
from appliance.routing.nodes import NO_KEY, ONWARD, WRONG_KEY, Exit, MenuNode, PlanNode
from appliance.routing.owner_paths import reach_person
from appliance.routing.ringing import Ringing, everywhere
from appliance.routing.steps import Say, Speech

if TYPE_CHECKING:
    from appliance.routing.contexts import Context
    from appliance.routing.paths import Paths

# How long a caller who has heard all may still begin to dial: the others hear nothing meanwhile.
DIAL_SECONDS = 3


@dataclass(frozen=True, slots=True)
class AnnouncementNode(PlanNode):
    """Words said on the way: ONWARD once they have been heard."""

    speeches: Mapping[Language, Speech] = field(default_factory=dict)

    def step(self, language: Language) -> Say:
        """What is said."""
        return Say(self.speeches[language])


def announcement_node(number: Number, words: Greeting, onward: str, place: str) -> AnnouncementNode:
    """The node before the route of open hours; `onward` is the route's first node."""
    return AnnouncementNode(
        id=place,
        kind="announced_first",
        label=_label(number, words),
        record=("numbers", number.id),
        ways={ONWARD: Exit(f"{place}>{ONWARD}", onward, ONWARD)},
        speeches=_speeches(number, words),
    )


def welcome_node(
    paths: Paths, number: Number, words: Greeting, onward: str, context: Context, place: str
) -> MenuNode:
    """The same where callers may dial an extension; who dials none goes on with the route."""

    def reach(destination: ToPerson | ToGroup) -> str:
        if isinstance(destination, ToPerson):
            person = paths.configuration.people[destination.person_id]
            return reach_person(paths, person, number.direct_dial_unanswered, onward, context, place)
        after = everywhere(onward)
        if number.direct_dial_unanswered is PersonUnanswered.MAILBOX:
            after = paths.after(destination, context)
        return paths.destination(destination, Ringing(place, after), context)

    ways = extension_ways(paths, place, context, reach)
    ways.update(dict.fromkeys((NO_KEY, WRONG_KEY), Exit(f"{place}>{ONWARD}", onward, "no_choice")))
    return MenuNode(
        id=place,
        kind="welcome",
        label=_label(number, words),
        record=("numbers", number.id),
        ways=ways,
        speeches=_speeches(number, words),
        answers=answers_of(ways),
        repeats=1,
        seconds=DIAL_SECONDS,
        insists=False,
    )


def _label(number: Number, words: Greeting) -> dict[str, str]:
    return {"name": number.name, "text": words.text[:200], "audio_id": words.audio_id or ""}


def _speeches(number: Number, words: Greeting) -> dict[Language, Speech]:
    """The words by the caller's language; those of the number's language for whom there are no others."""
    other = number.announcement_other_language
    if other is None or not number.ask_language:
        spoken = Speech(words.audio_id, words.text, language=number.language)
        return dict.fromkeys(Language, spoken)
    return {
        each: Speech(own.audio_id, own.text, language=each)
        for each in Language
        for own in (words if each is number.language else other,)
    }
