"""From JSON to records: numbers in any form, errors by field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration.lines import Number
from appliance.configuration.people import Person, Phone, RingGroup
from appliance.control.errors import ApiError
from appliance.control.validation import path_within, validated


def _errors(model: Any, data: dict[str, Any], country: str | None = "FR") -> dict[str, str]:
    with pytest.raises(ApiError) as refused:
        validated(model, data, country)
    assert refused.value.status == 422
    return {entry.field: entry.code for entry in refused.value.errors}


PERSON = {"id": "ada", "name": "Ada", "extension": "101"}


@pytest.mark.feature("NUM-7")
@pytest.mark.parametrize(
    "typed", ["06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "0033612345678", "06.12.34.56.78"]
)
def test_numbers_are_typed_in_any_form(typed: str) -> None:
    person = validated(Person, {**PERSON, "mobile": typed}, "FR")
    assert person.mobile == "+33612345678"


def test_a_number_deep_in_a_route_is_typed_in_any_form() -> None:
    data = {
        "id": "main",
        "name": "Main",
        "number": "01 23 45 67 89",
        "line_id": "trunk",
        "routes": {"open": {"steps": [{"destination": {"kind": "external", "number": "06 12 34 56 78"}}]}},
    }
    number = validated(Number, data, "FR")
    assert number.number == "+33123456789"
    assert (
        number.model_dump(mode="json")["routes"]["open"]["steps"][0]["destination"]["number"]
        == "+33612345678"
    )
    assert data["number"] == "01 23 45 67 89", "what was sent is left alone"


def test_what_is_no_number_is_told_at_its_field() -> None:
    assert _errors(Person, {**PERSON, "mobile": "06 12"})["mobile"].startswith("number_")
    assert _errors(Person, {**PERSON, "mobile": "hello"}) == {"mobile": "number_characters"}


def test_before_the_country_is_known_only_international_numbers_pass() -> None:
    assert _errors(Person, {**PERSON, "mobile": "0612345678"}, None) == {"mobile": "number_not_international"}
    assert validated(Person, {**PERSON, "mobile": "+33612345678"}, None).mobile == "+33612345678"


def test_every_wrong_field_is_named() -> None:
    assert _errors(Person, {"id": "A!", "extension": "1x1", "hat": 1}) == {
        "id": "string_pattern_mismatch",
        "name": "missing",
        "extension": "extension_not_digits",
        "hat": "extra_forbidden",
    }


def test_a_place_in_a_list_is_named() -> None:
    data = {"id": "sales", "name": "Sales", "members": [{"person_id": "ada"}, {"ring_seconds": 1}]}
    assert _errors(RingGroup, data) == {
        "members.1.person_id": "missing",
        "members.1.ring_seconds": "greater_than_equal",
    }


def test_the_kind_of_a_destination_is_not_part_of_the_path() -> None:
    route = {"steps": [{"destination": {"kind": "person"}}, {"destination": {"kind": "nowhere"}}, {}]}
    data = {"id": "n", "name": "N", "number": "+33123456789", "line_id": "l", "routes": {"open": route}}
    assert _errors(Number, data) == {
        "routes.open.steps.0.destination.person_id": "missing",
        "routes.open.steps.1.destination": "union_tag_invalid",
        "routes.open.steps.2.destination": "missing",
    }


def test_a_secret_that_is_refused_is_not_repeated() -> None:
    data = {"id": "p", "name": "P", "person_id": "ada", "sip_user": "101", "sip_password": "s3cr3t"}
    with pytest.raises(ApiError) as refused:
        validated(Phone, data, "FR")
    assert "s3cr3t" not in str(refused.value.body())
    assert [entry.code for entry in refused.value.errors] == ["too_short"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields_of_numbers = st.sampled_from([*Number.model_fields, "steps", "destination", "kind", "open"])


@given(st.dictionaries(fields_of_numbers, json_values, max_size=6))
def test_no_json_does_worse_than_be_refused(data: dict[str, Any]) -> None:
    try:
        validated(Number, data, "FR")
    except ApiError as error:
        assert error.status == 422 and error.errors


@given(json_values, st.lists(st.text(max_size=4) | st.integers(0, 5), max_size=6))
def test_any_location_gives_a_path(values: Any, location: list[str | int]) -> None:
    assert len(path_within(values, location)) <= len(location)
