"""The disk is full: the caller is told that no message can be kept, calls go on, changes are refused."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.conftest import PROVIDER, LoneBox
from tests.fault.test_storage_disk_full import fill
from tests.interop.box import Refused
from tests.support.raw_messages import description

BEGINNINGS = 40


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder upon a small disk of its own."""
    disk = Path(tempfile.mkdtemp(prefix="autocom-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]).returncode == 0
    if not mounted:
        pytest.skip("no right to mount a small disk here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)
    shutil.rmtree(disk, ignore_errors=True)


@pytest.mark.feature("VM-1")
async def test_the_caller_is_told_and_the_box_lives(lone: LoneBox) -> None:
    ballast = fill(lone.folder.parent)
    with pytest.raises(Refused) as refused:
        for number in range(BEGINNINGS):
            lone.api.add("calendars", name=f"De trop {number}")
    assert refused.value.status in (500, 503, 507)
    assert b"disk_full" in refused.value.body
    call, ear = await lone.outsider()
    call.invite(description(ear.port, PROVIDER))
    await call.accepted()
    await call.hung_up(60)
    assert ear.sound(), "the caller heard words"
    talk, heard = await lone.conversation()
    await talk.hang_up()
    await heard.hung_up()
    ballast.unlink()
    await asyncio.to_thread(lone.api.add, "calendars", name="De nouveau")
    lone.wait_quiet()
    await asyncio.to_thread(lone.restart)
    assert "De nouveau" in {each["name"] for each in lone.api.items("/calendars")}
    ear.close()
