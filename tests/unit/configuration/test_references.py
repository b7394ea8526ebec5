"""Which record names which other."""

from __future__ import annotations

from appliance.configuration.references import references, used_by
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from tests.unit.routing.small_office import changed, small_office


def test_where_a_record_is_used() -> None:
    configuration = small_office()
    used = {
        (each.collection, each.record_id, each.path) for each in used_by(configuration, "people", "alice")
    }
    assert used == {
        ("phones", "alice-desk", ("person_id",)),
        ("groups", "sales", ("members", 0, "person_id")),
    }
    places = {each.path for each in used_by(configuration, "mailboxes", "office")}
    assert places == {
        ("routes", "open", "steps", 1, "destination", "mailbox_id"),
        ("routes", "closed", "steps", 0, "destination", "mailbox_id"),
    }
    assert [each.collection for each in used_by(configuration, "calendars", "hours")] == ["office"]
    assert used_by(configuration, "people", "nobody") == ()


def test_the_owner_of_a_mailbox_is_of_the_kind_it_says() -> None:
    configuration = small_office()
    for owner, collection, identifier in (
        (MailboxOwner.PERSON, "people", "alice"),
        (MailboxOwner.GROUP, "groups", "sales"),
        (MailboxOwner.NUMBER, "numbers", "main"),
    ):
        box = Mailbox(id="m", name="M", owner=owner, owner_id=identifier)
        found = used_by(configuration.with_record("mailboxes", "m", box), collection, identifier)
        assert ("mailboxes", "m", ("owner_id",)) in {
            (each.collection, each.record_id, each.path) for each in found
        }


def test_every_reference_of_a_sound_office_leads_somewhere() -> None:
    configuration = changed(small_office(), "numbers", "main", owner_id="alice")
    for each in references(configuration):
        assert each.to_id in configuration.collection(each.to_collection)
