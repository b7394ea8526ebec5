"""Records as the outside sees them."""

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS
from appliance.configuration.destinations import RingOutcome, RouteStep, ToPerson
from appliance.configuration.office import MailServer, User
from appliance.control.representation import given, merged, plain, secrets_of, shown


def _server(**values: object) -> MailServer:
    return MailServer.model_validate({"host": "mail.example.com", "password": "hunter-two", **values})


def test_a_secret_is_never_shown() -> None:
    told = shown(_server())
    assert told["password"] is None
    assert told["password_set"] is True
    assert shown(_server(password=""))["password_set"] is False


def test_a_users_hash_goes_by_another_name() -> None:
    user = User.model_validate({"id": "ada", "name": "Ada", "password_hash": "$argon2id$"})
    told = shown(user)
    assert told["password"] is None and told["password_set"] is True
    assert "password_hash" not in told


def test_every_secret_field_is_found() -> None:
    found = {name: secrets_of(model) for name, model in {**COLLECTIONS, **SINGLETONS}.items()}
    assert {name: set(fields) for name, fields in found.items() if fields} == {
        "phones": {"sip_password"},
        "lines": {"password"},
        "users": {"password_hash"},
        "mail_server": {"password"},
    }


def test_a_secret_that_is_not_sent_stays() -> None:
    current = _server()
    assert given(MailServer, {"host": "other.example.com"}, current)["password"] == "hunter-two"
    assert given(MailServer, {"password": None, "password_set": True}, current)["password"] == "hunter-two"


def test_a_secret_can_be_changed_and_emptied() -> None:
    current = _server()
    assert given(MailServer, {"password": "other"}, current)["password"] == "other"
    assert given(MailServer, {"password": ""}, current)["password"] == ""


def test_what_is_shown_can_be_sent_back() -> None:
    current = _server()
    assert MailServer.model_validate(given(MailServer, shown(current), current)) == current


def test_sets_are_always_in_the_same_order() -> None:
    step = RouteStep(destination=ToPerson(person_id="ada"), next_on=frozenset(RingOutcome))
    assert plain(step)["next_on"] == ["busy", "declined", "no_answer", "unreachable"]


def test_merge_patch_as_rfc_7396_has_it() -> None:
    # The example of RFC 7396 section 3.
    current = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    patch = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }
    assert merged(current, patch) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }
    assert merged({"a": "b"}, ["c"]) == ["c"]
    assert merged({"e": None}, {"a": 1}) == {"e": None, "a": 1}
    assert merged({}, {"a": {"bb": {"ccc": None}}}) == {"a": {"bb": {}}}
