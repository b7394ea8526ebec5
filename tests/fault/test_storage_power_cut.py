"""A power cut while the settings are saved: the file is the old one or the new one, never anything else.

Simulated on what reaches the disk: everything that was not put there by fsync is lost, cut short or kept.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.office import Office
from appliance.storage import data_folder
from appliance.storage.configuration_store import ConfigurationStore

pytestmark = pytest.mark.fault

FATES = {"lost": 0.0, "cut short": 0.4, "kept": 1.0}


class PowerCut(BaseException):
    """The power fails."""


class Disk:
    """Cuts the power at the n-th call to the system; files not yet synchronised then lose what they may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, moment: int, kept: float) -> None:
        self._left = moment
        self._kept = kept
        self._unsafe: set[str] = set()
        self._real_open, self._real_fsync, self._real_replace = os.open, os.fsync, os.replace
        monkeypatch.setattr(data_folder.os, "open", self._open)
        monkeypatch.setattr(data_folder.os, "fsync", self._fsync)
        monkeypatch.setattr(data_folder.os, "replace", self._replace)

    def _tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            for name in self._unsafe:
                size = os.path.getsize(name) if os.path.exists(name) else 0
                if size:
                    os.truncate(name, int(size * self._kept))
            raise PowerCut

    def _open(self, path: object, flags: int, mode: int = 0o777) -> int:
        self._tick()
        if flags & os.O_WRONLY:
            self._unsafe.add(str(path))
        return self._real_open(path, flags, mode)  # type: ignore[arg-type]

    def _fsync(self, descriptor: int) -> None:
        self._tick()
        self._real_fsync(descriptor)
        self._unsafe.discard(os.readlink(f"/proc/self/fd/{descriptor}"))

    def _replace(self, source: object, target: object) -> None:
        self._tick()
        self._real_replace(source, target)  # type: ignore[arg-type]
        if str(source) in self._unsafe:
            self._unsafe.discard(str(source))
            self._unsafe.add(str(target))


@pytest.mark.parametrize("fate", FATES)
def test_the_settings_are_the_old_or_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: str
) -> None:
    template = tmp_path / "template"
    template.mkdir()
    old, new = (Configuration(office=Office(name=name)) for name in ("Avant", "Après"))
    ConfigurationStore(template).save(old)
    for moment in range(1, 60):
        folder = tmp_path / f"{moment}"
        shutil.copytree(template, folder)
        store = ConfigurationStore(folder)
        store.load()
        saved = False
        with monkeypatch.context() as patch:
            Disk(patch, moment, FATES[fate])
            try:
                store.save(new)
                saved = True
            except PowerCut:
                pass
        loaded = ConfigurationStore(folder).load()
        assert not loaded.damaged, f"cut at call {moment}"
        assert loaded.configuration == new if saved else loaded.configuration in (old, new)
        assert ConfigurationStore(folder).save(new) > 1
        if saved:
            assert moment > 6, "the disk was never asked"
            return
    raise AssertionError("the save never ended")
