"""Whom groups have rung last, and since when people are idle: followed from the calls, kept over restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.routing.steps import Language, PhoneTarget, Ring
from appliance.runtime.background import Background
from appliance.runtime.turns import Turns
from appliance.storage.database import Database
from appliance.storage.turns import TurnStore
from tests.support.scripted_calls import ScriptedCallee, ScriptedCaller, scripted_call
from tests.unit.routing.small_office import small_office


def ring(*people: str, group: str = "sales") -> Ring:
    return Ring(tuple(PhoneTarget(f"{each}-desk", each) for each in people), 20, Language.FRENCH, group)


@pytest.mark.feature("RING-5")
async def test_turns_are_followed_and_survive_a_restart(tmp_path: Path) -> None:
    database, background, time = Database(tmp_path / "d.sqlite"), Background(), 100.0
    turns = Turns(TurnStore(database), background, lambda: time, small_office)
    call = scripted_call(ScriptedCaller([], "caller"))
    turns.rings(ring("alice"), call)
    turns.rings(ring("bruno", "chloe"), call)
    turns.rings(ring("chloe", group=""), call)
    assert turns.last_rung == {"sales": "alice"}
    callee = ScriptedCallee([], "bruno")
    call.answered_by(callee, time)
    turns.follow(call)
    assert turns.idle_since == {}
    time = 130.0
    callee._ended.set()
    turns.follow(call)
    assert turns.idle_since == {"bruno": 130.0}
    time = 150.0
    turns.ended(call, time)
    assert turns.idle_since == {"bruno": 130.0}
    await background.finish(2)
    again = Turns(TurnStore(database), background, lambda: time, small_office)
    await again.restore()
    assert again.last_rung == {"sales": "alice"} and again.idle_since == {"bruno": 130.0}
    database.close()


@pytest.mark.feature("RING-5")
async def test_the_end_of_a_call_frees_who_talked_in_it(tmp_path: Path) -> None:
    database, background = Database(tmp_path / "d.sqlite"), Background()
    turns = Turns(TurnStore(database), background, lambda: 70.0, small_office)
    call = scripted_call(ScriptedCaller([], "caller"))
    call.answered_by(ScriptedCallee([], "chloe"), 60.0)
    turns.follow(call)
    turns.ended(call, 70.0)
    assert turns.idle_since == {"chloe": 70.0}
    await background.finish(2)
    database.close()
