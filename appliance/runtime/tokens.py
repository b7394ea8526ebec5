"""Unguessable tokens: tags, branches, call identifiers, claim codes, passwords."""

from __future__ import annotations

import secrets

# Without the characters that are read one for another on a screen or over the phone.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def token() -> str:
    """A fresh token of 80 random bits, in hexadecimal."""
    return secrets.token_hex(10)


def readable_code(groups: int = 3, length: int = 4) -> str:
    """A code to be read and typed by a person: groups of letters and digits joined by hyphens."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(length)) for _ in range(groups))


def digits(count: int) -> str:
    """Digits to be said and typed."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def secret_bytes(count: int = 32) -> bytes:
    """Random bytes for keys."""
    return secrets.token_bytes(count)
