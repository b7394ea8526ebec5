"""Texts as they are compared: lower case, without accents."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """A text in lower case without accents, as people look for it."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
