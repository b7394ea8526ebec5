"""Claiming, setting up, signing in and out."""

from __future__ import annotations

import pytest

from tests.integration.control.conftest import PASSWORD, Api
from tests.support.office_box import OfficeBox


async def test_a_fresh_box_waits_to_be_claimed(api: Api) -> None:
    told = (await api.as_stranger("GET", "/setup")).json
    assert (told["claimed"], told["set_up"]) == (False, False)


async def test_the_claim_code_makes_the_first_administrator_once(box: OfficeBox, api: Api) -> None:
    code = box.claim_code
    claim = {"code": code, "name": "Ada", "password": PASSWORD, "language": "en"}
    answer = await api.as_stranger("POST", "/claim", claim)
    assert answer.status == 201
    assert answer.json["user"]["role"] == "administrator"
    assert PASSWORD not in str(answer.json)
    assert box.claim_code is None
    again = await api.as_stranger("POST", "/claim", {**claim, "name": "Eve"})
    assert (again.status, again.codes) == (409, {"": "already_claimed"})
    me = await api.as_signed_in(answer.json["token"])("GET", "/me")
    assert me.json["user"]["name"] == "Ada"


async def test_a_code_may_be_typed_without_hyphens_and_in_capitals(box: OfficeBox, api: Api) -> None:
    code = (box.claim_code or "").replace("-", " ").upper()
    answer = await api.as_stranger("POST", "/claim", {"code": code, "name": "Ada", "password": PASSWORD})
    assert answer.status == 201


async def test_a_wrong_code_is_refused_and_guessing_is_slowed_down(box: OfficeBox, api: Api) -> None:
    claim = {"code": "wrong", "name": "Eve", "password": PASSWORD}
    statuses = [(await api.as_stranger("POST", "/claim", claim)).status for _ in range(9)]
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert not box.configuration.users
    slowed = await api.as_stranger("POST", "/claim", {**claim, "code": box.claim_code})
    assert slowed.status == 429
    assert int(slowed.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("password", "code"), [("short", "password_too_short"), ("x" * 900, "password_too_long")]
)
async def test_a_poor_password_is_refused(box: OfficeBox, api: Api, password: str, code: str) -> None:
    answer = await api.as_stranger(
        "POST", "/claim", {"code": box.claim_code, "name": "Ada", "password": password}
    )
    assert (answer.status, answer.codes) == (422, {"password": code})
    assert box.claim_code is not None


async def test_set_up_gives_an_office_that_works(box: OfficeBox, administrator: Api) -> None:
    office = (await administrator("GET", "/office")).json
    assert (office["name"], office["country"], office["time_zone"]) == ("Atelier", "FR", "Europe/Paris")
    assert (await administrator("GET", "/calendars")).json["items"]
    assert (await administrator("GET", "/mailboxes")).json["items"]
    assert box.configuration.users, "whoever claimed the box stays"
    again = await administrator("POST", "/setup", {"name": "Other"})
    assert (again.status, again.codes) == (409, {"": "already_set_up"})


async def test_set_up_refuses_what_is_no_zone_or_country(box: OfficeBox, api: Api) -> None:
    answer = await api("POST", "/setup", {"name": "", "country": "France", "time_zone": "Europe/Paris"})
    assert answer.status == 422
    assert set(answer.codes) == {"name", "country"}
    answer = await api("POST", "/setup", {"name": "A", "country": "FR", "time_zone": "Mars/Base"})
    assert (answer.status, answer.codes) == (422, {"time_zone": "unknown_zone"})


async def test_records_wait_for_the_office(api: Api) -> None:
    answer = await api("POST", "/people", {"name": "Alice", "extension": "101"})
    assert (answer.status, answer.codes) == (409, {"": "not_set_up"})
    assert (await api("GET", "/office")).status == 409


@pytest.mark.parametrize("name", ["Ada", "ada", "  ADA "])
async def test_signing_in(api: Api, administrator: Api, name: str) -> None:
    answer = await api.as_stranger("POST", "/sessions", {"name": name, "password": PASSWORD})
    assert answer.status == 201
    signed_in = api.as_signed_in(answer.json["token"])
    assert (await signed_in("GET", "/me")).json["user"]["id"] == "ada"
    assert (await signed_in("DELETE", "/sessions/current")).status == 204
    assert (await signed_in("GET", "/me")).status == 401
    assert (await administrator("GET", "/me")).status == 200, "another browser stays signed in"


async def test_a_wrong_name_and_a_wrong_password_are_told_alike(api: Api, administrator: Api) -> None:
    wrong = await api.as_stranger("POST", "/sessions", {"name": "ada", "password": "something else"})
    unknown = await api.as_stranger("POST", "/sessions", {"name": "nobody", "password": "something else"})
    assert (wrong.status, wrong.json) == (unknown.status, unknown.json)
    assert wrong.codes == {"": "wrong_password"}


async def test_guessing_a_password_is_slowed_down_for_that_name_only(api: Api, administrator: Api) -> None:
    stranger = api.as_stranger
    for _ in range(8):
        await stranger("POST", "/sessions", {"name": "ada", "password": "guess guess"})
    right = await stranger("POST", "/sessions", {"name": "ada", "password": PASSWORD})
    assert right.status == 429
    other = await stranger("POST", "/sessions", {"name": "bob", "password": "guess guess"})
    assert other.status == 401


async def test_a_neighbours_guesses_do_not_lock_a_user_out(api: Api, administrator: Api) -> None:
    stranger = api.as_stranger
    for _ in range(9):
        guess = {"name": "ada", "password": "guess guess"}
        last = await stranger("POST", "/sessions", guess, headers={"X-Autocom-Client": "192.0.2.66"})
    assert last.status == 429
    right = {"name": "ada", "password": PASSWORD}
    answer = await stranger("POST", "/sessions", right, headers={"X-Autocom-Client": "192.0.2.7"})
    assert answer.status == 201


async def test_users_are_made_and_their_passwords_never_shown(api: Api, administrator: Api) -> None:
    made = await administrator(
        "POST", "/users", {"name": "Bob", "password": "bobs own password", "role": "person"}
    )
    assert made.status == 201
    assert made.json["password"] is None and made.json["password_set"] is True
    assert "argon2" not in str((await administrator("GET", "/users")).json)
    without = await administrator("POST", "/users", {"name": "Carl"})
    assert (without.status, without.codes) == (422, {"password": "missing"})
    hash_given = await administrator("POST", "/users", {"name": "Carl", "password_hash": "$argon2id$"})
    assert (hash_given.status, hash_given.codes) == (422, {"password_hash": "extra_forbidden"})


async def test_a_new_password_ends_the_users_sign_ins(api: Api, administrator: Api) -> None:
    await administrator("POST", "/users", {"name": "Bob", "password": "bobs own password"})
    token = (
        await api.as_stranger("POST", "/sessions", {"name": "bob", "password": "bobs own password"})
    ).json["token"]
    bob = api.as_signed_in(token)
    assert (await bob("PATCH", "/me", {"language": "en"})).json["user"]["language"] == "en"
    await administrator("PATCH", "/users/bob", {"password": "another password"})
    assert (await bob("GET", "/me")).status == 401
    assert (await administrator("GET", "/users/bob")).json["language"] == "en"


async def test_ones_own_password_needs_the_present_one(api: Api, administrator: Api) -> None:
    wrong = await administrator("PATCH", "/me", {"password": "something new", "current_password": "no idea"})
    assert (wrong.status, wrong.codes) == (422, {"current_password": "wrong_password"})
    right = await administrator("PATCH", "/me", {"password": "something new", "current_password": PASSWORD})
    assert right.status == 200
    assert (await administrator("GET", "/me")).status == 401, "the former sign-ins end"
    assert (await api.as_signed_in(right.json["token"])("GET", "/me")).status == 200


async def test_there_is_always_an_administrator(api: Api, administrator: Api) -> None:
    demoted = await administrator("PATCH", "/users/ada", {"role": "person"})
    assert (demoted.status, demoted.codes) == (409, {"role": "last_administrator"})
    removed = await administrator("DELETE", "/users/ada")
    assert (removed.status, removed.codes) == (409, {"": "own_account"})
    by_command_line = await api("DELETE", "/users/ada")
    assert (by_command_line.status, by_command_line.codes) == (409, {"": "last_administrator"})
    await administrator("POST", "/users", {"name": "Grace", "password": "long enough too"})
    assert (await api("DELETE", "/users/ada")).status == 204
    assert (await administrator("GET", "/me")).status == 401
