"""Contacts as destinations: a number outside that follows the contact who has it to another number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from appliance.configuration.configuration import SINGLETONS, Configuration
from appliance.configuration.contacts import Contact
from appliance.configuration.destinations import ToExternal
from appliance.configuration.fields import Record
from appliance.configuration.routes import destinations_of


def numbers_that_follow(configuration: Configuration) -> frozenset[str]:
    """The numbers of destinations that follow a contact."""
    places = (place.destination for place in destinations_of(configuration))
    external = (each for each in places if isinstance(each, ToExternal))
    return frozenset(each.number for each in external if each.follows_contact)


def moved_numbers(before: Contact, after: Contact) -> dict[str, str]:
    """Each number that a contact has no more, with the one to ring instead; nothing when none is left.

    The one in the same place of the list, where that has come in its stead, else their first.
    """
    moved = {}
    for place, number in enumerate(before.numbers):
        if number in after.numbers or not after.numbers:
            continue
        same = after.numbers[place] if place < len(after.numbers) else number
        moved[number] = after.numbers[0] if same in before.numbers else same
    return moved


def with_moved(configuration: Configuration, moved: Mapping[str, str]) -> Configuration:
    """The same configuration, its destinations outside ringing the other numbers."""
    for collection, identifier in {
        (each.collection, each.record_id) for each in destinations_of(configuration)
    }:
        if collection in SINGLETONS:
            record = _moved(getattr(configuration, collection), moved)
            configuration = configuration.with_singleton(collection, record)
        else:
            record = _moved(configuration.collection(collection)[identifier], moved)
            configuration = configuration.with_record(collection, identifier, record)
    return configuration


def _moved(value: Any, moved: Mapping[str, str]) -> Any:
    """A record, or what stands in one, with the other numbers; the very same where none is named."""
    match value:
        case ToExternal(number=number, follows_contact=True) if number in moved:
            return value.model_copy(update={"number": moved[number]})
        case Record():
            fields = {name: getattr(value, name) for name in type(value).model_fields}
            changes = _changed(fields, moved)
            return value.model_copy(update=changes) if changes else value
        case dict():
            return {**value, **_changed(value, moved)}
        case tuple():
            return tuple(_moved(each, moved) for each in value)
    return value


def _changed(fields: Mapping[Any, Any], moved: Mapping[str, str]) -> dict[Any, Any]:
    found = ((name, each, _moved(each, moved)) for name, each in fields.items())
    return {name: after for name, before, after in found if after != before}
