"""What was dialled: the number, and what the keys before it wish for the call."""

from __future__ import annotations

# Keys that hide the caller's number for one call, as on the public networks (3GPP TS 22.030).
WITHHOLDING = ("*31*", "#31#")


def without_wishes(dialled: str) -> tuple[str, bool]:
    """The number dialled, and whether the caller's own is to be withheld."""
    for keys in WITHHOLDING:
        if dialled.startswith(keys) and len(dialled) > len(keys):
            return dialled.removeprefix(keys), True
    return dialled, False
