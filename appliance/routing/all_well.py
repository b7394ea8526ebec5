"""A world in which nothing is wrong: what pages and checks suppose of another day."""

from __future__ import annotations

from appliance.configuration.configuration import Configuration
from appliance.routing.world import World


def all_well(configuration: Configuration) -> World:
    """A world in which every phone is connected, nobody is on a call, and every line is up."""
    return World(
        registered=frozenset(one.id for one in configuration.phones.values() if one.enabled),
        lines_up=frozenset(one.id for one in configuration.lines.values() if one.enabled),
    )
