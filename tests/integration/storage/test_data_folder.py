"""The data folder: one process at a time, and nothing left of what a killed one had begun."""

from __future__ import annotations

import pytest

from appliance.storage.data_folder import DataFolder, write_atomically
from appliance.storage.errors import StorageError


def test_one_process_at_a_time(folder: DataFolder) -> None:
    folder.lock()
    with pytest.raises(StorageError) as caught:
        DataFolder(folder.path).lock()
    assert caught.value.code == "already_running"
    folder.unlock()
    folder.unlock()
    DataFolder(folder.path).lock()


def test_only_the_owner_may_look_inside(folder: DataFolder) -> None:
    for path in (folder.path, folder.messages, folder.audios):
        assert path.stat().st_mode & 0o077 == 0


def test_unfinished_files_of_a_killed_process_are_removed(folder: DataFolder) -> None:
    box = folder.messages / "office"
    box.mkdir()
    kept = [folder.path / ".gitignore", box / "m1.wav", folder.audios / "a.wav"]
    left = [
        folder.path / ".settings.json.new",
        folder.path / ".backup.sqlite",
        box / ".m1.mp3",
        folder.audios / ".a.upload.mp3",
        folder.prompts / ".0f.wav",
    ]
    for path in (*kept, *left):
        path.write_bytes(b"x")
    folder.lock()
    assert [path for path in left if path.exists()] == []
    assert all(path.exists() for path in kept)


def test_an_atomic_write_leaves_nothing_beside(folder: DataFolder) -> None:
    write_atomically(folder.path / "a", b"one")
    write_atomically(folder.path / "a", b"two")
    assert (folder.path / "a").read_bytes() == b"two"
    assert not (folder.path / ".a.new").exists()
