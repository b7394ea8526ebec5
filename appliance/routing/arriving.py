"""What calls to a number pass first: the caller filter, the limit of calls, words, who is responsible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from appliance.configuration.caller_filter import FilterRule
from appliance.configuration.lines import Number, OwnerFirst
from appliance.routing import endings
from appliance.routing.announcing import announcement_node, welcome_node
from appliance.routing.asking import language_node
from appliance.routing.filtering import filter_node
from appliance.routing.nodes import PlanNode
from appliance.routing.number_limit import number_limit_node
from appliance.routing.owner_paths import owner_node

if TYPE_CHECKING:
    from appliance.routing.contexts import Context
    from appliance.routing.paths import Paths


def language_first(paths: Paths, number: Number, onward: str) -> str:
    """Where all calls to a number begin: at the choice of a language, where there is one."""
    if not number.ask_language:
        return onward
    place = f"language@{number.id}"
    return paths.ask(place, lambda: [language_node(number, onward, place)])


def before_hours(
    paths: Paths, number: Number, rules: Mapping[str, FilterRule], onward: str, context: Context
) -> str:
    """What stands before the hours of a number for calls from outside; `onward` is where all calls begin."""
    if number.max_calls is not None:
        most, after, place = number.max_calls, onward, f"number_limit:{number.id}"
        onward = paths.ask(place, lambda: [number_limit_node(paths, number, most, after, context, place)])
    if rules:
        return _filtered(paths, number, rules, onward, context)
    return onward


def _filtered(
    paths: Paths, number: Number, rules: Mapping[str, FilterRule], onward: str, context: Context
) -> str:
    place, settings = f"filter:{number.id}", paths.configuration.caller_filter

    def make() -> list[PlanNode]:
        caught = {kind: _caught(paths, kind, rule, place, context) for kind, rule in rules.items()}
        return [filter_node(place, settings, paths.country, onward, caught)]

    return paths.ask(place, make)


def _caught(paths: Paths, kind: str, rule: FilterRule, place: str, context: Context) -> str:
    if rule.destination is None:
        return paths.ending(endings.turned_away(f"told:{kind}", kind))
    return paths.chosen(rule.destination, f"{place}/{kind}", context, paths.fallback(None, context))


def before_route(paths: Paths, number: Number, first: str, context: Context) -> str:
    """What stands before the route of open hours: words, then who is responsible."""
    if number.owner_first is not OwnerFirst.NOBODY:
        route, owner = first, f"owner@{number.id}"
        first = paths.ask(owner, lambda: [owner_node(paths, number, route, context, owner)])
    words = number.announcement
    if words is None:
        return first
    onward, place = first, f"announced_first@{number.id}"
    if number.direct_dial:
        place = f"welcome@{number.id}"
        return paths.ask(place, lambda: [welcome_node(paths, number, words, onward, context, place)])
    return paths.ask(place, lambda: [announcement_node(number, words, onward, place)])
