"""Checks of what is set for calls to the outside."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.configuration.configuration import Configuration
from appliance.configuration.problems import Problem


def outbound_problems(configuration: Configuration) -> Iterator[Problem]:
    """What does not hold together in the settings of calls to the outside."""
    yield from _line_order(configuration)


def _line_order(configuration: Configuration) -> Iterator[Problem]:
    order = configuration.outbound.line_order
    for place, line_id in enumerate(order):
        if line_id not in configuration.lines:
            yield Problem("outbound", "", ("line_order", place), "unknown_line")
        elif line_id in order[:place]:
            name = configuration.lines[line_id].name
            yield Problem("outbound", "", ("line_order", place), "line_twice", {"name": name})
