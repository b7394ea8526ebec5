"""What does not work in the box itself."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

import pytest

from appliance.runtime import health as room
from appliance.runtime.audio import Audio
from appliance.runtime.clock import Clock
from appliance.runtime.clock_trust import ClockTrust, Timekeeping
from appliance.runtime.health import MEDIA_SECONDS, Health
from appliance.runtime.settings import Settings
from appliance.storage.configuration_store import ConfigurationStore
from tests.unit.routing.small_office import small_office

pytestmark = pytest.mark.feature("BACKUP-1")


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def health_of(folder: Path, time: Time) -> Health:
    settings = Settings(ConfigurationStore(folder), Clock())
    return Health(folder, settings, ClockTrust(folder, Clock(), Timekeeping), time)


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EROFS, "disk_read_only"), (errno.EIO, "disk_failed")],
)
def test_a_disk_that_takes_nothing(
    tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    health = health_of(tmp_path, time)
    assert (health.look(), health.failures) == (False, frozenset())

    def refuse(path: Path, data: bytes) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(room, "write_atomically", refuse)
    assert (health.look(), health.failures) == (True, {"disk"})
    assert not health.look(), "nothing has changed"
    assert [warning.code for warning in health.warnings(())] == [code]
    monkeypatch.undo()
    assert (health.look(), health.failures) == (True, frozenset())


def test_no_port_left_for_sound(tmp_path: Path, time: Time) -> None:
    health = health_of(tmp_path, time)

    class NoPorts:
        def open(self, local_ip: str) -> object:
            raise OSError(errno.EADDRINUSE, "none left")

    with pytest.raises(OSError, match="none left"):
        Audio(NoPorts(), health.note_media).open("127.0.0.1")  # type: ignore[arg-type]
    assert health.failures == {"media"}
    assert [warning.code for warning in health.warnings(())] == ["media_failed"]
    time.now += MEDIA_SECONDS
    assert health.failures == frozenset()


def test_damaged_settings_are_a_failure_until_good_ones_are_saved(tmp_path: Path, time: Time) -> None:
    ConfigurationStore(tmp_path).save(small_office())
    (tmp_path / "settings.json").write_bytes(b"{")

    async def save() -> Health:
        settings = Settings(ConfigurationStore(tmp_path), Clock())
        health = Health(tmp_path, settings, ClockTrust(tmp_path, Clock(), Timekeeping), time)
        assert health.failures == {"settings"}
        assert [warning.code for warning in health.warnings(())] == ["settings_unreadable"]
        await settings.change(small_office(), settings.version, "somebody")
        return health

    assert asyncio.run(save()).failures == frozenset()


def test_a_clock_that_is_not_trusted_is_told(tmp_path: Path, time: Time) -> None:
    settings = Settings(ConfigurationStore(tmp_path), Clock())
    lost = ClockTrust(tmp_path, Clock(), lambda: Timekeeping(False, False, "boot"))
    health = Health(tmp_path, settings, lost, time)
    assert [warning.code for warning in health.warnings(())] == ["clock_untrusted"]
