"""The numbers of ours that a person may show when they call out, and the one that they do (OUT-1)."""

from __future__ import annotations

from webui.forms import Choice, Form
from webui.language import gettext
from webui.phone_numbers import write_number
from webui.records import Json
from webui.session import Visit


def to_values(record: Json) -> Json:
    """The list as inputs: whether there is one, and what is ticked in it."""
    allowed = record.get("allowed_number_ids")
    return {"shows_only": "on" if allowed is not None else "", "allowed_number_ids": allowed or []}


def from_values(values: Json) -> Json:
    """The list as the API wants it; nothing where the page did not show it."""
    if "shows_only" not in values:
        return {}
    ticked = values.get("allowed_number_ids")
    ticked = [str(one) for one in ticked if one] if isinstance(ticked, list) else []
    return {"allowed_number_ids": ticked if values["shows_only"] else None}


async def read(visit: Visit, form: Form, identifier: str) -> Json:
    """What the page shows of it; puts the numbers to choose from into the form."""
    source = f"/people/{identifier}/shown_numbers" if identifier else "/numbers"
    theirs = (await visit.get(source))["items"]
    every = (await visit.get("/numbers"))["items"] if identifier and visit.is_administrator else theirs
    first = gettext("The line's main number")
    if form.value("shows_only"):
        first = gettext("The first of their list")
    choices = [Choice("", first), *_choices(theirs, "")]
    if form.value("shows_only"):
        known = {one["id"] for one in theirs}
        others = [one for one in every if one["id"] not in known]
        choices += _choices(others, gettext("Not theirs to show as yet: tick it below too"))
    form.choices["numbers"] = choices
    rank = {key: place for place, key in enumerate(form.rows("allowed_number_ids"))}
    every = sorted(every, key=lambda one: rank.get(one["id"], len(rank)))
    return {"every_number": every, "their_numbers": theirs}


def _choices(numbers: list[Json], group: str) -> list[Choice]:
    return [
        Choice(str(one["id"]), f"{one['name']} ({write_number(one['number'])})", group) for one in numbers
    ]
