"""Short numbers in a form: rows of a code, a name and the number they stand for."""

from __future__ import annotations

from typing import Any

PARTS = ("code", "name", "number")


def from_rows(values: dict[str, Any]) -> list[dict[str, str]] | None:
    """The filled rows of what was posted, for the API; None when the form had no such part."""
    if "short_numbers_shown" not in values:
        return None
    rows = [
        {part: str(row.get(part) or "").strip() for part in PARTS}
        for row in values.get("short_numbers") or []
        if isinstance(row, dict)
    ]
    # The errors come back by the place of a row: what was left empty is shown no more.
    filled = [row for row in rows if any(row.values())]
    values["short_numbers"] = filled
    return filled
