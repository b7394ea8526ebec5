"""The process is killed again and again while settings are saved: what was acknowledged is there."""

from __future__ import annotations

import threading
import time

from tests.fault.conftest import LoneBox
from tests.interop.box import Refused

ROUNDS = 5


def test_acknowledged_settings_are_there(lone: LoneBox) -> None:
    kept: dict[str, str] = {}
    for turn in range(ROUNDS):
        killer = threading.Timer(0.3 + 0.17 * turn, lone.kill)
        refused: str | None = None
        number = 0
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            number += 1
            if number == 2:
                killer.start()
            name = f"Calendrier {turn}-{number}"
            try:
                kept[lone.api.add("calendars", name=name)] = name
            except (OSError, ValueError, Refused) as error:
                refused = str(error)
                break
        killer.join()
        assert number > 1, refused
        lone.start()
        assert not lone.state()["warnings"]
        names = {each["id"]: each["name"] for each in lone.api.items("/calendars")}
        assert kept.items() <= names.items(), f"lost after {turn + 1} kills: {kept.keys() - names.keys()}"
