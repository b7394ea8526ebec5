"""Registrations: kept over a restart, replaced, removed, expired."""

from __future__ import annotations

from dataclasses import replace

from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.registrations import RegistrationRow, Registrations

ROW = RegistrationRow(
    aor="alice",
    contact="sip:alice@192.0.2.7:5062",
    expires_at=5000.0,
    transport="TCP",
    local=("192.0.2.1", 5060),
    remote=("192.0.2.7", 40112),
    connection=3,
    call_id="abc@192.0.2.7",
    cseq=41,
    instance="<urn:uuid:0001>",
    user_agent="Deskphone 2.1 «é»",
    q=0.5,
    path=("<sip:edge.example;lr>",),
)


async def test_they_outlive_the_process(folder: DataFolder) -> None:
    first = Database(folder.database)
    await Registrations(first).save([ROW])
    first.close()
    second = Database(folder.database)
    assert await Registrations(second).load(4000.0) == [ROW]
    second.close()


async def test_a_binding_is_replaced_and_another_removed(database: Database) -> None:
    registrations = Registrations(database)
    other = replace(ROW, contact="sip:alice@192.0.2.8", connection=None)
    await registrations.save([ROW, other])
    renewed = replace(ROW, expires_at=9000.0, cseq=42)
    await registrations.save([renewed], removed=[(other.aor, other.contact)])
    assert await registrations.load(0.0) == [renewed]


async def test_the_expired_are_not_loaded_and_then_forgotten(database: Database) -> None:
    registrations = Registrations(database)
    await registrations.save([ROW, replace(ROW, aor="bob", expires_at=100.0)])
    assert [row.aor for row in await registrations.load(100.0)] == ["alice"]
    assert await registrations.delete_expired(100.0) == 1
