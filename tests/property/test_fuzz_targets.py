"""What fuzzing begins with and has once found, and random octets, at every target of tests/fuzz."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import BEGINS_WITH_MESSAGES, TARGETS

TESTS = Path(__file__).parents[1]
CORPUS = sorted(path for path in (TESTS / "fuzz" / "corpus").rglob("*") if path.is_file())
MESSAGES = [path.read_bytes() for path in sorted((TESTS / "data" / "sip-messages").rglob("*.dat"))]


def _kept_for(name: str) -> list[bytes]:
    return [path.read_bytes() for path in CORPUS if path.parent.name == name]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_kept_of_fuzzing(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_messages_are_for_every_target(name: str) -> None:
    for data in MESSAGES:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_something_to_begin_with(name: str) -> None:
    """From nothing, a search would never come upon what is read further than its first line."""
    assert name in BEGINS_WITH_MESSAGES or _kept_for(name)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
def test_random_and_spoilt_octets(name: str, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([*MESSAGES, *_kept_for(name)]))
    at = data.draw(st.integers(0, len(good)))
    TARGETS[name](good[:at] + data.draw(st.binary(max_size=40)) + good[at + data.draw(st.integers(0, 40)) :])
    TARGETS[name](data.draw(st.binary(max_size=300)))
