"""Backup: one file to take away, and a file that is none refused."""

from __future__ import annotations

import io
import tarfile

from playwright.async_api import Page, expect


async def test_the_backup_is_an_archive(visitor: Page) -> None:
    answer = await visitor.request.get("/api/v1/backup")
    assert answer.status == 200
    with tarfile.open(fileobj=io.BytesIO(await answer.body())) as archive:
        assert archive.getnames()


async def test_a_file_that_is_no_backup_is_refused(visitor: Page) -> None:
    await visitor.goto("/backup")
    wrong = {"name": "holiday.tar.gz", "mimeType": "application/gzip", "buffer": b"not an archive"}
    await visitor.set_input_files("[name=file]", files=[wrong])  # type: ignore[list-item]
    await visitor.click("form[action='/backup/restore'] button")
    await expect(visitor.locator("[role=alert]")).to_be_visible()
    await visitor.goto("/people")
    await expect(visitor.locator("main")).to_contain_text("Bruno")
