"""Identifiers of records: made from their names, once, and never changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container

LONGEST_SLUG = 30


def slug(name: str) -> str:
    """The name in lower-case ASCII letters and digits joined by hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
    kept = "".join(
        character if character.isascii() and character.isalnum() else " " for character in _bare(plain)
    )
    return "-".join(kept.lower().split())[:LONGEST_SLUG].strip("-")


def _bare(text: str) -> str:
    return "".join(character for character in text if not unicodedata.combining(character))


def new_identifier(name: str, taken: Container[str], token: Callable[[], str]) -> str:
    """A free identifier: the name's slug, with a few characters of a token when that is taken."""
    stem = slug(name) or "record"
    identifier = stem
    while identifier in taken:
        identifier = f"{stem}-{token()[:6]}"
    return identifier
