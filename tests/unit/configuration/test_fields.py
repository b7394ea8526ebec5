"""The fields of records: what they take, what they refuse, and that secrets stay inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.configuration.calendars import Calendar, PublicHolidays
from appliance.configuration.configuration import COLLECTIONS, SINGLETONS
from appliance.configuration.destinations import RouteStep, ToPerson
from appliance.configuration.fields import REVEAL, TimeRange
from appliance.configuration.lines import Number, SipTrunk
from appliance.configuration.office import MailServer, Office, User
from appliance.configuration.people import Person, Phone, RingGroup
from appliance.configuration.problems import CODES, problems_of
from appliance.configuration.voicemail import Mailbox

PERSON = {"id": "alice", "name": "Alice", "extension": "101"}
PHONE = {"id": "p", "name": "Desk", "person_id": "alice", "sip_user": "101", "sip_password": "very secret"}
STEP = {"destination": {"kind": "person", "person_id": "alice"}}


def code(model: type, values: Mapping[str, Any]) -> tuple[str, str]:
    """The path and code of the one problem of these values."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate(values)
    (problem,) = problems_of(refused.value, "c", "r")
    assert problem.code in CODES
    assert problem.sentence()
    return ".".join(map(str, problem.path)), problem.code


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, ("name", "string_too_short")),
        ({"name": "   "}, ("name", "string_too_short")),
        ({"name": "a" * 81}, ("name", "string_too_long")),
        ({"name": "a\nb"}, ("name", "control_character")),
        ({"extension": "1"}, ("extension", "string_too_short")),
        ({"extension": "10a"}, ("extension", "extension_not_digits")),
        ({"extension": "١٠١"}, ("extension", "extension_not_digits")),
        ({"email": "alice"}, ("email", "email_malformed")),
        ({"email": "a@b@example.net"}, ("email", "email_malformed")),
        ({"mobile": "0612345678"}, ("mobile", "number_not_international")),
        ({"ring_seconds": 4}, ("ring_seconds", "greater_than_equal")),
        ({"ring_seconds": "soon"}, ("ring_seconds", "int_parsing")),
        ({"devices": []}, ("devices", "too_short")),
        ({"devices": [{"kind": "fax"}]}, ("devices.0.kind", "enum")),
        ({"do_not_disturb": "perhaps"}, ("do_not_disturb", "bool_parsing")),
        ({"id": "Alice Martin"}, ("id", "string_pattern_mismatch")),
        ({"nickname": "Al"}, ("nickname", "extra_forbidden")),
        ({"when_unanswered": {"lunch": {"kind": "busy"}}}, ("when_unanswered.lunch", "enum")),
        ({"when_unanswered": {"open": {"kind": "moon"}}}, ("when_unanswered.open", "union_tag_invalid")),
        ({"when_unanswered": {"open": {}}}, ("when_unanswered.open", "union_tag_not_found")),
        (
            {"when_unanswered": {"open": {"kind": "external", "number": "12"}}},
            ("when_unanswered.open.number", "number_not_international"),
        ),
    ],
)
def test_a_person_s_bad_field_is_named(change: dict[str, Any], expected: tuple[str, str]) -> None:
    assert code(Person, PERSON | change) == expected


def test_the_path_keeps_fields_that_are_called_like_a_destination() -> None:
    values = {"id": "n", "name": "N", "number": "01", "line_id": "l", "routes": {"open": {"steps": [STEP]}}}
    assert code(Number, values) == ("number", "number_not_international")
    group = {"id": "g", "name": "G", "members": [{"person_id": "a"}]}
    values = group | {"when_unanswered": {"kind": "external", "number": "01"}}
    assert code(RingGroup, values) == ("when_unanswered.number", "number_not_international")
    holidays = {"destinations": {"person": {"kind": "person"}}}
    assert code(PublicHolidays, holidays) == ("destinations.person.person_id", "missing")


@pytest.mark.feature("RING-2")
def test_a_group_has_one_to_seven_members() -> None:
    group = {"id": "g", "name": "G", "members": [{"person_id": f"p{place}"} for place in range(8)]}
    assert code(RingGroup, group) == ("members", "too_long")
    assert code(RingGroup, group | {"members": []}) == ("members", "too_short")
    assert len(RingGroup.model_validate(group | {"members": group["members"][:7]}).members) == 7


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"start": "9h", "end": "12:00"}, ("start", "time_parsing")),
        ({"start": "25:00", "end": "12:00"}, ("start", "time_parsing")),
        ({"start": "09:00+02:00", "end": "12:00"}, ("start", "time_not_of_wall")),
        ({"start": "09:00", "end": "12:00:00.5"}, ("end", "time_not_of_wall")),
    ],
)
def test_hours_are_times_of_the_wall_clock(values: dict[str, str], expected: tuple[str, str]) -> None:
    assert code(TimeRange, values) == expected


def test_the_zone_must_exist() -> None:
    assert code(Office, {"name": "O", "time_zone": "Europe/Atlantis"}) == ("time_zone", "unknown_zone")


@pytest.mark.parametrize(
    "record",
    [
        Phone.model_validate(PHONE),
        SipTrunk(id="l", name="L", server="sip.example.net", user="u", password="very secret"),
        MailServer(password="very secret"),
        User(id="u", name="U", password_hash="very secret"),
    ],
)
def test_secrets_stay_inside(record: Any) -> None:
    assert "very secret" not in repr(record)
    assert "very secret" not in str(record)
    assert "very secret" not in record.model_dump_json()
    assert "very secret" in json.dumps(record.model_dump(mode="json", context={REVEAL: True}))


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        Phone.model_validate(PHONE | {"sip_password": "short"})
    (problem,) = problems_of(refused.value, "phones", "p")
    assert "short" not in repr(problem.parameters) and "short" not in problem.where().replace(
        "string_too", ""
    )


def test_outcomes_are_written_in_order() -> None:
    step = RouteStep(destination=ToPerson(person_id="alice"))
    assert step.model_dump(mode="json")["next_on"] == ["busy", "declined", "no_answer", "unreachable"]


def test_records_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Person.model_validate(PERSON).name = "Other"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*COLLECTIONS.values(), *SINGLETONS.values()]), st.data())
def test_any_json_is_a_record_or_refused_with_words(model: Any, data: st.DataObject) -> None:
    fields = {name: data.draw(_JSON, label=name) for name in model.model_fields if data.draw(st.booleans())}
    try:
        model.model_validate(fields)
    except ValidationError as error:
        for problem in problems_of(error, "c", "r"):
            assert problem.code in CODES, problem.code
            assert problem.sentence()


def test_a_calendar_and_a_mailbox_need_little() -> None:
    assert Calendar(id="c", name="C").week.days() == ((),) * 7
    assert Mailbox(id="m", name="M").max_seconds == 180
