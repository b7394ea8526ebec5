"""Contacts: who is known outside the office. They are kept in the database, not among the settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from appliance.configuration.fields import E164, Email, Identifier, Label, Name, Note, Record

MOST_CONTACTS = 50_000
MOST_NUMBERS = 10


def _once(numbers: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(numbers)) != len(numbers):
        raise PydanticCustomError("number_listed_twice", "This number stands here twice")
    return numbers


class Contact(Record):
    """Somebody outside. A number belongs to one contact only.

    `owner_id`: the person of the office who is responsible for them. `source`: where they come from. `vip`:
    they pass the caller filter, and ring people who do not want to be disturbed.
    """

    id: Identifier
    name: Name
    company: Label = ""
    numbers: Annotated[tuple[E164, ...], Field(max_length=MOST_NUMBERS), AfterValidator(_once)] = ()
    email: Email | None = None
    owner_id: Identifier | None = None
    source: Label = ""
    vip: bool = False
    note: Note = ""

    @property
    def shown(self) -> str:
        """How phones show them."""
        return f"{self.name} ({self.company})" if self.company and self.company != self.name else self.name
