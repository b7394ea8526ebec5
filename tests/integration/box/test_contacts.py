"""Contacts who call: shown by name, brought to the person responsible; blocked callers ring nobody."""

from __future__ import annotations

import pytest

from appliance.configuration.lines import OwnerFirst
from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST, office_of_three
from tests.support.raw_messages import description

CONTACT = {"name": "Zoé Petit", "company": "Élan", "numbers": [OUTSIDER], "owner_id": "bruno"}


def arrives(provider):
    return provider.call(f"sip:{NUMBER}@{provider.domain}", from_user=OUTSIDER, display="PETIT Z")


@pytest.fixture
async def known(running):
    """The office's number rings the person responsible first; the outsider is a contact of Bruno's."""
    settings = office_of_three()
    number = settings.numbers["main"].model_copy(update={"owner_first": OwnerFirst.CONTACT})
    office = settings.office.model_copy(update={"transfer_changes_owner": True})
    settings = settings.with_singleton("office", office).with_record("numbers", "main", number)
    await running.set(settings)
    return await running.ask("POST", "/contacts", CONTACT)


@pytest.mark.feature("IN-5", "CRM-4")
async def test_a_contact_rings_who_is_responsible_and_a_transfer_changes_that(
    running, provider, phone, audio, known
):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, third = await audio(PROVIDER_HOST), await audio(), await audio()
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    heard = await bruno.incoming()
    assert "Zoé Petit (Élan)" in heard.invitation.get("from")
    assert alice.new_calls.empty()
    heard.answer(180)
    heard.answer(200, description(ear.port))
    await call.accepted()
    await heard.request("ACK")
    heard.write("REFER", "Refer-To: <sip:103@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    taken = await chloe.incoming()
    taken.answer(200, description(third.port))
    await taken.request("ACK")
    await running.until(lambda: "chloe" in running.box.calls.busy_people(), "Chloé talks")
    await call.hang_up()
    await taken.hung_up()
    look_up = running.box.contacts.look_up
    await running.until(lambda: look_up(OUTSIDER).owner_id == "chloe", "Chloé is responsible")
    await running.at_rest()


@pytest.mark.feature("IN-9")
async def test_a_blocked_caller_rings_nobody(running, provider, phone, audio):
    alice = await phone("101")
    await running.ask("POST", "/caller_filter/blocked", {"number": OUTSIDER})
    mouth = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    await call.accepted()
    await mouth.hears(lambda: len(mouth.heard) > 5, "that the call is not taken")
    assert alice.new_calls.empty()
    await call.hang_up()
    await running.at_rest()
