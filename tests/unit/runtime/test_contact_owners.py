"""Whose contact it is after a transfer, whether the contact has called or was called."""

import pytest

from appliance.calls.call import Party
from appliance.configuration.configuration import Configuration
from appliance.configuration.contacts import Contact
from appliance.configuration.office import Office
from appliance.control.events import EventHub
from appliance.routing.facts import Direction, Facts
from appliance.runtime.background import Background
from appliance.runtime.contact_owners import ContactOwners
from appliance.storage.contacts import ContactBook
from appliance.storage.database import Database
from tests.support.scripted_calls import ScriptedCaller, scripted_call

ZOE = "+33639981234"
INCOMING = Facts(Direction.INBOUND, ZOE, "", "+33199001234", "l1")
OUTGOING = Facts(Direction.OUTBOUND, "102", "Bruno", ZOE, caller_person_id="bruno")


async def owner_after(tmp_path, facts: Facts, option: bool, transferred: bool) -> str | None:
    """The person responsible for Zoé, at first Alice, after a call that Chloé has in the end."""
    database = Database(tmp_path / "box.sqlite3")
    book, background = ContactBook(database), Background()
    await book.keep([Contact(id="zoe", name="Zoé", numbers=(ZOE,), owner_id="alice")])
    office = Office(name="Office", transfer_changes_owner=option)
    settings = Configuration().with_singleton("office", office)
    call = scripted_call(ScriptedCaller([], "caller"), facts.recognised(book.look_up(facts.caller)))
    if transferred:
        call.story_moves("transferred", Party("102", "Bruno", "bruno"))
    call.goes_over_to(Party("103", "Chloe", "chloe"))
    ContactOwners(book, background, EventHub(), lambda: settings).ended(call, 0.0)
    await background.finish(5)
    database.close()
    return book.look_up(ZOE).owner_id


@pytest.mark.feature("CRM-4")
@pytest.mark.parametrize("facts", [INCOMING, OUTGOING], ids=["has called", "was called"])
async def test_a_transfer_makes_the_one_who_has_the_call_responsible(tmp_path, facts):
    assert await owner_after(tmp_path, facts, option=True, transferred=True) == "chloe"


@pytest.mark.feature("CRM-4")
@pytest.mark.parametrize(("option", "transferred"), [(False, True), (True, False)])
async def test_without_the_option_or_a_transfer_nothing_changes(tmp_path, option, transferred):
    assert await owner_after(tmp_path, INCOMING, option, transferred) == "alice"
