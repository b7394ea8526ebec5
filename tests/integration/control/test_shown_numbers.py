"""What people show when they call out: a number that is not reserved to others, or their verified mobile."""

from __future__ import annotations

import pytest

from appliance.configuration.people import VerifiedNumber
from tests.integration.control.conftest import PASSWORD, Api
from tests.support.mobile_codes import HEARD
from tests.support.office_box import OfficeBox

MOBILE = "+33612345678"


@pytest.fixture
async def bob(staffed: Api, api: Api) -> Api:
    """Bob, signed in; he is no administrator."""
    account = {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}
    assert (await staffed("POST", "/users", account)).status == 201
    signed_in = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": PASSWORD})
    return api.as_signed_in(signed_in.json["token"])


@pytest.mark.feature("OUT-1", "OUT-4")
async def test_people_choose_a_number_that_is_not_reserved_to_others(staffed: Api, bob: Api) -> None:
    (main,) = (await staffed("GET", "/numbers")).json["items"]
    other = {**main, "id": "other", "name": "Other", "number": "+33199001299"}
    assert (await staffed("POST", "/numbers", other)).status == 201
    assert (await staffed("PATCH", "/outbound", {"reserved": {"other": ["alice"]}})).status == 200
    allowed = (await bob("GET", "/people/bob/shown_numbers")).json["items"]
    assert [(each["id"], each["number"]) for each in allowed] == [(main["id"], main["number"])]
    assert (await bob("GET", "/people/alice/shown_numbers")).status == 404
    assert (await bob("PATCH", "/people/bob", {"presented_number_id": main["id"]})).status == 200
    refused = await bob("PATCH", "/people/bob", {"presented_number_id": "other"})
    assert (refused.status, refused.codes) == (422, {"presented_number_id": "number_reserved"})
    refused = await bob("PATCH", "/people/bob", {"presented_number_id": "nowhere"})
    assert (refused.status, refused.codes) == (422, {"presented_number_id": "unknown_number"})
    locked = {"everybody": ["people.presented_number_id"]}
    assert (await staffed("PATCH", "/permissions", locked)).status == 200
    refused = await bob("PATCH", "/people/bob", {"presented_number_id": None})
    assert (refused.status, refused.codes) == (403, {"presented_number_id": "locked"})


@pytest.mark.feature("OUT-1", "PERM-1")
async def test_the_administrator_says_which_numbers_somebody_may_show(staffed: Api, bob: Api) -> None:
    (main,) = (await staffed("GET", "/numbers")).json["items"]
    other = {**main, "id": "other", "name": "Other", "number": "+33199001299"}
    assert (await staffed("POST", "/numbers", other)).status == 201
    refused = await bob("PATCH", "/people/bob", {"allowed_number_ids": ["other"]})
    assert (refused.status, refused.codes) == (403, {"allowed_number_ids": "not_allowed"})
    assert (await staffed("PATCH", "/people/bob", {"allowed_number_ids": ["other"]})).status == 200
    theirs = (await bob("GET", "/people/bob/shown_numbers")).json["items"]
    assert [each["id"] for each in theirs] == ["other"]
    refused = await bob("PATCH", "/people/bob", {"presented_number_id": main["id"]})
    assert (refused.status, refused.codes) == (422, {"presented_number_id": "number_not_allowed"})
    assert (await bob("PATCH", "/people/bob", {"presented_number_id": "other"})).status == 200
    refused = await staffed("PATCH", "/people/bob", {"allowed_number_ids": [main["id"]]})
    assert (refused.status, refused.codes) == (422, {"presented_number_id": "number_not_allowed"})
    assert (await staffed("PATCH", "/people/bob", {"presented_number_id": None})).status == 200
    assert (await staffed("DELETE", "/numbers/other")).status in (200, 204)
    assert (await bob("GET", "/people/bob")).json["allowed_number_ids"] == []
    assert (await bob("GET", "/people/bob/shown_numbers")).json["items"] == []


@pytest.mark.feature("OUT-2")
async def test_nobody_writes_a_proof_and_it_goes_with_the_number(
    box: OfficeBox, staffed: Api, bob: Api
) -> None:
    proof = {"number": MOBILE, "at": 1.0}
    forged = {"mobile": MOBILE, "verified_mobile": proof}
    for api in (staffed, bob):
        refused = await api("PATCH", "/people/bob", forged)
        assert (refused.status, refused.codes) == (403, {"verified_mobile": "not_allowed"})
    refused = await staffed("POST", "/people", {"name": "Carl", "extension": "109", **forged})
    assert (refused.status, refused.codes) == (403, {"verified_mobile": "not_allowed"})
    refused = await bob("PATCH", "/people/bob", {"mobile": MOBILE, "shows_mobile": True})
    assert (refused.status, refused.codes) == (422, {"shows_mobile": "mobile_not_verified"})

    known = {"mobile": MOBILE, "verified_mobile": VerifiedNumber.model_validate(proof)}
    person = box.configuration.people["bob"].model_copy(update=known)
    proven = box.configuration.with_record("people", "bob", person)
    await box.change(proven, expected=box.version, who="test")
    shown = await bob("PATCH", "/people/bob", {"shows_mobile": True})
    assert (shown.status, shown.json["verified_mobile"]) == (200, proof)
    another = await bob("PATCH", "/people/bob", {"mobile": "+33612345679"})
    assert (another.status, another.json["verified_mobile"]) == (200, None)


@pytest.mark.feature("OUT-2")
async def test_a_code_is_typed_back(bob: Api) -> None:
    assert (await bob("POST", "/people/alice/mobile/call")).status == 404
    assert (await bob("POST", "/people/bob/mobile/code", {"code": HEARD})).codes == {"code": "code_over"}
    said = await bob("POST", "/people/bob/mobile/call")
    assert (said.status, said.json["state"], said.json["attempts_left"]) == (202, "said", 5)
    assert HEARD not in str(said.json)
    wrong = await bob("POST", "/people/bob/mobile/code", {"code": "1"})
    assert (wrong.status, wrong.codes) == (422, {"code": "code_wrong"})
    proven = await bob("POST", "/people/bob/mobile/code", {"code": f" {HEARD} "})
    assert proven.status == 200 and proven.json["verified_at"] and proven.json["state"] == "none"
    assert (await bob("GET", "/people/bob")).json["verified_mobile"]["number"] == MOBILE
    assert (await bob("PATCH", "/people/bob", {"mobile": None})).status == 200
    assert (await bob("POST", "/people/bob/mobile/call")).codes == {"mobile": "no_mobile"}
