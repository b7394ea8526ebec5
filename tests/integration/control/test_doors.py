"""Who may use what, by each door."""

from __future__ import annotations

import re

import pytest

from appliance.control.application import all_routes
from appliance.control.routes import Access
from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox

PASSWORD = "bobs own password"


@pytest.fixture
async def bob(api: Api, staffed: Api) -> Api:
    """Bob, who is no administrator, signed in."""
    for path, body in (
        ("/mailboxes", {"name": "Bob", "owner": "person", "owner_id": "bob"}),
        ("/mailboxes", {"name": "Alice", "owner": "person", "owner_id": "alice"}),
        ("/users", {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}),
    ):
        made = await staffed("POST", path, body)
        assert made.status == 201, made.json
    signed_in = await api.as_stranger("POST", "/sessions", {"name": "bob", "password": PASSWORD})
    return api.as_signed_in(signed_in.json["token"])


def _address(path: str) -> str:
    return re.sub(r"{[a-z]+}", "anything", path)


async def test_strangers_from_the_lan_get_nowhere(api: Api, administrator: Api) -> None:
    for route in all_routes():
        if route.access is not Access.PUBLIC:
            answer = await api.as_stranger(route.method, _address(route.path))
            assert (answer.status, answer.codes) == (401, {"": "sign_in_needed"}), route.path


async def test_what_strangers_may_use_is_little(api: Api) -> None:
    public = {(route.method, route.path) for route in all_routes() if route.access is Access.PUBLIC}
    assert public == {("GET", "/setup"), ("POST", "/claim"), ("POST", "/sessions"), ("GET", "/openapi.json")}


async def test_what_is_no_token_gets_nowhere(api: Api) -> None:
    for header in ("Bearer", "Bearer ", "Bearer wrong", "Basic YWRhOmFkYQ==", "wrong", "Bearer \u00e9"):
        answer = await api.as_stranger("GET", "/people", headers={"Authorization": header})
        assert answer.status == 401, header


async def test_the_command_line_is_an_administrator(api: Api, administrator: Api) -> None:
    me = (await api("GET", "/me")).json
    assert (me["user"], me["role"]) == (None, "administrator")
    assert (await api("GET", "/people")).status == 200


async def test_what_is_the_administrators_is_no_persons(bob: Api) -> None:
    for route in all_routes():
        if route.access is Access.ADMINISTRATOR:
            answer = await bob(route.method, _address(route.path))
            assert (answer.status, answer.codes) == (403, {"": "not_allowed"}), route.path


async def test_a_person_reads_the_state_and_the_directory(bob: Api) -> None:
    assert (await bob("GET", "/state")).status == 200
    names = (await bob("GET", "/directory")).json
    assert {one["name"] for one in names["people"]} == {"Alice", "Bob"}


@pytest.mark.feature("PERM-1")
async def test_a_person_edits_their_own_page_only(box: OfficeBox, bob: Api) -> None:
    assert (await bob("GET", "/people/bob")).status == 200
    assert (await bob("GET", "/people/alice")).status == 404
    assert (await bob("PATCH", "/people/alice", {"do_not_disturb": True})).status == 404
    assert (await bob("PATCH", "/people/bob", {"do_not_disturb": True})).status == 200
    assert box.configuration.people["bob"].do_not_disturb


async def test_a_person_does_not_change_what_is_the_administrators(box: OfficeBox, bob: Api) -> None:
    refused = await bob("PATCH", "/people/bob", {"extension": "999", "name": "Robert", "ring_seconds": 30})
    assert (refused.status, refused.codes) == (403, {"extension": "not_allowed", "name": "not_allowed"})
    shown = (await bob("GET", "/people/bob")).json
    assert (await bob("PUT", "/people/bob", {**shown, "ring_seconds": 30})).status == 200
    refused = await bob("PATCH", "/mailboxes/bob", {"owner_id": "alice"})
    assert (refused.status, refused.codes) == (403, {"owner_id": "not_allowed"})
    assert (await bob("PATCH", "/mailboxes/bob", {"announce_number": True})).status == 200
    assert (await bob("GET", "/mailboxes/alice")).status == 404


async def test_a_person_hears_their_own_messages_only(box: OfficeBox, bob: Api, staffed: Api) -> None:
    own, others = [await _message(box, mailbox) for mailbox in ("bob", "alice")]
    listed = (await bob("GET", "/messages")).json
    assert [message["id"] for message in listed["messages"]] == [own]
    assert (await bob("GET", "/messages?mailbox_id=alice")).json["messages"] == []
    assert (await staffed("GET", "/messages")).json["total"] == 2
    assert (await bob("GET", f"/messages/{own}/audio")).status == 200
    for method, path in (("GET", ""), ("GET", "/audio"), ("PATCH", ""), ("DELETE", ""), ("POST", "/mail")):
        assert (await bob(method, f"/messages/{others}{path}")).status == 404


@pytest.mark.feature("VM-1", "VM-7")
async def test_a_member_hears_the_messages_of_their_group(box: OfficeBox, bob: Api, staffed: Api) -> None:
    group = (await staffed("POST", "/groups", {"name": "Accueil", "members": [{"person_id": "bob"}]})).json
    shared = {"name": "Accueil", "owner": "group", "owner_id": group["id"]}
    mailbox = (await staffed("POST", "/mailboxes", shared)).json["id"]
    left = await _message(box, mailbox)
    assert [each["id"] for each in (await bob("GET", "/messages")).json["messages"]] == [left]
    assert (await bob("GET", "/state")).json["mailboxes"][mailbox]["unheard"] == 1
    assert (await bob("PATCH", f"/messages/{left}", {"heard": True})).status == 200
    assert (await bob("GET", f"/mailboxes/{mailbox}")).status == 404, "its settings are the administrator's"
    await staffed("PATCH", f"/mailboxes/{mailbox}", {"members_hear": False})
    assert (await bob("GET", f"/messages/{left}")).status == 404


async def _message(box: OfficeBox, mailbox: str) -> str:
    from tests.support.sample_traffic import tone

    draft = await box.messages.begin(mailbox, "+33612345678", "", "+33123456789", box.epoch())
    draft.path.write_bytes(tone(2.0))
    return (await box.messages.finish(draft, 2.0)).id


async def test_a_person_calls_for_themselves_only(box: OfficeBox, bob: Api) -> None:
    box.registered = {"desk-of-bob"}
    refused = await bob("POST", "/calls", {"person_id": "alice", "number": "102"})
    assert (refused.status, refused.codes) == (403, {"person_id": "call_not_allowed"})
    placed = await bob("POST", "/calls", {"person_id": "bob", "number": "01 23 45 67 80"})
    assert placed.status == 202
    assert box.calls[0].called == "+33123456780"
    assert (await bob("DELETE", f"/calls/{placed.json['id']}")).status == 204


async def test_a_user_without_a_person_has_nothing_of_their_own(api: Api, staffed: Api) -> None:
    await staffed("POST", "/users", {"name": "Guest", "password": PASSWORD, "role": "person"})
    token = (await api.as_stranger("POST", "/sessions", {"name": "guest", "password": PASSWORD})).json[
        "token"
    ]
    guest = api.as_signed_in(token)
    assert (await guest("GET", "/people/alice")).status == 404
    assert (await guest("GET", "/messages")).json["messages"] == []
    assert (await guest("GET", "/history")).json["records"] == []


async def test_unknown_paths_and_methods_are_told_as_json(administrator: Api) -> None:
    unknown = await administrator("GET", "/hats")
    assert (unknown.status, unknown.codes) == (404, {"": "not_found"})
    wrong = await administrator("DELETE", "/people")
    assert (wrong.status, wrong.codes) == (405, {"": "method_not_allowed"})
    assert "GET" in wrong.headers["Allow"]
