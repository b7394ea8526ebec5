"""Checks of the caller filter's lists."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.configuration.configuration import Configuration
from appliance.configuration.problems import Problem


def caller_filter_problems(configuration: Configuration) -> Iterator[Problem]:
    """Numbers of ours among those of callers, and numbers that stand in the lists twice."""
    ours = {each.number: each.name for each in configuration.numbers.values()}
    known: set[str] = set()
    for field in ("blocked_numbers", "allowed_numbers"):
        for place, entry in enumerate(getattr(configuration.caller_filter, field)):
            path = (field, place, "number")
            if entry.number in ours:
                parameters = {"name": ours[entry.number]}
                yield Problem("caller_filter", "", path, "number_is_own", parameters)
            if entry.number in known:
                yield Problem("caller_filter", "", path, "number_listed_twice")
            known.add(entry.number)
