"""What must hold of menus."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToHangUp
from appliance.configuration.problems import Problem


def menu_problems(configuration: Configuration) -> Iterator[Problem]:
    """A key given twice, and a caller left in silence because no key came."""
    for menu in configuration.menus.values():
        taken: dict[str, str] = {}
        for place, option in enumerate(menu.options):
            if option.key in taken:
                parameters = {"key": option.key, "name": taken[option.key]}
                yield Problem("menus", menu.id, ("options", place, "key"), "key_twice", parameters)
            taken.setdefault(option.key, option.name)
        for field in ("when_wrong", "when_silent"):
            if isinstance(getattr(menu, field), ToHangUp):
                yield Problem("menus", menu.id, (field,), "route_ends_in_silence")
