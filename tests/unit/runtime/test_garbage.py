"""The garbage collector goes through everything only when nobody is on the phone."""

from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import Iterator

import pytest

from appliance.runtime import garbage, heap
from appliance.runtime.garbage import QUIET_SECONDS, Quiet


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector is left as it was."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


def test_quiet_lasts_from_the_last_call_on() -> None:
    quiet = Quiet()
    assert not quiet.lasts(0, 100.0)
    assert not quiet.lasts(1, 101.0)
    assert not quiet.lasts(0, 102.0)
    assert not quiet.lasts(0, 101.0 + QUIET_SECONDS)
    assert quiet.lasts(0, 102.0 + QUIET_SECONDS)
    assert not quiet.lasts(2, 103.0 + QUIET_SECONDS)
    assert not quiet.lasts(0, 104.0 + QUIET_SECONDS)


def test_what_was_made_at_start_is_set_aside(collector: None) -> None:
    garbage.begin_start()
    assert not gc.isenabled()
    before = gc.get_freeze_count()
    garbage.end_start()
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    assert gc.get_threshold() == garbage.THRESHOLDS


@pytest.mark.parametrize("calls, collects", [(0, True), (1, False)])
async def test_all_objects_are_gone_through_in_quiet_alone(
    calls: int, collects: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[str] = []
    looked = asyncio.Semaphore(0)
    clock = itertools.count(0.0, QUIET_SECONDS)

    def monotonic() -> float:
        looked.release()
        return next(clock)

    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 1))
    monkeypatch.setattr(gc, "collect", lambda: passes.append("collected"))
    monkeypatch.setattr(heap, "give_back", lambda: passes.append("given back"))
    collecting = asyncio.create_task(garbage.collect_when_quiet(lambda: calls, monotonic))
    for _ in range(3):
        await looked.acquire()
    collecting.cancel()
    await asyncio.wait([collecting])
    assert passes[:2] == (["collected", "given back"] if collects else [])
