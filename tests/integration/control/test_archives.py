"""Backup and restore over the API."""

from __future__ import annotations

import tarfile

import aiohttp

from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox


async def test_what_was_backed_up_can_be_restored(box: OfficeBox, staffed: Api) -> None:
    archive = await staffed("GET", "/backup")
    assert archive.headers["Content-Type"] == "application/gzip"
    assert ".tar.gz" in archive.headers["Content-Disposition"]
    assert int(archive.headers["Content-Length"]) == len(archive.content)
    form = aiohttp.FormData()
    form.add_field("file", archive.content, filename="office.tar.gz", content_type="application/gzip")
    assert (await staffed("POST", "/restore", data=form)).status == 204
    assert box.restored_from is not None
    assert not list(box.data.glob(".incoming-*")), "nothing is left of the upload"


async def test_the_archive_holds_settings_and_database(staffed: Api, tmp_path: object) -> None:
    archive = await staffed("GET", "/backup")
    path = tmp_path / "a.tar.gz"  # type: ignore[operator]
    path.write_bytes(archive.content)
    with tarfile.open(path) as file:
        assert {"settings.json", "autocom.sqlite", "autocom-backup.json"} <= set(file.getnames())


async def test_what_is_no_archive_is_refused(box: OfficeBox, staffed: Api) -> None:
    headers = {"Content-Type": "application/gzip"}
    wrong = await staffed("POST", "/restore", data=b"not an archive", headers=headers)
    assert (wrong.status, wrong.codes) == (422, {"file": "archive_unreadable"})
    empty = await staffed("POST", "/restore", headers=headers)
    assert (empty.status, empty.codes) == (422, {"file": "not_an_upload"})
    assert box.restored_from is None
    assert not list(box.data.glob(".incoming-*"))
