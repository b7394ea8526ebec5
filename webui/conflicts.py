"""Conflicts: what differs between a form and the record that somebody else has saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webui.language import N_, gettext
from webui.phone_numbers import write_number

if TYPE_CHECKING:
    from webui.forms import Field, Form

# The parts of forms that are more than one input, by the first word of their names.
PARTS: Mapping[str, str] = {
    "routes": N_("The paths of calls"),
    "week": N_("The week"),
    "holidays": N_("Public holidays"),
    "special_days": N_("Days that differ"),
    "members": N_("Members"),
    "devices": N_("Devices"),
    "when_unanswered": N_("When unanswered"),
    "greetings": N_("Greetings"),
    "emails": N_("E-mail addresses"),
    "options": N_("Keys"),
    "shows_only": N_("Numbers they may show"),
    "allowed_number_ids": N_("Numbers they may show"),
}
OTHERS = N_("Another part of this page")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that was saved with another value than the form's; both empty for a part with many inputs."""

    label: str
    theirs: str = ""
    yours: str = ""


def differences(form: Form) -> list[Difference]:
    """What differs, by field; empty unless the record was changed meanwhile."""
    if form.current is None:
        return []
    known = {one.name: one for one in form.fields}
    found = [
        Difference(gettext(one.label), theirs, yours)
        for one in form.fields
        if one.name in form.values
        and one.kind not in ("secret", "password")
        and (theirs := _written(form, one, form.current)) != (yours := _written(form, one, form.values))
    ]
    parts = [
        key
        for key, value in form.values.items()
        if key.partition(".")[0] not in known and _plain(value) != _plain(form.current.get(key))
    ]
    found += [Difference(label) for label in dict.fromkeys(gettext(PARTS.get(key, OTHERS)) for key in parts)]
    return found


def _written(form: Form, one: Field, values: Mapping[str, Any]) -> str:
    value = values.get(one.name)
    if one.kind == "checkbox":
        return gettext(N_("yes")) if value else gettext(N_("no"))
    text = "" if value is None else str(value)
    if one.kind == "select":
        named = {choice.value: choice.label for choice in form.choices.get(one.choices, ())}
        return named.get(text, text)
    return write_number(text) if one.kind == "tel" and text else text


def _plain(value: Any) -> Any:
    """A value as it would be posted: texts, without what is empty."""
    if isinstance(value, Mapping):
        kept = {str(key): _plain(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in ("", {}, [])}
    if isinstance(value, list | tuple):
        return [each for each in map(_plain, value) if each not in ("", {}, [])]
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value)
