"""kill -9 at any moment: what was acknowledged is there at the next start.

A child process saves without end and names on its standard output what was acknowledged; it is killed,
sooner or later, and what it named is looked for.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from appliance.configuration.configuration import Configuration
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.mail_queue import MailQueue
from appliance.storage.messages import MessageStore
from appliance.storage.registrations import Registrations

pytestmark = pytest.mark.fault

PRELUDE = """
import asyncio, itertools, sys
from pathlib import Path
from types import MappingProxyType
from appliance.configuration.configuration import Configuration
from appliance.configuration.office import Office
from appliance.configuration.voicemail import Mailbox
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.messages import MessageStore
from appliance.storage.registrations import RegistrationRow, Registrations
folder = DataFolder(Path(sys.argv[1]))
folder.prepare()
boxes = MappingProxyType({"office": Mailbox(id="office", name="Accueil", emails=("a@example.org",))})
def acknowledged(what):
    sys.stdout.write(f"{what}\\n")
    sys.stdout.flush()
"""

SAVE_SETTINGS = """
store = ConfigurationStore(folder.path)
store.load()
for number in itertools.count(1):
    store.save(Configuration(office=Office(name=f"Bureau {number}"), mailboxes=boxes))
    acknowledged(number)
"""

REGISTER = """
async def phone(registrations, name):
    for number in itertools.count(1):
        here = ("127.0.0.1", 5060)
        row = RegistrationRow(f"phone{name}", "sip:phone", 1e9 + number, "UDP", here, here)
        await registrations.save([row])
        acknowledged(f"{name} {number}")
async def main():
    registrations = Registrations(Database(folder.database, pause=0.005))
    async with asyncio.TaskGroup() as group:
        for name in range(20):
            group.create_task(phone(registrations, name))
asyncio.run(main())
"""

LEAVE_MESSAGES = """
import wave
async def main():
    names = (f"m{number}" for number in itertools.count(1))
    configuration = Configuration(mailboxes=boxes)
    database = Database(folder.database, pause=0.0)
    store = MessageStore(database, folder.messages, lambda: next(names), lambda: configuration)
    for number in itertools.count(1):
        draft = await store.begin("office", "+33612345678", "Marie", "", float(number))
        with wave.open(str(draft.path), "wb") as sound:
            sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(8000)
            for _ in range(4):
                sound.writeframes(bytes(8000))
        if number % 3:
            await store.finish(draft, 2.0)
            acknowledged(draft.id)
asyncio.run(main())
"""


def killed_after(program: str, folder: Path, lines: int) -> list[str]:
    """Run a program until it has acknowledged some lines, then kill it: all that it acknowledged."""
    command = [sys.executable, "-c", PRELUDE + program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        said += child.stdout.readlines()
    assert all(said), "the program ended by itself"
    return [line.strip() for line in said if line.endswith("\n")]


@pytest.mark.parametrize("lines", [1, 2, 7, 23, 40])
def test_no_saved_setting_is_lost(tmp_path: Path, lines: int) -> None:
    last = int(killed_after(SAVE_SETTINGS, tmp_path, lines)[-1])
    loaded = ConfigurationStore(tmp_path).load()
    assert not loaded.damaged and loaded.configuration.office is not None
    number = int(loaded.configuration.office.name.removeprefix("Bureau "))
    assert number in (last, last + 1)  # the next may have been saved and not yet acknowledged
    assert ConfigurationStore(tmp_path).load().configuration == loaded.configuration


@pytest.mark.parametrize("lines", [1, 50, 333])
def test_no_acknowledged_registration_is_lost(tmp_path: Path, lines: int) -> None:
    acknowledged: dict[str, int] = {}
    for line in killed_after(REGISTER, tmp_path, lines):
        name, number = line.split()
        acknowledged[f"phone{name}"] = int(number)

    async def found() -> dict[str, float]:
        database = Database(DataFolder(tmp_path).database)
        rows = await Registrations(database).load(0.0)
        database.close()
        return {row.aor: row.expires_at - 1e9 for row in rows}

    kept = asyncio.run(found())
    assert acknowledged and all(kept[aor] >= number for aor, number in acknowledged.items())


@pytest.mark.parametrize("lines", [1, 4, 15])
def test_no_finished_message_is_lost_and_what_was_being_recorded_is_kept(tmp_path: Path, lines: int) -> None:
    finished = killed_after(LEAVE_MESSAGES, tmp_path, lines)
    folder = DataFolder(tmp_path)

    async def found() -> tuple[dict[str, float], set[str]]:
        database = Database(folder.database, pause=0.0)
        store = MessageStore(database, folder.messages, lambda: "t", Configuration)
        await store.recover(1e6)
        page = await store.list(page_size=1000)
        for message in page.messages:
            with wave.open(str(store.audio_path(message))) as sound:
                assert sound.getnframes() / 8000 == message.seconds
        queued = {mail.message_id for mail in await MailQueue(database).due(1e9, limit=1000)}
        unfinished = await database.read(
            lambda connection: connection.execute(
                "SELECT count(*) FROM messages WHERE state = 'recording'"
            ).fetchone()[0]
        )
        database.close()
        assert unfinished == 0
        return {message.id: message.seconds for message in page.messages}, queued

    kept, queued = asyncio.run(found())
    assert set(finished) <= set(kept) and all(seconds >= 1.0 for seconds in kept.values())
    assert set(finished) <= queued
    abandoned = {f"m{number}" for number in range(3, int(finished[-1][1:]), 3)}
    assert abandoned <= set(kept), "each of these was cut off by the kill of a recorder"
