"""What fuzzing begins with and has once found, and random octets, at every target of tests/fuzz."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

TESTS = Path(__file__).parents[1]
CORPUS = sorted(path for path in (TESTS / "fuzz" / "corpus").rglob("*") if path.is_file())
MESSAGES = [path.read_bytes() for path in sorted((TESTS / "data" / "sip-messages").rglob("*.dat"))]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_kept_of_fuzzing(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_something_to_begin_with(name: str) -> None:
    for data in MESSAGES:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
def test_random_and_spoilt_octets(name: str, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(MESSAGES))
    at = data.draw(st.integers(0, len(good)))
    TARGETS[name](good[:at] + data.draw(st.binary(max_size=40)) + good[at + data.draw(st.integers(0, 40)) :])
    TARGETS[name](data.draw(st.binary(max_size=300)))
