"""Phones stay reachable when the wall clock is set, as on a box that finds the time after a start."""

import pytest

from appliance.runtime.background import Background
from appliance.runtime.phones import Phones
from appliance.storage.registrations import RegistrationRow
from tests.integration.box.offices import office_of_three

START = 1_700_000_000.0


class Clock:
    """A wall clock that can be set, and one that goes on."""

    wall, passed = START, 0.0

    def epoch(self) -> float:
        return self.wall + self.passed

    def monotonic(self) -> float:
        return self.passed


class Disk:
    """What is kept of registrations."""

    def __init__(self, *rows: RegistrationRow) -> None:
        self.rows = list(rows)

    async def load(self, now: float) -> list[RegistrationRow]:
        return [row for row in self.rows if row.expires_at > now]

    async def save(self, kept, gone) -> None:
        self.rows = list(kept)


class Events:
    def publish(self, kind: str, **data: object) -> None:
        pass


def row(seconds: float) -> RegistrationRow:
    return RegistrationRow(
        "101", "sip:101@127.0.0.2", START + seconds, "UDP", ("127.0.0.1", 5060), ("127.0.0.2", 5060)
    )


async def phones(clock: Clock, disk: Disk) -> tuple[Phones, Background]:
    background = Background()
    settings = office_of_three()
    made = Phones(None, disk, background, Events(), clock, None, lambda: settings)
    await made.restore()
    return made, background


@pytest.mark.parametrize("set_by", [7200.0, -7200.0])
async def test_a_clock_that_is_set_unregisters_nobody_and_keeps_nobody_longer(set_by):
    clock, disk = Clock(), Disk(row(600))
    made, background = await phones(clock, disk)
    clock.wall += set_by
    assert made.bindings("alice-desk"), "before anybody has noticed"
    made.sweep()
    assert made.registered() == {"alice-desk"} and made.bindings("alice-desk")
    await background.finish(1)
    assert disk.rows[0].expires_at == pytest.approx(START + set_by + 600), "kept by the clock as set"
    clock.passed = 601.0
    made.sweep()
    assert made.registered() == frozenset()


async def test_a_registration_kept_under_a_clock_that_was_ahead_ends_in_time():
    clock, disk = Clock(), Disk(row(365 * 86400))
    made, _ = await phones(clock, disk)
    assert made.registered() == {"alice-desk"}
    clock.passed = 3601.0
    made.sweep()
    assert made.registered() == frozenset()
