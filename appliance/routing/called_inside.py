"""What an extension calls: a person, a ring group or a menu."""

from __future__ import annotations

from appliance.configuration.destinations import ToGroup, ToMenu, ToPerson
from appliance.configuration.menus import Menu
from appliance.configuration.people import Person, RingGroup


def called_inside(of: Person | RingGroup | Menu) -> tuple[str, ToPerson | ToGroup | ToMenu]:
    """The collection of somebody or something with an extension, and the way there."""
    if isinstance(of, Person):
        return "people", ToPerson(person_id=of.id)
    if isinstance(of, RingGroup):
        return "groups", ToGroup(group_id=of.id)
    return "menus", ToMenu(menu_id=of.id)
