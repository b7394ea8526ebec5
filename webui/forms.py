"""Forms: fields with a label and a help, values kept after an error, each error at its field.

A form's inputs are named by the path of the API's field ("routes.open.steps.0.max_wait"), so that what is
posted nests into the API's JSON, and an error's path finds its input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from webui.client import FieldError
from webui.conflicts import Difference, differences
from webui.wording import say_error

# Rows a form may hold under one name: beyond any limit of the API, far below what could hurt.
MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select: its value, its words (already translated or a name), the group it stands in."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One input: its path, its label (a msgid), and what it will do to a caller (a msgid).

    `empty`: what an input left empty means to the API: "none" (null), "text" (""), or "absent" (not sent).
    """

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    choices: str = ""
    required: bool = False
    unit: str = ""
    placeholder: str = ""
    autocomplete: str = "off"
    empty: str = "none"


@dataclass(slots=True)
class Form:
    """Fields, the values in them (nested as the API's JSON), and the errors of the last try.

    `locks`: the fields that only an administrator (`may_unlock`) changes, each with the words that say so.
    `current`: the values somebody else has saved meanwhile, when that is why it was refused.
    `made`: the name of what was created in place for a picker, by its path.
    """

    values: dict[str, Any]
    fields: Sequence[Field] = ()
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    version: str = ""
    current: Mapping[str, Any] | None = None
    locks: Mapping[str, str] = field(default_factory=dict)
    may_unlock: bool = False
    made: Mapping[str, str] = field(default_factory=dict)

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    def value(self, path: str) -> Any:
        """What stands at a path, "" where nothing does."""
        found = at(self.values, path)
        return "" if found is None else found

    def rows(self, path: str) -> list[Any]:
        """The list at a path."""
        found = at(self.values, path)
        return found if isinstance(found, list) else []

    def errors_at(self, *paths: str) -> list[str]:
        """The sentences of the errors at these inputs or below them."""
        return [
            self._said(error)
            for error in self.errors
            if any(error.field == path or error.field.startswith(f"{path}.") for path in paths)
        ]

    def errors_of_list(self, path: str) -> list[str]:
        """The sentences of the errors of a list as a whole, not of its rows."""
        return [self._said(error) for error in self.errors if error.field == path]

    def is_shut(self, name: str) -> bool:
        """Whether whoever looks at this form may not change a field of it."""
        return name in self.locks and not self.may_unlock

    def differences(self) -> list[Difference]:
        """What somebody else has saved otherwise meanwhile."""
        return differences(self)

    def all_errors(self) -> list[tuple[str, str]]:
        """Every error with its field's label where it has one, for the summary on top."""
        labels = {one.name: one.label for one in self.fields}
        return [(labels.get(error.field, ""), self._said(error)) for error in self.errors]

    def _said(self, error: FieldError) -> str:
        """The error's sentence; of an input left empty, that it is needed, not that it is too short."""
        is_empty = error.code == "string_too_short" and at(self.values, error.field) == ""
        return say_error(replace(error, code="missing") if is_empty else error)


def at(values: Any, path: str) -> Any:
    """The value at a dotted path of nested dicts and lists; None where there is none."""
    for part in path.split("."):
        if isinstance(values, Mapping):
            values = values.get(part)
        elif isinstance(values, list) and part.isdigit() and int(part) < len(values):
            values = values[int(part)]
        else:
            return None
    return values


def several(typed: Any) -> list[str]:
    """What was typed into one input with commas, semicolons or spaces between."""
    return str(typed or "").replace(",", " ").replace(";", " ").split()


def nest(posted: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """What a form posted, as nested dicts and lists: "a.0.b" is the b of the first row of a.

    A name given twice keeps its last value, unless it ends in "[]": then it is a list of values.
    """
    tree: dict[str, Any] = {}
    for name, value in posted:
        if name.endswith("[]"):
            _put(tree, name[:-2], value, many=True)
        else:
            _put(tree, name, value, many=False)
    nested = _lists(tree)
    return nested if isinstance(nested, dict) else {}


def _put(tree: dict[str, Any], name: str, value: Any, *, many: bool) -> None:
    *above, last = name.split(".")[:12]
    for part in above:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            return
        tree = below
    if many:
        kept = tree.setdefault(last, [])
        if isinstance(kept, list) and len(kept) < MOST_ROWS:
            kept.append(value)
    elif not isinstance(tree.get(last), dict):
        tree[last] = value


def _lists(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    nested = {key: _lists(value) for key, value in tree.items()}
    if nested and all(key.isdigit() and len(key) < 6 for key in nested):
        return [nested[key] for key in sorted(nested, key=int)][:MOST_ROWS]
    return nested


def rearrange(values: dict[str, Any], wish: str) -> bool:
    """Carry out a row button ("add:members", "remove:members.2", "up:members.2"); False for any other."""
    verb, _, path = wish.partition(":")
    if verb == "add" and path:
        _add(values, path)
        return True
    above, _, index = path.rpartition(".")
    rows = at(values, above) if above else None
    if verb not in ("remove", "up") or not index.isdigit():
        return False
    if isinstance(rows, list) and int(index) < len(rows):
        place = int(index)
        if verb == "remove":
            del rows[place]
        elif place > 0:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
    return True


def _add(values: dict[str, Any], path: str) -> None:
    above, _, last = path.rpartition(".")
    parent: Any = values
    for part in above.split(".") if above else ():
        if isinstance(parent, dict):
            parent = parent.setdefault(part, {})
        elif isinstance(parent, list) and part.isdigit() and int(part) < len(parent):
            parent = parent[int(part)]
        else:
            return
    if not isinstance(parent, dict):
        return
    rows = parent.get(last)
    if not isinstance(rows, list):
        rows = parent[last] = []
    if len(rows) < MOST_ROWS:
        rows.append({})


def record_of(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The flat fields of a form as the API wants them; nested parts are the page's own work.

    A field that was not posted at all was not on the page, and is left out. (A checkbox is always posted: its
    template puts an empty hidden input before it.)
    """
    record: dict[str, Any] = {}
    for one in fields:
        if one.name not in values:
            continue
        value = values[one.name]
        if one.kind == "checkbox":
            record[one.name] = bool(value)
        elif value is None or value == "":
            if one.empty != "absent":
                record[one.name] = None if one.empty == "none" else ""
        else:
            record[one.name] = value
    return record
