"""Reading and changing every kind of record."""

from __future__ import annotations

import pytest

from appliance.configuration.configuration import COLLECTIONS
from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox


async def test_a_record_is_made_read_changed_and_removed(administrator: Api) -> None:
    made = await administrator("POST", "/people", {"name": "Élodie Lefèvre", "extension": "103"})
    assert made.status == 201
    assert made.json["id"] == "elodie-lefevre"
    assert made.headers["Location"] == "/api/v1/people/elodie-lefevre"
    read = await administrator("GET", "/people/elodie-lefevre")
    assert read.json == made.json
    assert read.headers["ETag"] == made.headers["ETag"]
    changed = await administrator("PATCH", "/people/elodie-lefevre", {"comment": "Accounts"})
    assert (changed.json["comment"], changed.json["extension"]) == ("Accounts", "103")
    assert changed.headers["ETag"] != made.headers["ETag"]
    replaced = await administrator("PUT", "/people/elodie-lefevre", {"name": "Élodie", "extension": "104"})
    assert (replaced.json["comment"], replaced.json["extension"]) == ("", "104")
    assert (await administrator("DELETE", "/people/elodie-lefevre")).status == 204
    assert (await administrator("GET", "/people/elodie-lefevre")).status == 404


async def test_what_was_saved_is_on_the_disk(box: OfficeBox, staffed: Api) -> None:
    kept = box.store.load()
    assert kept.configuration.people["alice"].extension == "101"
    assert kept.version == box.version


async def test_every_collection_is_there(administrator: Api) -> None:
    for collection in COLLECTIONS:
        listed = await administrator("GET", f"/{collection}")
        assert listed.status == 200 and isinstance(listed.json["items"], list), collection
        assert (await administrator("GET", f"/{collection}/nobody")).status == 404
        assert (await administrator("DELETE", f"/{collection}/nobody")).status == 404
        wrong = await administrator("POST", f"/{collection}", {"hat": "green"})
        assert wrong.status == 422 and wrong.json["errors"], collection


@pytest.mark.parametrize("name", ["office", "mail_server"])
async def test_the_records_of_which_there_is_one(administrator: Api, name: str) -> None:
    read = await administrator("GET", f"/{name}")
    same = await administrator("PUT", f"/{name}", read.json)
    assert (same.status, same.json) == (200, read.json)
    assert (await administrator("PATCH", f"/{name}", {"hat": 1})).codes == {"hat": "extra_forbidden"}


async def test_two_of_the_same_name_get_different_ids(administrator: Api) -> None:
    first = await administrator("POST", "/people", {"name": "Ana", "extension": "101"})
    second = await administrator("POST", "/people", {"name": "Ana", "extension": "102"})
    assert first.json["id"] == "ana"
    assert second.json["id"].startswith("ana-")


async def test_an_id_may_be_chosen_once_and_never_changed(staffed: Api) -> None:
    taken = await staffed("POST", "/people", {"id": "alice", "name": "Other", "extension": "109"})
    assert (taken.status, taken.codes) == (422, {"id": "identifier_taken"})
    changed = await staffed("PATCH", "/people/alice", {"id": "alicia"})
    assert (changed.status, changed.codes) == (422, {"id": "identifier_changed"})


async def test_what_must_hold_among_records_is_told_at_the_field(staffed: Api) -> None:
    taken = await staffed("POST", "/people", {"name": "Carl", "extension": "101"})
    assert taken.status == 422
    assert taken.codes == {"extension": "extension_taken"}
    assert "Alice" in taken.json["errors"][0]["message"]
    nobody = await staffed("POST", "/phones", {"name": "Desk", "person_id": "nobody"})
    assert nobody.codes == {"person_id": "unknown_person"}
    silent = {"steps": [{"destination": {"kind": "person", "person_id": "nobody"}}]}
    deep = await staffed("PATCH", "/numbers/main", {"routes": {"open": silent}})
    assert deep.codes["routes.open.steps.0.destination.person_id"] == "unknown_person"


async def test_a_problem_that_was_there_before_does_not_block_others(box: OfficeBox, staffed: Api) -> None:
    broken = box.configuration.without_record("lines", "trunk")
    await box.change(broken, expected=box.version, who="an older version")
    assert (await staffed("PATCH", "/people/alice", {"comment": "in"})).status == 200


async def test_what_is_used_stays(staffed: Api) -> None:
    answer = await staffed("DELETE", "/people/alice")
    assert answer.status == 409
    used = {(entry["collection"], entry["id"]) for entry in answer.json["errors"]}
    assert used == {("phones", "desk-of-alice"), ("numbers", "main")}
    assert {entry["code"] for entry in answer.json["errors"]} == {"still_used"}
    assert (await staffed("GET", "/people/alice")).status == 200


async def test_a_person_leaves_with_their_phones(box: OfficeBox, staffed: Api) -> None:
    assert (await staffed("DELETE", "/people/bob")).status == 409
    assert (await staffed("DELETE", "/people/bob?with=phones")).status == 204
    assert set(box.configuration.phones) == {"desk-of-alice"}
    still = await staffed("DELETE", "/people/alice?with=phones,mailboxes")
    assert [entry["collection"] for entry in still.json["errors"]] == ["numbers"]


async def test_a_change_of_what_somebody_else_has_changed_is_refused(staffed: Api) -> None:
    etag = (await staffed("GET", "/people/alice")).headers["ETag"]
    await staffed("PATCH", "/people/bob", {"comment": "another record"})
    first = await staffed("PATCH", "/people/alice", {"comment": "one"}, headers={"If-Match": etag})
    assert first.status == 200
    for method, body in (("PATCH", {"comment": "two"}), ("PUT", first.json), ("DELETE", None)):
        late = await staffed(method, "/people/alice", body, headers={"If-Match": etag})
        assert (late.status, late.codes) == (412, {"": "changed_meanwhile"})
    anything = await staffed("PATCH", "/people/alice", {"comment": "three"}, headers={"If-Match": "*"})
    assert anything.status == 200


async def test_secrets_are_kept_but_not_told(box: OfficeBox, administrator: Api) -> None:
    line = {"name": "Trunk", "server": "sip.example.com", "user": "0123", "password": "pass-of-the-trunk"}
    made = await administrator("POST", "/lines", line)
    assert (made.json["password"], made.json["password_set"]) == (None, True)
    shown = (await administrator("GET", "/lines/trunk")).json
    saved = await administrator("PUT", "/lines/trunk", {**shown, "name": "Other name"})
    assert saved.status == 200
    assert box.configuration.lines["trunk"].password.get_secret_value() == "pass-of-the-trunk"
    assert "pass-of-the-trunk" not in str(saved.json)


async def test_a_phone_gets_a_user_and_a_password_shown_once(box: OfficeBox, staffed: Api) -> None:
    made = await staffed("POST", "/phones", {"name": "Mobile app", "person_id": "alice", "kind": "softphone"})
    password = made.json["sip_password"]
    assert made.json["sip_user"] == "101-2" and len(password) >= 12
    assert box.configuration.phones["mobile-app"].sip_password.get_secret_value() == password
    assert (await staffed("GET", "/phones/mobile-app")).json["sip_password"] is None
    renewed = await staffed("POST", "/phones/mobile-app/password")
    assert renewed.json["sip_password"] != password
    assert (
        box.configuration.phones["mobile-app"].sip_password.get_secret_value() == renewed.json["sip_password"]
    )


async def test_passwords_of_phones_may_be_chosen(box: OfficeBox, staffed: Api) -> None:
    chosen = {"name": "Old", "person_id": "bob", "sip_user": "old.one", "sip_password": "known already"}
    assert (await staffed("POST", "/phones", chosen)).status == 201
    assert box.configuration.phones["old"].sip_password.get_secret_value() == "known already"
    short = await staffed(
        "POST", "/phones", {**chosen, "name": "X", "sip_user": "x", "sip_password": "short"}
    )
    assert short.status == 422 and set(short.codes) == {"sip_password"}


async def test_what_is_no_json_object_is_refused(administrator: Api) -> None:
    for content in (b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000):
        answer = await administrator("POST", "/people", data=content)
        assert (answer.status, answer.codes) == (400, {"": "malformed_json"}), content[:9]


async def test_a_body_without_end_is_refused(administrator: Api) -> None:
    answer = await administrator("POST", "/people", data=b" " * (2 * 1024 * 1024))
    assert (answer.status, answer.codes) == (413, {"": "too_large"})


async def test_changes_are_told_to_listeners(box: OfficeBox, administrator: Api) -> None:
    with box.events.subscribe() as listener:
        await administrator("POST", "/people", {"name": "Ana", "extension": "101"})
        event = await listener.next()
    assert (event.kind, event.data) == ("configuration", {"version": box.version})
