"""Contacts by the API: kept, found by number, imported all or none, exported."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.configuration.contacts import Contact
from appliance.storage.contacts import ContactBook, look_up_beside
from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox

ZOE = {"name": "Zoé Martin", "company": "Élan", "numbers": ["06 12 34 56 99"], "owner_id": "bob", "vip": True}
CALLER = "+33612345699"


@pytest.mark.feature("FWD-1", "CRM-1")
async def test_a_destination_follows_its_contact_to_another_number(box: OfficeBox, staffed: Api) -> None:
    made = (await staffed("POST", "/contacts", ZOE)).json
    outside = {"kind": "external", "number": CALLER, "follows_contact": True}
    fixed = {**outside, "follows_contact": False}
    forwards = {"forward_to": fixed, "forwards": {"busy": outside}}
    assert (await staffed("PATCH", "/people/bob", forwards)).status == 200
    one = f"/contacts/{made['id']}"
    assert (await staffed("PUT", one, {**ZOE, "numbers": ["06 12 34 56 98"]})).status == 200
    bob = box.configuration.people["bob"]
    assert bob.forwards["busy"].number == "+33612345698" and bob.forward_to.number == CALLER
    assert (await staffed("PUT", one, {**ZOE, "numbers": []})).status == 200
    assert box.configuration.people["bob"].forwards["busy"].number == "+33612345698", "the last one they had"


@pytest.mark.feature("CRM-1", "PERM-1")
async def test_only_an_administrator_moves_where_calls_go(box: OfficeBox, staffed: Api) -> None:
    made = (await staffed("POST", "/contacts", ZOE)).json
    outside = {"kind": "external", "number": CALLER, "follows_contact": True}
    await staffed("PATCH", "/people/bob", {"forwards": {"busy": outside}})
    password = "a long enough password"
    account = {"name": "Bob", "password": password, "role": "person", "person_id": "bob"}
    await staffed("POST", "/users", account)
    token = (await staffed.as_stranger("POST", "/sessions", {"name": "bob", "password": password})).json
    bob, one = staffed.as_signed_in(token["token"]), f"/contacts/{made['id']}"
    moved = await bob("PUT", one, {**ZOE, "numbers": ["06 12 34 56 98"]})
    assert (moved.status, moved.codes) == (422, {"numbers": "contact_followed"})
    assert box.contacts.look_up(CALLER) is not None
    assert (await bob("PUT", one, {**ZOE, "name": "Zoé Martin-Roux"})).status == 200
    assert (await staffed("PUT", one, {**ZOE, "numbers": ["06 12 34 56 98"]})).status == 200


@pytest.mark.feature("CRM-1")
async def test_a_contact_is_made_found_by_number_changed_and_forgotten(box: OfficeBox, staffed: Api) -> None:
    made = await staffed("POST", "/contacts", ZOE)
    assert made.status == 201 and made.json["numbers"] == [CALLER], made.json
    one = f"/contacts/{made.json['id']}"
    for typed in ("06 12 34 56 99", CALLER.replace("+", "%2B"), "0033612345699"):
        assert (await staffed("GET", f"/contacts/look-up?number={typed}")).json == made.json
    path = (await staffed("POST", "/explain", {"number_id": "main", "caller": CALLER})).json
    assert path["facts"]["caller_name"] == "Zoé Martin (Élan)"
    assert path["facts"]["known"]["owner_id"] == "bob"
    changed = {**ZOE, "numbers": ["01 99 00 00 01"]}
    etag = {"If-Match": made.headers["ETag"]}
    assert (await staffed("PUT", one, changed, headers=etag)).status == 200
    assert (await staffed("PUT", one, changed, headers=etag)).status == 412
    assert box.contacts.look_up(CALLER) is None
    known = box.contacts.look_up("+33199000001")
    assert known is not None and known.vip
    restarted = ContactBook(box.database)
    await restarted.restore()
    assert restarted.look_up("+33199000001") == known
    assert look_up_beside(box.database.path, "+33199000001") == known
    assert look_up_beside(box.database.path, CALLER) is None
    assert (await staffed("DELETE", one)).status == 204
    assert (await staffed("DELETE", one)).status == 404
    assert box.contacts.look_up("+33199000001") is None


@pytest.mark.feature("CRM-1")
@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"name": ""}, "name", "string_too_short"),
        ({"numbers": ["06 12"]}, "numbers.0", "number_too_short"),
        ({"numbers": ["01 99 00 00 02", "+33199000002"]}, "numbers", "number_listed_twice"),
        ({"numbers": ["01 23 45 67 89"]}, "numbers.0", "number_is_own"),
        ({"numbers": ["01 99 00 00 02", "06 12 34 56 99"]}, "numbers.1", "number_of_contact"),
        ({"email": "nobody"}, "email", "email_malformed"),
        ({"owner_id": "gone"}, "owner_id", "unknown_person"),
    ],
)
async def test_what_is_refused_is_said_at_its_field(
    staffed: Api, fields: dict[str, Any], field: str, code: str
) -> None:
    assert (await staffed("POST", "/contacts", ZOE)).status == 201
    refused = await staffed("POST", "/contacts", {"name": "Other", **fields})
    assert (refused.status, refused.codes) == (422, {field: code})
    assert (await staffed("GET", "/contacts")).json["total"] == 1


@pytest.mark.feature("CRM-1")
async def test_ten_thousand_contacts_are_searched_by_page(box: OfficeBox, staffed: Api) -> None:
    await box.contacts.keep(
        [
            Contact(id=f"c{place}", name=f"Émile {place:05}", numbers=(f"+3319900{place:04}",))
            for place in range(10_000)
        ]
    )
    page = (await staffed("GET", "/contacts?q=emile&page=3&page_size=100")).json
    assert page["total"] == 10_000 and page["items"][0]["name"] == "Émile 00200"
    for typed in ("01 99 00 12 34", "99001234", "emile 01234"):
        (found,) = (await staffed("GET", f"/contacts?q={typed}")).json["items"]
        assert found["id"] == "c1234"
    assert (await staffed("GET", "/contacts?q=%25")).json["total"] == 0


TABLE = """Nom;Société;Téléphone;Responsable
Ada;Works;06 11 11 11 11;Alice
Zoé;;06 12 34 56 99;102
Bad;;12;
Worse;;06 11 11 11 13;Nobody
"""


@pytest.mark.feature("CRM-5")
async def test_a_table_is_shown_then_taken_in_all_or_none(box: OfficeBox, staffed: Api) -> None:
    assert (await staffed("POST", "/contacts", ZOE)).status == 201
    preview = await staffed("POST", "/contacts/imports", data=TABLE.encode("cp1252"))
    assert preview.status == 201, preview.json
    assert preview.json["mapping"] == ["name", "company", "number", "owner"] and preview.json["total"] == 4
    one = f"/contacts/imports/{preview.json['id']}"
    wish = {"mapping": preview.json["mapping"], "known": "update"}
    told = (await staffed("POST", one, wish)).json
    assert (told["done"], told["bad"], told["added"], told["updated"]) == (False, 2, 1, 1)
    assert [(each["line"], each["error"]["field"], each["error"]["code"]) for each in told["faults"]] == [
        (4, "numbers.0", "number_too_short"),
        (5, "owner", "unknown_person"),
    ]
    assert (await staffed("GET", "/contacts")).json["total"] == 1, "nothing is half saved"
    told = (await staffed("POST", one, {**wish, "only_good": True})).json
    assert told["done"]
    ada, zoe = (await staffed("GET", "/contacts")).json["items"]
    assert (ada["company"], ada["owner_id"]) == ("Works", "alice")
    assert (zoe["company"], zoe["vip"], zoe["name"]) == ("Élan", True, "Zoé"), "what a row leaves empty stays"
    known = box.contacts.look_up("+33611111111")
    assert known is not None and known.owner_id == "alice"
    assert (await staffed("POST", one, wish)).status == 404
    exported = await staffed("GET", "/contacts/export")
    again = await staffed("POST", "/contacts/imports", data=exported.content)
    kept = {"mapping": again.json["mapping"], "known": "keep"}
    told = (await staffed("POST", f"/contacts/imports/{again.json['id']}", kept)).json
    assert (told["done"], told["kept"], told["added"], told["bad"]) == (True, 2, 0, 0)


@pytest.mark.feature("CRM-5")
async def test_files_and_mappings_that_cannot_be_read_are_refused(staffed: Api) -> None:
    for content, code in ((b"x\0", "file_not_text"), (b"name\n", "table_empty")):
        refused = await staffed("POST", "/contacts/imports", data=content)
        assert (refused.status, refused.codes) == (422, {"file": code})
    preview = await staffed("POST", "/contacts/imports", data=b"A,B\n1,2\n")
    one = f"/contacts/imports/{preview.json['id']}"
    for mapping, field, code in (
        (["", ""], "mapping", "name_column_missing"),
        (["name", "name"], "mapping.1", "column_twice"),
        (["name", "toy"], "mapping.1", "enum"),
        (["name"], "mapping", "too_short"),
    ):
        refused = await staffed("POST", one, {"mapping": mapping})
        assert (refused.status, refused.codes) == (422, {field: code})
