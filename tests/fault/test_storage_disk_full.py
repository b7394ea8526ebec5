"""A full disk: every save says so, nothing kept is harmed, and all goes on once there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.office import Office
from appliance.storage.audio_files import AudioLibrary
from appliance.storage.backup import backup
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.errors import StorageError
from appliance.storage.messages import MessageStore

pytestmark = pytest.mark.fault

WAV_HEAD = b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\x08\0\0"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("no right to mount a small disk here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(1))
        except OSError:
            return ballast


async def test_a_full_disk_harms_nothing_that_was_kept(small_disk: Path) -> None:
    folder = DataFolder(small_disk / "data")
    folder.prepare()
    store = ConfigurationStore(folder.path)
    store.save(Configuration(office=Office(name="Avant")))
    database = Database(folder.database, pause=0.0)
    messages = MessageStore(database, folder.messages, lambda: "m1", Configuration)
    library = AudioLibrary(folder.audios, database)
    draft = await messages.begin("office", "", "Marie", "", 1.0)
    draft.path.write_bytes(WAV_HEAD + bytes(32000))
    await messages.finish(draft, 2.0)
    ballast = fill(small_disk)

    async def refused(attempt) -> str:
        with pytest.raises(StorageError) as caught:
            for _ in range(500):  # the last free page of the database may still take a row or two
                await attempt()
        return caught.value.code

    async def save_settings() -> None:
        store.save(Configuration(office=Office(name="Après" * 15)))

    async def upload() -> None:
        await library.store("welcome", WAV_HEAD + bytes(2048))

    async def make_backup() -> None:
        backup(folder.path, small_disk / "a.tar.gz")

    async def record_calls() -> None:
        row = "hex(randomblob(9)), 1, '', '', '', '', '', NULL, '', hex(zeroblob(9000))"
        insert = f"INSERT INTO calls SELECT {row}"
        await database.write(lambda connection: connection.execute(insert).rowcount)

    assert {await refused(one) for one in (save_settings, upload, make_backup, record_calls)} == {"disk_full"}
    assert ConfigurationStore(folder.path).load().configuration.office == Office(name="Avant")
    assert [one.caller_name for one in (await messages.list()).messages] == ["Marie"]
    assert not (small_disk / "a.tar.gz").exists()

    ballast.unlink()
    await save_settings()
    await upload()
    await make_backup()
    await record_calls()
    loaded = ConfigurationStore(folder.path).load()
    assert loaded.configuration.office == Office(name="Après" * 15) and not loaded.damaged
    database.close()
