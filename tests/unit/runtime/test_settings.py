"""The settings in force: on the disk first, in force after, and never by halves."""

import asyncio
from datetime import UTC, datetime

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.office import Office
from appliance.control.box import Conflict
from appliance.runtime.clock import Clock
from appliance.runtime.settings import Settings
from appliance.storage.configuration_store import Loaded
from appliance.storage.errors import StorageError
from tests.integration.box.offices import office_of_three

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Store:
    """A disk that may be full."""

    def __init__(self, loaded: Loaded | None = None) -> None:
        self.loaded = loaded or Loaded(Configuration(), 4)
        self.saved: list[Configuration] = []
        self.full = False

    def load(self) -> Loaded:
        return self.loaded

    def save(self, configuration: Configuration, reason: str = "", *, now: float = 0.0) -> int:
        if self.full:
            raise StorageError("disk_full")
        self.saved.append(configuration)
        return 4 + len(self.saved)


def settings(store: Store) -> Settings:
    return Settings(store, Clock(NOON))


async def test_a_change_is_saved_then_in_force_then_told():
    store = Store()
    made = settings(store)
    told: list[tuple[object, object]] = []
    made.listeners.append(lambda old, new: told.append((old, new)))
    wanted = office_of_three()
    before = made.configuration
    assert await made.change(wanted, 4, "Alice") == 5
    assert store.saved == [wanted] and made.configuration is wanted and made.version == 5
    assert told == [(before, wanted)]
    assert made.plan.entries


async def test_a_change_made_on_an_old_version_is_refused():
    store = Store()
    made = settings(store)
    with pytest.raises(Conflict):
        await made.change(office_of_three(), 3, "Alice")
    assert not store.saved and made.version == 4


async def test_of_two_changes_at_once_one_is_refused():
    made = settings(Store())
    ends = await asyncio.gather(
        *(made.change(Configuration(office=Office(name=name)), 4, name) for name in ("a", "b")),
        return_exceptions=True,
    )
    assert ends[0] == 5 and isinstance(ends[1], Conflict)
    assert made.configuration.office.name == "a"


async def test_a_full_disk_changes_nothing():
    store = Store()
    made = settings(store)
    store.full = True
    made.listeners.append(lambda old, new: pytest.fail("nothing has changed"))
    before = made.configuration, made.plan, made.version
    with pytest.raises(StorageError):
        await made.change(office_of_three(), 4, "Alice")
    assert (made.configuration, made.plan, made.version) == before


async def test_damaged_settings_are_told(caplog):
    made = settings(Store(Loaded(office_of_three(), 3, damaged=True, detail="settings_invalid")))
    assert "damaged" in caplog.text and made.loaded.damaged
    assert made.zone == "Europe/Paris"
