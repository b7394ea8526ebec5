"""Prefixes that choose a line and short numbers: what they may be, and what they may not hide."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from appliance import numbers
from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import ShortNumber
from appliance.configuration.files import from_document, to_document
from appliance.configuration.lines import SipTrunk
from appliance.configuration.outbound import Outbound
from tests.unit.routing.small_office import small_office

MOBILE = "+33639981234"


def with_prefix(prefix: str | None, configuration: Configuration | None = None) -> Configuration:
    configuration = configuration or small_office()
    line = next(iter(configuration.lines.values()))
    return configuration.with_record("lines", line.id, line.model_copy(update={"prefix": prefix}))


def with_shorts(*codes: str, configuration: Configuration | None = None) -> Configuration:
    shorts = tuple(ShortNumber(code=code, name=f"Taxi {code}", number=MOBILE) for code in codes)
    return (configuration or small_office()).with_singleton("outbound", Outbound(short_numbers=shorts))


def found(configuration: Configuration) -> list[tuple[str, str, str]]:
    return [(each.collection, str(each.path[-1]), each.code) for each in problems(configuration)]


def refused(text: str) -> str:
    with pytest.raises(ValidationError) as error:
        SipTrunk(id="l", name="l", server="s", prefix=text)
    return str(error.value.errors()[0]["type"])


@pytest.mark.feature("OUT-3")
@pytest.mark.parametrize("prefix", ["*123*", "#123#", "801", "9", "*1", "88888"])
def test_what_a_prefix_may_be(prefix: str) -> None:
    assert found(with_prefix(prefix)) == []


@pytest.mark.feature("OUT-3")
def test_what_a_prefix_may_not_be() -> None:
    assert refused("+33") == refused("+") == "prefix_plus"
    for text in ("", "*", "123456", "*1*2", "é", "٣", "1 2", "**1"):
        assert refused(text) == "prefix_malformed"


@pytest.mark.feature("OUT-3")
@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("49", "prefix_is_country_code"),
        ("1", "prefix_hides_emergency"),
        ("112", "prefix_hides_emergency"),
        ("0", "prefix_hides_number"),
        ("01", "prefix_hides_number"),
        ("00", "prefix_hides_number"),
        ("118", "prefix_hides_number"),
        ("10", "prefix_hides_extension"),
        ("101", "prefix_hides_extension"),
        ("*4", "prefix_hides_code"),
        ("*43", "prefix_hides_code"),
        ("*21*", "prefix_hides_code"),
        ("*31*", "prefix_hides_code"),
    ],
)
def test_a_prefix_hides_nothing_else_that_may_be_dialled(prefix: str, code: str) -> None:
    assert ("lines", "prefix", code) in found(with_prefix(prefix))


@pytest.mark.feature("OUT-3")
def test_an_extension_behind_a_prefix_is_told_where_it_is_typed() -> None:
    assert ("people", "extension", "extension_behind_prefix") in found(with_prefix("10"))


@pytest.mark.feature("OUT-3")
@pytest.mark.parametrize("other", ["801", "80", "8012"])
def test_two_lines_may_not_be_taken_for_each_other(other: str) -> None:
    configuration = with_prefix("801")
    line = next(iter(configuration.lines.values()))
    second = line.model_copy(update={"id": "second", "name": "Second", "prefix": other})
    assert ("lines", "prefix", "prefix_taken") in found(configuration.with_record("lines", "second", second))


@pytest.mark.feature("OUT-3")
@pytest.mark.parametrize(
    ("country", "digits", "begins"),
    [("FR", "801", False), ("US", "801", True), ("ES", "9", True), ("DE", "9", False), ("FR", "39", True)],
)
def test_which_digits_begin_numbers_depends_on_the_country(country: str, digits: str, begins: bool) -> None:
    assert bool(numbers.number_beginning_with(digits, country)) is begins


@pytest.mark.feature("OUT-11")
@pytest.mark.parametrize("code", ["55", "*55", "8", "12345"])
def test_what_a_short_number_may_be(code: str) -> None:
    assert found(with_shorts(code)) == []


@pytest.mark.feature("OUT-11")
@pytest.mark.parametrize("code", ["", "*", "+33", "123456", "5 5", "٣", "55#"])
def test_what_a_short_number_may_not_be(code: str) -> None:
    with pytest.raises(ValidationError) as error:
        ShortNumber(code=code, name="Taxi", number=MOBILE)
    assert error.value.errors()[0]["type"] == "short_malformed"


@pytest.mark.feature("OUT-11")
@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("15", "short_is_emergency"),
        ("3900", "short_is_public"),
        ("101", "short_is_extension"),
        ("*43", "short_is_code"),
        ("*215", "short_is_code"),
    ],
)
def test_a_short_number_hides_nothing(code: str, problem: str) -> None:
    assert ("outbound", "code", problem) in found(with_shorts(code))


@pytest.mark.feature("OUT-11")
def test_short_numbers_and_prefixes_and_each_other() -> None:
    assert found(with_shorts("55", "55")) == [("outbound", "code", "short_twice")]
    both = with_prefix("80", with_shorts("801"))
    assert ("outbound", "code", "short_behind_prefix") in found(both)
    assert ("people", "extension", "extension_is_short") in found(with_shorts("101"))


@pytest.mark.feature("OUT-11")
def test_a_persons_own_are_checked_as_well_and_may_repeat_the_offices() -> None:
    configuration = with_shorts("55")
    person = next(iter(configuration.people.values()))

    def own(code: str) -> Configuration:
        shorts = (ShortNumber(code=code, name="Mine", number=MOBILE),)
        changed = person.model_copy(update={"short_numbers": shorts})
        return configuration.with_record("people", person.id, changed)

    assert found(own("55")) == []
    assert ("people", "code", "short_is_emergency") in found(own("112"))


def test_settings_saved_before_load_without_any() -> None:
    document = to_document(with_shorts("55"))
    del document["outbound"]["short_numbers"]
    for person in document["people"].values():
        del person["short_numbers"]
    for line in document["lines"].values():
        del line["prefix"]
    assert from_document(document) == small_office()
