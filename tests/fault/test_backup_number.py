"""The backup number is rung on every cause: nobody registered, settings damaged, the disk full."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.conftest import PROVIDER, PROVIDER_PORT, LoneBox
from tests.fault.test_storage_disk_full import fill
from tests.interop.office import route, to_mailbox, to_person
from tests.interop.waiting import until
from tests.support.raw_messages import description
from tests.support.raw_sip import RawCall, RawPhone

BACKUP = "+33639989999"

pytestmark = pytest.mark.feature("BACKUP-1")


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


async def rung_instead(lone: LoneBox, provider: RawPhone) -> list[str]:
    """An outsider calls; the backup number takes the call. The reasons written down of it."""
    before = len(lone.api.get("/history")["records"])
    call, ear = await lone.outsider()
    call.invite(description(ear.port, PROVIDER))
    heard: RawCall = await provider.incoming(40)
    assert BACKUP[-9:] in heard.invitation.uri
    heard.answer(200, description(ear.port, PROVIDER))
    await call.accepted()
    await heard.request("ACK")
    await call.hang_up()
    await heard.hung_up()
    ear.close()
    records = await asyncio.to_thread(
        until, lambda: lone.api.get("/history")["records"][: -before or None], "the record"
    )
    return [place["reason"]["code"] for place in records[0]["trail"]]


async def test_every_cause_rings_the_backup_number(lone: LoneBox) -> None:
    provider = await RawPhone.open(lone.address, "provider", host=PROVIDER, port=PROVIDER_PORT)
    alice_first = {"steps": [{"destination": to_person("alice"), "max_wait": 5}]}
    backed = {"backup_number": BACKUP, "human_answer": "nobody", "routes": {"open": alice_first}}
    lone.api.change("/numbers/standard", **backed)

    assert "nobody_reachable" in await rung_instead(lone, provider)

    ballast = fill(lone.folder.parent)
    full = lambda: "disk_full" in {each["code"] for each in lone.state()["warnings"]}
    await asyncio.to_thread(until, full, "the box notices that the disk is full")
    alice = await lone.phone("101")
    explained = lone.api.ask("POST", "/explain", {"number_id": "standard", "caller": "0639981234"})
    codes = [place["reason"]["code"] for each in explained["decisions"] for place in each["trail"]]
    assert "something_failed" in codes
    ballast.unlink()
    await asyncio.to_thread(until, lambda: not full(), "the box notices that there is room again")

    lone.stop()
    settings = lone.folder / "settings.json"
    settings.write_bytes(settings.read_bytes()[:-40])
    lone.start()
    await alice.register()
    told = asyncio.create_task(rung_instead(lone, provider))
    unanswered = await alice.incoming()
    unanswered.answer(180)
    await unanswered.cancelled()
    assert "something_failed" in await told
    lone.api.change("/numbers/standard", routes={"open": route(to_mailbox(lone.mailbox))})
    assert not lone.state()["warnings"], "good settings have been saved over the damaged ones"

    fill(lone.folder.parent)
    await asyncio.to_thread(until, full, "the box notices that the disk is full")
    call, ear = await lone.outsider()
    call.invite(description(ear.port, PROVIDER))
    heard = await provider.incoming(40)
    assert BACKUP[-9:] in heard.invitation.uri, "a mailbox that can keep nothing leads to the backup number"
    heard.answer(486)
    await call.accepted()
    await call.hung_up(60)
    assert ear.sound(), "the caller is told"
    ear.close()
