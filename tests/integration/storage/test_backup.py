"""Backup and restore: one archive, whole or refused, put in place whatever interrupts it."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.office import Office
from appliance.storage import backup as backup_module
from appliance.storage.backup import MANIFEST, backup, complete_restore, restore, stage
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.errors import StorageError
from appliance.storage.messages import MessageStore

Record = Callable[..., None]


async def fill(folder: DataFolder, name: str, record: Record, tokens: Callable[[], str]) -> None:
    """An office with settings, a message, an uploaded sound and a prompt."""
    folder.prepare()
    ConfigurationStore(folder.path).save(Configuration(office=Office(name=name)))
    database = Database(folder.database, pause=0.0)
    messages = MessageStore(database, folder.messages, tokens, Configuration)
    draft = await messages.begin("office", "+33612345678", name, "", 1000.0)
    record(draft.path)
    await messages.finish(draft, 2.0)
    (folder.audios / "welcome.wav").write_bytes(b"RIFF of " + name.encode())
    (folder.prompts / "abc.wav").write_bytes(b"made again at need")
    database.close()


async def content(folder: DataFolder) -> tuple[str, list[str], bool, bytes]:
    """Office name, callers of the messages, whether each has its sound, the uploaded sound."""
    office = ConfigurationStore(folder.path).load().configuration.office
    database = Database(folder.database, pause=0.0)
    messages = MessageStore(database, folder.messages, lambda: "t", Configuration)
    found = (await messages.list()).messages
    database.close()
    sounds = all(messages.audio_path(one).exists() for one in found)
    return (
        office.name if office else "",
        [one.caller_name for one in found],
        sounds,
        (folder.audios / "welcome.wav").read_bytes(),
    )


async def test_a_restored_box_is_as_it_was(tmp_path: Path, record: Record, tokens) -> None:
    old, new = DataFolder(tmp_path / "old"), DataFolder(tmp_path / "new")
    await fill(old, "Ancien", record, tokens)
    backup(old.path, tmp_path / "a.tar.gz", "2026-11-21T06:00:00+01:00")
    await fill(new, "Nouveau", record, tokens)
    restore(tmp_path / "a.tar.gz", new.path)
    assert await content(new) == await content(old) == ("Ancien", ["Ancien"], True, b"RIFF of Ancien")
    former = ConfigurationStore(new.path / "before-restore").load().configuration
    assert former.office == Office(name="Nouveau")
    restore(tmp_path / "a.tar.gz", tmp_path / "none-yet")
    assert (await content(DataFolder(tmp_path / "none-yet")))[0] == "Ancien"


async def test_a_backup_is_taken_while_the_box_writes(tmp_path: Path, record: Record, tokens) -> None:
    folder = DataFolder(tmp_path / "data")
    await fill(folder, "Bureau", record, tokens)
    folder.lock()
    database = Database(folder.database, pause=0.0)
    await database.write(lambda connection: connection.execute("DELETE FROM calls").rowcount)
    backup(folder.path, tmp_path / "a.tar.gz")
    database.close()
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        names = set(archive.getnames())
    assert {MANIFEST, "settings.json", "autocom.sqlite", "audios/welcome.wav"} <= names
    assert not any(name.startswith("prompts") or "-wal" in name or "lock" in name for name in names)
    assert (tmp_path / "a.tar.gz").stat().st_mode & 0o077 == 0
    with pytest.raises(StorageError) as caught:
        restore(tmp_path / "a.tar.gz", folder.path)
    assert caught.value.code == "already_running"
    folder.unlock()


async def test_a_running_box_stages_and_the_next_start_puts_in_place(
    tmp_path: Path, record: Record, tokens
) -> None:
    folder = DataFolder(tmp_path / "data")
    await fill(folder, "Un", record, tokens)
    backup(folder.path, tmp_path / "a.tar.gz")
    ConfigurationStore(folder.path).save(Configuration(office=Office(name="Deux")))
    stage(tmp_path / "a.tar.gz", folder.path)
    assert (await content(folder))[0] == "Deux"
    assert complete_restore(folder.path)
    assert (await content(folder))[0] == "Un"
    assert not complete_restore(folder.path)


async def test_a_restore_cut_at_any_step_is_finished_by_the_next_start(
    tmp_path: Path, record: Record, tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = DataFolder(tmp_path / "template")
    await fill(template, "Avant", record, tokens)
    backup(template.path, tmp_path / "a.tar.gz")
    ConfigurationStore(template.path).save(Configuration(office=Office(name="Après")))
    stage(tmp_path / "a.tar.gz", template.path)
    real = os.replace
    for step in range(1, 40):
        data = DataFolder(tmp_path / f"cut{step}")
        shutil.copytree(template.path, data.path)
        left = [step]

        def cut(source: object, target: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
            real(source, target)  # type: ignore[arg-type]

        with monkeypatch.context() as power:
            power.setattr(backup_module.os, "replace", cut)
            try:
                complete_restore(data.path)
            except KeyboardInterrupt:
                pass
        finished_before = left[0] > 0
        complete_restore(data.path)
        assert (await content(data))[:2] == ("Avant", ["Avant"])
        former = ConfigurationStore(data.path / "before-restore").load().configuration.office
        assert former == Office(name="Après")
        if finished_before:
            return
    raise AssertionError("never finished by itself")


def archive_of(path: Path, *members: tuple[str, bytes | str]) -> Path:
    """A tar.gz of files (bytes) and symbolic links (text)."""
    with tarfile.open(path, "w:gz") as archive:
        for name, body in members:
            info = tarfile.TarInfo(name)
            if isinstance(body, str):
                info.type, info.linkname = tarfile.SYMTYPE, body
                archive.addfile(info)
            else:
                info.size = len(body)
                archive.addfile(info, io.BytesIO(body))
    return path


OURS = (MANIFEST, json.dumps({"format": 1, "product": "Autocom"}).encode())


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ([OURS, ("../evil", b"x")], "archive_unsafe"),
        ([OURS, ("/etc/evil", b"x")], "archive_unsafe"),
        ([OURS, ("messages/../../evil", b"x")], "archive_unsafe"),
        ([OURS, ("messages/link", "/etc/passwd")], "archive_unsafe"),
        ([OURS, ("lock", b"x")], "archive_unsafe"),
        ([("settings.json", b"{}")], "archive_foreign"),
        ([(MANIFEST, b'{"format": 1, "product": "Other"}')], "archive_foreign"),
        ([(MANIFEST, b"nonsense")], "archive_foreign"),
        ([(MANIFEST, b'{"format": 2, "product": "Autocom"}')], "archive_newer"),
        ([OURS, ("settings.json", b"{")], "settings_unreadable"),
        ([OURS, ("autocom.sqlite", b"not a database" * 100)], "archive_incomplete"),
    ],
)
async def test_an_archive_that_is_not_ours_changes_nothing(
    tmp_path: Path, record: Record, tokens, members: list[tuple[str, bytes | str]], code: str
) -> None:
    folder = DataFolder(tmp_path / "data")
    await fill(folder, "Intact", record, tokens)
    with pytest.raises(StorageError) as caught:
        restore(archive_of(tmp_path / "bad.tar.gz", *members), folder.path)
    assert caught.value.code == code
    assert (await content(folder))[0] == "Intact"
    assert not (tmp_path / "evil").exists() and not (folder.path / ".restoring").exists()


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.98])
async def test_a_cut_archive_is_refused(tmp_path: Path, record: Record, tokens, keep: float) -> None:
    folder = DataFolder(tmp_path / "data")
    await fill(folder, "Intact", record, tokens)
    backup(folder.path, tmp_path / "a.tar.gz")
    data = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(data[: keep if isinstance(keep, int) else int(len(data) * keep)])
    with pytest.raises(StorageError):
        restore(tmp_path / "a.tar.gz", folder.path)
    assert (await content(folder))[0] == "Intact"


async def test_a_backup_onto_a_full_disk_leaves_the_last_one(
    tmp_path: Path, record: Record, tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "data")
    await fill(folder, "Un", record, tokens)
    target = tmp_path / "a.tar.gz"
    backup(folder.path, target)
    before = target.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module.tarfile, "copyfileobj", full)
    with pytest.raises(StorageError) as caught:
        backup(folder.path, target)
    assert caught.value.code == "disk_full"
    assert target.read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".a.tar")]
