"""An engine and far ends, freed and counted after each test."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable

import pytest

from appliance.runtime.media.engine import MediaEngine
from tests.integration.media.far_end import FarEnd


@pytest.fixture
async def engine() -> AsyncIterator[MediaEngine]:
    """A running engine; after the test every port must have been freed by its closing."""
    numbers = itertools.count()
    engine = MediaEngine(tokens=lambda: f"token-{next(numbers)}", port_range=(30000, 32000))
    await engine.start()
    yield engine
    await engine.close()
    assert engine.open_ports == 0


@pytest.fixture
async def far_end() -> AsyncIterator[Callable[..., FarEnd]]:
    """Makes far ends."""
    made: list[FarEnd] = []

    def make(host: str = "127.0.0.1") -> FarEnd:
        made.append(FarEnd(host, ssrc=0x1000 + len(made)))
        return made[-1]

    yield make
    for each in made:
        each.close()
