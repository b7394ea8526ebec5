"""Sign-ins: found by their token only, until they end."""

from __future__ import annotations

import itertools

import pytest

from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.sessions import Sessions


@pytest.fixture
def sessions(database: Database, tokens) -> Sessions:
    return Sessions(database, tokens)


async def test_a_token_stands_for_its_user_until_it_expires(sessions: Sessions) -> None:
    token = await sessions.open("anne", 100.0, browser="Firefox", lifetime=50.0)
    found = await sessions.find(token, 149.0)
    assert found is not None and found.user_id == "anne" and found.browser == "Firefox"
    assert await sessions.find(token, 150.0) is None
    assert await sessions.find("invented", 120.0) is None


async def test_the_token_itself_is_kept_nowhere(folder: DataFolder) -> None:
    secrets = itertools.cycle(["unguessable-one", "unguessable-two"])
    database = Database(folder.database)
    token = await Sessions(database, lambda: next(secrets)).open("anne", 100.0)
    database.close()
    kept = b"".join(path.read_bytes() for path in folder.path.iterdir() if path.is_file())
    assert token == "unguessable-oneunguessable-two"
    assert b"unguessable" not in kept


async def test_sign_ins_outlive_the_process(folder: DataFolder, tokens) -> None:
    first = Database(folder.database)
    token = await Sessions(first, tokens).open("anne", 100.0)
    first.close()
    second = Database(folder.database)
    found = await Sessions(second, tokens).find(token, 200.0)
    assert found is not None and found.user_id == "anne"
    second.close()


async def test_signing_out_ends_one_and_a_new_password_ends_all(sessions: Sessions) -> None:
    here, there, other = [await sessions.open(user, 0.0) for user in ("anne", "anne", "luc")]
    await sessions.close(here)
    assert await sessions.find(here, 1.0) is None
    assert len(await sessions.list("anne", 1.0)) == 1
    await sessions.close_user("anne")
    assert await sessions.find(there, 1.0) is None
    assert await sessions.find(other, 1.0) is not None


async def test_the_ended_are_forgotten(sessions: Sessions) -> None:
    await sessions.open("anne", 0.0, lifetime=10.0)
    await sessions.open("anne", 0.0, lifetime=100.0)
    await sessions.delete_expired(50.0)
    assert len(await sessions.list("anne", 0.0)) == 1
