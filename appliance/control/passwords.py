"""Sign-in passwords: argon2id hashes. Both functions block for some 50 ms; run them in a thread."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from appliance.control.errors import refusal

SHORTEST = 8
LONGEST = 200

# RFC 9106 would have 64 MiB: too much of a hand-sized box's memory when several people sign in at once.
_HASHER = PasswordHasher(time_cost=3, memory_cost=19456, parallelism=1)


def check_length(password: str, field: str = "password") -> None:
    """Raises ApiError 422 on a password that is too short, or too long to hash."""
    if len(password) < SHORTEST:
        raise refusal(422, "password_too_short", field, least=str(SHORTEST))
    if len(password) > LONGEST:
        raise refusal(422, "password_too_long", field, most=str(LONGEST))


def password_hash(password: str) -> str:
    """The hash to keep."""
    return _HASHER.hash(password)


def is_password(kept_hash: str | None, password: str) -> bool:
    """Whether the hash is of this password; without a hash it takes as long, and says no."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(kept_hash or _hash_of_nobody(), password) and bool(kept_hash)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("")
