"""Every field of every record, given what it may not hold: told there, in two languages, nothing saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS
from appliance.control.application import all_routes
from appliance.control.openapi import openapi
from appliance.control.representation import SET_SUFFIX
from tests.integration.control.conftest import Answer, Api
from tests.support.office_box import OfficeBox
from webui.client import read_errors
from webui.language import use_language
from webui.sentences import ERRORS
from webui.wording import say_error

Path = tuple[str | int, ...]

PERSON = {"kind": "person", "person_id": "bob"}
MAILBOX = {"kind": "mailbox", "mailbox_id": "office"}
OUTSIDE = {"kind": "external", "number": "+33612345678"}
GREETING = {"audio_id": None, "text": "Bonjour"}
HOURS = [{"start": "09:00", "end": "12:00"}]
SHORT = [{"code": "88", "number": "+33612345678", "name": "Taxi"}]
BLOCKED = {"number": "+33612345678", "note": "Salesman"}
LISTED = [{"number": "+33612345678", "note": "", "since": None}]
FORWARD = {
    "comment": "Wednesdays",
    "first": "2026-12-02",
    "rule": "FREQ=WEEKLY;BYDAY=WE",
    "ranges": HOURS,
    "destination": OUTSIDE,
}
# A record of each collection with something in every part of it; "" is the one there is.
RECORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "people": (
        "alice",
        {
            "mobile": "06 12 34 56 78",
            "email": "alice@example.com",
            "do_not_disturb_except": ["0612345678"],
            "when_busy": {"open": {"kind": "busy"}},
            "forward_to": OUTSIDE,
            "forwards": {"busy": OUTSIDE, "no_answer": PERSON},
            "when_unanswered": {"closed": MAILBOX},
            "scheduled_forwards": [FORWARD],
            "short_numbers": SHORT,
            "presented_number_id": "main",
            "allowed_number_ids": ["main"],
        },
    ),
    "phones": ("desk-of-alice", {}),
    "groups": ("sales", {"queue": {}, "when_unanswered": MAILBOX, "extension": "200"}),
    "menus": (
        "welcome",
        {"prompts": {"fr": GREETING}, "when_wrong": MAILBOX, "when_silent": MAILBOX},
    ),
    "calendars": (
        "workshop",
        {
            "week": {"monday": HOURS},
            "special_days": [
                {"name": "Summer", "first": "2027-08-01", "last": "2027-08-15", "destination": MAILBOX},
                {
                    "name": "Fair",
                    "first": "2027-09-04",
                    "last": "2027-09-04",
                    "state": "open",
                    "ranges": HOURS,
                },
            ],
            "holidays": {"observed": True, "country": "FR", "destinations": {"Christmas Day": MAILBOX}},
            "feeds": [{"url": "https://example.com/closures.ics"}],
            "code": "1",
        },
    ),
    "lines": (
        "second",
        {
            "kind": "pbx",
            "further_servers": ["sip2.example.org"],
            "trusted_addresses": ["192.0.2.9"],
            "extensions_there": ["300-349"],
        },
    ),
    "numbers": (
        "second",
        {"announcement": GREETING, "overflow": MAILBOX, "whisper": ["caller"], "max_calls": 3},
    ),
    "mailboxes": ("second", {"greetings": {"open": GREETING}, "emails": ["alice@example.com"]}),
    "audios": ("words", {}),
    "users": ("zoe", {}),
    "office": ("", {"backup_number": "06 12 34 56 78"}),
    "mail_server": ("", {"host": "mail.example.com", "sender": "box@example.com"}),
    "outbound": ("", {"short_numbers": SHORT, "line_order": ["trunk"], "alert_emails": ["a@example.com"]}),
    "star_codes": ("", {}),
    "caller_filter": ("", {"blocked_numbers": LISTED}),
    "call_backs": ("", {"attempts": 4}),
    "permissions": ("", {"everybody": ["people.mobile"], "people": {"alice": ["people.email"]}}),
}
MADE: dict[str, dict[str, Any]] = {
    "groups": {"name": "Sales", "members": [{"person_id": "alice"}]},
    "menus": {"name": "Welcome", "options": [{"key": "1", "name": "Alice", "destination": PERSON}]},
    "calendars": {"name": "Workshop"},
    "lines": {"name": "Second", "mode": "trusted", "server": "sip.example.org"},
    "numbers": {
        "name": "Second",
        "number": "01 23 45 67 80",
        "line_id": "trunk",
        "routes": {"open": {"steps": [{"destination": PERSON}, {"destination": MAILBOX}]}},
    },
    "mailboxes": {"name": "Second", "owner": "office"},
    "audios": {"name": "Words", "source": "text", "text": "Bonjour"},
    "users": {"name": "Zoe", "password": "a long enough password"},
}
# What no value of a kind may become, and what is either taken or refused in words.
LONG = "é" * 10_000
NEVER: dict[type, tuple[Any, ...]] = {
    str: ({"a": 1}, LONG, 7.5),
    int: ([[]], "many", 10**30, -1),
    bool: ({"a": 1}, "perhaps", 7),
    list: ({"a": 1}, "some", [None]),
    dict: ([[]], "some", {"a": {"b": 1}}),
    type(None): ({"a": 1}, 7.5),
}
PERHAPS: dict[type, tuple[Any, ...]] = {
    str: (None, "", "nobody", "2027-02-30", "a\x00b"),
    type(None): ("nobody",),
}


def test_every_record_is_walked() -> None:
    assert RECORDS.keys() == {*COLLECTIONS, *SINGLETONS}
    written = {path.split("/")[1] for path, one in openapi(all_routes())["paths"].items() if "put" in one}
    assert RECORDS.keys() <= written


@pytest.mark.parametrize("collection", sorted(RECORDS))
async def test_what_a_field_may_not_hold_is_told_there(box: OfficeBox, staffed: Api, collection: str) -> None:
    path, record = await _made(staffed, collection)
    wrong = []
    for place, value in _places(record):
        for bad, must in _bad(value):
            version = box.version
            answer = await staffed("PUT", path, _with(record, place, bad))
            if fault := _fault(answer, place, must=must):
                wrong.append((place, str(bad)[:40], fault))
            if answer.status >= 400 and box.version != version:
                wrong.append((place, str(bad)[:40], "half saved"))
    assert wrong == []


async def _made(api: Api, collection: str) -> tuple[str, dict[str, Any]]:
    """The path of a record of that collection, made with everything in it, and what it is."""
    identifier, more = RECORDS[collection]
    if collection in MADE:
        made = await api("POST", f"/{collection}", MADE[collection])
        assert made.status == 201, made.json
    path = f"/{collection}/{identifier}" if identifier else f"/{collection}"
    full = await api("PATCH", path, more)
    assert full.status == 200, full.json
    return path, full.json


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place within a record, and what stands there."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        if str(name).endswith(SET_SUFFIX):
            continue
        yield (*path, name), part
        yield from _places(part, (*path, name))


def _bad(value: Any) -> Iterator[tuple[Any, bool]]:
    """What to put instead of a value, and whether it must be refused."""
    yield from ((bad, True) for bad in NEVER[type(value)])
    yield from ((bad, False) for bad in PERHAPS.get(type(value), (None,)))


def _with(record: dict[str, Any], place: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(record)
    within: Any = changed
    for part in place[:-1]:
        within = within[part]
    within[place[-1]] = value
    return changed


def _fault(answer: Answer, place: Path, *, must: bool) -> str:
    """What is wrong with an answer to a bad value at a place, or ""."""
    if answer.status >= 500:
        return f"{answer.status} {answer.content[:200]!r}"
    if answer.status < 400:
        return "taken" if must else "kept as it is" if b"u0000" in answer.content else ""
    if answer.status != 422:
        return f"{answer.status}"
    for error in read_errors(answer.json):
        if error.code not in ERRORS:
            return f"no sentence for {error.code}"
        said = []
        for language in ("fr", "en"):
            use_language(language)
            said.append(say_error(error))
        if said[0] == said[1] or "{" in said[0] + said[1]:
            return f"badly said: {said}"
        if len(said[0]) > 1000:
            return f"said at length: {error.code}"
    return _misplaced([entry for entry in answer.json["errors"] if "collection" not in entry], place)


def _misplaced(errors: list[dict[str, Any]], place: Path) -> str:
    """The fields of the errors, where none of them is at the place, within it or around it."""
    at = ".".join(str(part) for part in place)
    for error in errors:
        field = error["field"]
        if at == field or at.startswith(f"{field}.") or field.startswith(f"{at}."):
            return ""
    return f"told at {[error['field'] for error in errors]}: {errors[0]['code']}" if errors else ""


# Requests that are no record of their own, with everything in them.
REQUESTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("PATCH", "/me", {"language": "fr", "name": "Ada"}),
    ("POST", "/sessions", {"name": "Ada", "password": "a long enough password"}),
    ("POST", "/mail_server/test", {"to": "ada@example.com"}),
    ("POST", "/speech", {"text": "Bonjour", "language": "fr"}),
    ("PUT", "/people/alice/day", {"state": "break"}),
    ("PUT", "/overrides", {"calendar_id": "workshop", "state": "closed", "until": "tomorrow"}),
    ("PUT", "/overrides", {"state": "destination", "destination": MAILBOX, "until": "2099-01-01T10:00"}),
    ("POST", "/caller_filter/blocked", BLOCKED),
    ("POST", "/caller_filter/allowed", BLOCKED),
    ("POST", "/calls", {"person_id": "alice", "number": "06 12 34 56 78", "line_id": "trunk"}),
    (
        "POST",
        "/explain",
        {
            "number_id": "main",
            "caller": "0612345678",
            "at": "2026-12-25T10:00",
            "what_if": {"busy": ["alice"], "undisturbed": ["bob"], "keys": ["1"], "number_full": True},
        },
    ),
    (
        "PUT",
        "/contacts/{id}",
        {
            "name": "Zoe",
            "company": "Zed",
            "numbers": ["+33612345678"],
            "email": "zoe@example.com",
            "owner_id": "alice",
            "source": "fair",
            "vip": False,
            "note": "Hello",
        },
    ),
)


async def test_what_a_request_may_not_hold_is_told_there(box: OfficeBox, staffed: Api) -> None:
    assert (await staffed("POST", "/calendars", MADE["calendars"])).status == 201
    contact = (await staffed("POST", "/contacts", {"name": "Zoe"})).json["id"]
    wrong = []
    for method, template, body in REQUESTS:
        path = template.replace("{id}", contact)
        for place, value in _places(body):
            for bad, must in _bad(value):
                version = box.version
                answer = await staffed(method, path, _with(body, place, bad))
                # Who signs in wrongly, and who calls when no phone is there, is told so and nothing else.
                fault = "" if answer.status in (401, 409, 429) else _fault(answer, place, must=must)
                if answer.status >= 400 and box.version != version:
                    fault = "half saved"
                if fault:
                    wrong.append((path, place, str(bad)[:40], fault))
    assert wrong == []


def _to(kind: str, identifier: str) -> dict[str, Any]:
    return {"kind": kind, f"{kind}_id": identifier}


def _opens(*destinations: dict[str, Any]) -> dict[str, Any]:
    return {"open": {"steps": [{"destination": one} for one in destinations]}}


LONG_AGO = {"first": "2020-01-01", "last": "2020-01-05", "destination": OUTSIDE}
REVERSED = {"name": "Summer", "first": "2027-08-15", "last": "2027-08-01"}
OVERLAPPING = [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "18:00"}]
OPENED = {"name": "Fair", "first": "2027-09-04", "last": "2027-09-04", "state": "open", "ranges": OVERLAPPING}
NOT_IN_LIST = {"presented_number_id": "main", "allowed_number_ids": ["second"]}
# What is wrong in its meaning: where it is put, the field that is told, and the code.
MEANINGS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("/people/alice", {"mobile": "+33 6 12"}, "mobile", "number_too_short"),
    ("/people/alice", {"extension": "102"}, "extension", "extension_taken"),
    ("/people/alice", {"extension": "112"}, "extension", "extension_is_emergency"),
    ("/people/alice", {"forward_to": _to("person", "alice")}, "forward_to", "forward_to_self"),
    ("/people/alice", {"scheduled_forwards": [LONG_AGO]}, "scheduled_forwards.0.last", "date_past"),
    ("/people/alice", {"calendar_id": "nowhere"}, "calendar_id", "unknown_calendar"),
    ("/people/alice", {"presented_number_id": "nowhere"}, "presented_number_id", "unknown_number"),
    ("/people/alice", {"allowed_number_ids": ["nowhere"]}, "allowed_number_ids.0", "unknown_number"),
    ("/people/alice", NOT_IN_LIST, "presented_number_id", "number_not_allowed"),
    ("/people/alice", {"line_id": "nowhere"}, "line_id", "unknown_line"),
    ("/phones/desk-of-alice", {"person_id": "nobody"}, "person_id", "unknown_person"),
    ("/phones/desk-of-alice", {"sip_user": "102"}, "sip_user", "sip_user_taken"),
    ("/groups/sales", {"members": [{"person_id": "nobody"}]}, "members.0.person_id", "unknown_person"),
    ("/groups/sales", {"members": [{"person_id": "bob"}] * 2}, "members.1.person_id", "member_twice"),
    ("/groups/sales", {"when_unanswered": _to("group", "sales")}, "when_unanswered", "route_loops"),
    ("/menus/welcome", {"when_wrong": _to("mailbox", "x")}, "when_wrong.mailbox_id", "unknown_mailbox"),
    ("/calendars/workshop", {"week": {"monday": OVERLAPPING}}, "week.monday.1", "overlapping_ranges"),
    ("/calendars/workshop", {"special_days": [OPENED]}, "special_days.0.ranges.1", "overlapping_ranges"),
    ("/calendars/workshop", {"special_days": [REVERSED]}, "special_days.0.last", "dates_reversed"),
    ("/numbers/second", {"number": "01 23 45 67 89"}, "number", "number_taken"),
    ("/numbers/second", {"line_id": "nowhere"}, "line_id", "unknown_line"),
    ("/numbers/second", {"routes": _opens(_to("number", "second"))}, "routes.open.steps.0", "route_loops"),
    ("/numbers/second", {"routes": _opens(_to("person", "x"))}, "routes.open.steps.0", "unknown_person"),
    ("/numbers/second", {"routes": _opens(MAILBOX, PERSON)}, "routes.open.steps.1", "step_never_reached"),
    ("/mailboxes/second", {"owner": "person", "owner_id": "nobody"}, "owner_id", "unknown_person"),
    ("/users/zoe", {"person_id": "nobody"}, "person_id", "unknown_person"),
    ("/office", {"calendar_id": "nowhere"}, "calendar_id", "unknown_calendar"),
    ("/outbound", {"line_order": ["trunk", "trunk"]}, "line_order.1", "line_twice"),
    ("/outbound", {"short_numbers": [SHORT[0] | {"code": "101"}]}, "short_numbers.0", "short_is_extension"),
    ("/star_codes", {"echo": "*97", "mailbox": "*97"}, "echo", "star_code_taken"),
    ("/people/alice", {"id": "bob"}, "id", "identifier_changed"),
    ("/numbers/second", {"id": "main"}, "id", "identifier_changed"),
)


async def test_what_is_wrong_in_its_meaning_is_told_at_its_field(box: OfficeBox, staffed: Api) -> None:
    for collection, record in MADE.items():
        assert (await staffed("POST", f"/{collection}", record)).status == 201
    version = box.version
    for path, patch, field, code in MEANINGS:
        answer = await staffed("PATCH", path, patch)
        told = [f"{at}: {said}" for at, said in answer.codes.items() if at.startswith(field) and said == code]
        assert told, (path, patch, answer.codes)
        assert _fault(answer, tuple(field.split(".")), must=True) == "", (path, patch)
        assert box.version == version, (path, patch)


async def test_a_circle_over_several_records_is_told(box: OfficeBox, staffed: Api) -> None:
    assert (await staffed("POST", "/numbers", MADE["numbers"])).status == 201
    there = await staffed("PATCH", "/numbers/main", {"routes": _opens(_to("number", "second"))})
    assert there.status == 200, there.json
    version = box.version
    back = await staffed("PATCH", "/numbers/second", {"routes": _opens(_to("number", "main"))})
    assert (back.status, set(back.codes.values())) == (422, {"route_loops"})
    assert box.version == version


@pytest.mark.feature("PERM-1")
async def test_what_belongs_to_others_is_not_theirs_to_change(box: OfficeBox, staffed: Api) -> None:
    bob = {"name": "Bob", "password": "a long enough password", "role": "person", "person_id": "bob"}
    assert (await staffed("POST", "/users", bob)).status == 201
    session = await staffed.as_stranger("POST", "/sessions", {"name": "Bob", "password": bob["password"]})
    as_bob = staffed.as_signed_in(session.json["token"])
    version = box.version
    for method, path, body in (
        ("PATCH", "/people/alice", {"do_not_disturb": True}),
        ("PUT", "/people/alice/day", {"state": "off"}),
        ("PATCH", "/mailboxes/office", {"keep_days": 1}),
        ("PATCH", "/phones/desk-of-bob", {"person_id": "alice"}),
        ("PATCH", "/people/bob", {"id": "alice"}),
        ("PATCH", "/people/bob", {"extension": "999"}),
        ("PATCH", "/users/ada", {"role": "person"}),
        ("PATCH", "/numbers/main", {"name": "Mine"}),
        ("POST", "/calls", {"person_id": "alice", "number": "06 12 34 56 78"}),
        ("DELETE", "/people/alice", None),
    ):
        answer = await as_bob(method, path, body)
        assert answer.status in (403, 404, 422), (method, path, answer.status)
        assert all(error.code in ERRORS for error in read_errors(answer.json)), answer.json
    assert box.version == version
