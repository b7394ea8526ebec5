"""Passwords are kept as argon2id hashes."""

import pytest

from appliance.control.errors import ApiError
from appliance.control.passwords import LONGEST, check_length, is_password, password_hash


def test_the_right_password_and_no_other() -> None:
    kept = password_hash("correct horse")
    assert kept.startswith("$argon2id$")
    assert "correct" not in kept
    assert is_password(kept, "correct horse")
    assert not is_password(kept, "correct horse ")
    assert not is_password(kept, "")


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_nothing_matches_what_is_no_hash(kept: str | None) -> None:
    assert not is_password(kept, "")
    assert not is_password(kept, "anything")


def test_two_hashes_of_one_password_differ() -> None:
    assert password_hash("correct horse") != password_hash("correct horse")


@pytest.mark.parametrize(
    ("password", "code"), [("short", "password_too_short"), ("x" * (LONGEST + 1), "password_too_long")]
)
def test_lengths(password: str, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_length(password)
    assert [(entry.field, entry.code) for entry in refused.value.errors] == [("password", code)]
    assert not is_password(password_hash("x"), "x" * (LONGEST + 1))
