"""Menus laid out as nodes: a way for each key, for each extension, for a wrong key and for none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from appliance.configuration.destinations import Destination, RingOutcome, ToGroup, ToMenu, ToPerson
from appliance.configuration.fields import Language
from appliance.configuration.menus import Menu
from appliance.routing.nodes import NO_KEY, WRONG_KEY, Exit, MenuNode
from appliance.routing.ringing import Ringing
from appliance.routing.steps import Speech

if TYPE_CHECKING:
    from appliance.routing.contexts import Context
    from appliance.routing.paths import Paths


def menu_node(paths: Paths, menu: Menu, place: str, ringing: Ringing, context: Context) -> MenuNode:
    """The node of a menu; `ringing` says where it stands, and what follows when the caller chooses nothing.

    A menu reached from a menu stands where the first one does, so that keys may lead back to it.
    """

    def target(destination: Destination | None, way: str) -> str:
        if destination is None:
            return ringing.onward[RingOutcome.NO_ANSWER]
        if isinstance(destination, ToMenu):
            return paths.destination(destination, ringing, context)
        there = Ringing(f"{place}/{way}", paths.after(destination, context))
        return paths.destination(destination, there, context)

    ways: dict[str, Exit] = {}
    for option in menu.options:
        parameters = {"key": option.key, "name": option.name}
        way = f"key:{option.key}"
        leads = target(option.destination, option.key)
        ways.setdefault(way, Exit(f"{place}>{way}", leads, "key", parameters, by_key=True))
    if menu.direct_dial:
        ways.update(extension_ways(paths, place, context))
    ways.update(_without_choice(place, target(menu.when_wrong, "wrong"), target(menu.when_silent, "silent")))
    return MenuNode(
        id=place,
        kind="menu",
        label={"name": menu.name},
        record=("menus", menu.id),
        ways=ways,
        speeches={language: menu_speech(menu, language) for language in Language},
        answers=answers_of(ways),
        repeats=menu.repeats,
        seconds=menu.wait_seconds,
    )


def answers_of(ways: dict[str, Exit]) -> frozenset[str]:
    """What the caller may press to be led somewhere."""
    return frozenset(way.partition(":")[2] for way, leads in ways.items() if leads.by_key)


def extension_ways(
    paths: Paths,
    place: str,
    context: Context,
    reach: Callable[[ToPerson | ToGroup], str] | None = None,
) -> dict[str, Exit]:
    """A way to each person and group that has an extension; `reach` gives the first node of each."""

    def dialled(destination: ToPerson | ToGroup) -> str:
        there = Ringing(f"dialled@{context.name}", paths.after(destination, context))
        return paths.destination(destination, there, context)

    ways: dict[str, Exit] = {}
    for extension, name, destination in _extensions(paths):
        target = (reach or dialled)(destination)
        parameters = {"extension": extension, "name": name}
        way = f"dial:{extension}"
        ways[way] = Exit(f"{place}>{way}", target, "extension_dialled", parameters, by_key=True, folded=True)
    return ways


def _extensions(paths: Paths) -> Iterator[tuple[str, str, ToPerson | ToGroup]]:
    for person in paths.configuration.people.values():
        yield person.extension, person.name, ToPerson(person_id=person.id)
    for group in paths.configuration.groups.values():
        if group.extension:
            yield group.extension, group.name, ToGroup(group_id=group.id)


def _without_choice(place: str, wrong: str, silent: str) -> dict[str, Exit]:
    if wrong == silent:
        return dict.fromkeys((WRONG_KEY, NO_KEY), Exit(f"{place}>no_choice", wrong, "no_choice"))
    return {
        WRONG_KEY: Exit(f"{place}>{WRONG_KEY}", wrong, WRONG_KEY),
        NO_KEY: Exit(f"{place}>{NO_KEY}", silent, NO_KEY),
    }


def menu_speech(menu: Menu, language: Language) -> Speech:
    """What is said in a language: its own prompt, else another language's, else the options by name."""
    for each in (language, *Language):
        prompt = menu.prompts.get(each)
        if prompt is not None and (prompt.audio_id or prompt.text):
            return Speech(prompt.audio_id, prompt.text, "menu_choices", each)
    parameters = {
        "keys": "".join(option.key for option in menu.options),
        "names": "\n".join(option.name for option in menu.options),
    }
    return Speech(prompt_name="menu_choices", language=language, parameters=parameters)
