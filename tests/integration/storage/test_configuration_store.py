"""The settings file: saved whole or not at all, and replaced by its last good version when damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.office import MailServer, Office
from appliance.configuration.people import Person, Phone
from appliance.storage import data_folder
from appliance.storage.configuration_store import KEPT_VERSIONS, ConfigurationStore, check_settings
from appliance.storage.errors import StorageError


def office(name: str = "Cabinet Martin") -> Configuration:
    """Settings with a secret and accents."""
    configuration = Configuration(
        office=Office(name=name), mail_server=MailServer(host="mail.example.org", password="très secret")
    )
    phone = Phone(id="d1", name="Bureau", person_id="p1", sip_user="101", sip_password="correct horse")
    person = Person(id="p1", name="Zoé Lefèvre", extension="101")
    return configuration.with_record("people", "p1", person).with_record("phones", "d1", phone)


@pytest.fixture
def store(tmp_path: Path) -> ConfigurationStore:
    return ConfigurationStore(tmp_path)


def test_a_new_folder_holds_empty_settings(store: ConfigurationStore) -> None:
    loaded = store.load()
    assert (loaded.configuration, loaded.version, loaded.damaged) == (Configuration(), 0, False)


def test_settings_come_back_as_they_were_saved_secrets_included(tmp_path: Path) -> None:
    assert ConfigurationStore(tmp_path).save(office(), "first", now=1000.0) == 1
    store = ConfigurationStore(tmp_path)
    loaded = store.load()
    assert loaded.configuration == office() and loaded.version == store.version == 1
    assert loaded.configuration.phones["d1"].sip_password.get_secret_value() == "correct horse"
    assert [(one.version, one.reason, one.saved_at) for one in store.versions()] == [(1, "first", 1000.0)]


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    ConfigurationStore(tmp_path).save(office())
    for path in [tmp_path / "settings.json", *(tmp_path / "settings.versions").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0


def test_versions_are_kept_readable_and_few(store: ConfigurationStore) -> None:
    for number in range(1, KEPT_VERSIONS + 6):
        store.save(office(f"Version {number}"))
    assert len(store.versions()) == KEPT_VERSIONS
    earlier = store.load_version(20)
    assert earlier.office is not None and earlier.office.name == "Version 20"
    first = store.load_version(1)
    assert first.office is not None and first.office.name == "Version 1", "kept compressed for its calls"
    with pytest.raises(KeyError):
        store.load_version(KEPT_VERSIONS + 6)


@pytest.mark.feature("TIME-5")
def test_old_versions_that_no_call_ran_with_are_forgotten(
    store: ConfigurationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, KEPT_VERSIONS + 6):
        store.save(office(f"Version {number}"))
    store.forget_unused({2, 4, KEPT_VERSIONS + 1})
    kept = sorted(path.name for path in (tmp_path / "settings.versions").glob("*.gz"))
    assert kept == ["00000002.json.gz", "00000004.json.gz"]
    (tmp_path / "settings.versions" / kept[1]).write_bytes(b"not compressed")
    with pytest.raises(KeyError):
        store.load_version(4)
    monkeypatch.setattr("appliance.storage.configuration_store.ARCHIVE_LIMIT", 100)
    store.forget_unused({2, 4})
    assert not (tmp_path / "settings.versions" / kept[0]).exists(), "the oldest goes when there is no room"
    assert len(store.versions()) == KEPT_VERSIONS


DAMAGES = {
    "cut": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "not json": lambda text: text.replace(":", "", 1),
    "a list": lambda text: "[]",
    "a number": lambda text: "42",
    "tables that are no tables": lambda text: '{"people": 3}',
    "rows that are no rows": lambda text: '{"people": {"1": 7}}',
    "no version": lambda text: "{}",
    "nested without end": lambda text: "[" * 100_000,
    "not utf-8": lambda text: "\udcff\udcfe",
    "an extension of letters": lambda text: text.replace('"101"', '"abc"'),
    "an unknown field": lambda text: text.replace('"extension"', '"extention"'),
    "no id": lambda text: text.replace('"id": "p1"', '"idd": "p1"'),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_gives_way_to_the_last_good_version(tmp_path: Path, damage) -> None:
    store = ConfigurationStore(tmp_path)
    store.save(office("Before"))
    store.save(office("Last"))
    settings = tmp_path / "settings.json"
    text = damage(settings.read_text())
    settings.write_text(text, errors="surrogateescape")
    loaded = ConfigurationStore(tmp_path).load()
    assert loaded.configuration == office("Last") and loaded.damaged and loaded.version == 2
    assert loaded.detail in ("settings_unreadable", "settings_invalid")
    assert loaded.set_aside is not None
    assert loaded.set_aside.read_text(errors="surrogateescape") == text
    again = ConfigurationStore(tmp_path)
    assert not again.load().damaged
    assert again.save(office("Next")) == 3


def test_with_damaged_versions_too_the_newest_readable_one_is_taken(tmp_path: Path) -> None:
    store = ConfigurationStore(tmp_path)
    for name in ("One", "Two", "Three"):
        store.save(office(name))
    (tmp_path / "settings.json").write_text("{")
    (tmp_path / "settings.versions" / "00000003.json").write_text("")
    loaded = store.load()
    assert loaded.configuration == office("Two") and loaded.damaged
    assert store.save(office("Four")) == 4


def test_with_nothing_good_left_the_box_starts_empty_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    loaded = ConfigurationStore(tmp_path).load()
    assert loaded.configuration == Configuration() and loaded.damaged


def test_a_deleted_file_is_restored(tmp_path: Path) -> None:
    ConfigurationStore(tmp_path).save(office())
    (tmp_path / "settings.json").unlink()
    loaded = ConfigurationStore(tmp_path).load()
    assert loaded.configuration == office() and loaded.damaged and loaded.detail == "settings_missing"


def test_a_right_change_by_hand_is_taken(tmp_path: Path) -> None:
    ConfigurationStore(tmp_path).save(office())
    settings = tmp_path / "settings.json"
    settings.write_text(settings.read_text().replace("Zoé Lefèvre", "Zoé Petit"))
    loaded = ConfigurationStore(tmp_path).load()
    assert loaded.configuration.people["p1"].name == "Zoé Petit" and not loaded.damaged


def test_the_file_is_a_tinydb_of_one_table_a_collection(tmp_path: Path) -> None:
    ConfigurationStore(tmp_path).save(office())
    tables = json.loads((tmp_path / "settings.json").read_text())
    assert tables["people"]["1"]["name"] == "Zoé Lefèvre"


@pytest.mark.parametrize("failing", ["fsync", "replace", "open"])
def test_a_save_that_the_disk_refuses_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    store = ConfigurationStore(tmp_path)
    store.save(office("Before"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(data_folder.os, failing, refuse)
        with pytest.raises(StorageError) as caught:
            store.save(office("After"))
    assert caught.value.code == "disk_full"
    assert store.version == 1
    assert ConfigurationStore(tmp_path).load().configuration == office("Before")
    assert store.save(office("After")) == 2


def test_checking_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        check_settings(tmp_path)
    assert caught.value.code == "settings_missing"
    ConfigurationStore(tmp_path).save(office())
    check_settings(tmp_path)
    (tmp_path / "settings.json").write_text("{")
    with pytest.raises(StorageError) as caught:
        check_settings(tmp_path)
    assert caught.value.code == "settings_unreadable"
    assert sorted(os.listdir(tmp_path)) == ["settings.json", "settings.versions"]
