"""Another phone system's extensions, dialled as they are: what a range may be, and what must not be in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import ShortNumber
from appliance.configuration.extension_ranges import each_of, has_beginning, holds, overlap
from appliance.configuration.files import from_document, to_document
from appliance.configuration.lines import SipTrunk
from appliance.configuration.outbound import Outbound
from tests.unit.routing.small_office import changed, small_office

pytestmark = pytest.mark.feature("IN-3")


def annex(*ranges: str, **fields: object) -> SipTrunk:
    trunk = small_office().lines["trunk"].model_dump()
    told = {"id": "annex", "name": "Annex", "kind": "pbx", "extensions_there": ranges, **fields}
    return SipTrunk.model_validate({**trunk, **told})


def office(*ranges: str, configuration: Configuration | None = None, **fields: object) -> Configuration:
    return (configuration or small_office()).with_record("lines", "annex", annex(*ranges, **fields))


def found(configuration: Configuration) -> set[tuple[str, str, str]]:
    told = ((each.collection, ".".join(map(str, each.path)), each.code) for each in problems(configuration))
    return set(told)


@pytest.mark.parametrize("written", ["300-349", "300", "20-99", "700-749", "400000-400999", "0300-0300"])
def test_what_a_range_may_be(written: str) -> None:
    assert found(office(written)) == set()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("300-", "range_malformed"),
        ("3-9", "range_malformed"),
        ("٣٠٠", "range_malformed"),
        ("300 - 349", "range_malformed"),
        ("300-1000", "range_uneven"),
        ("349-300", "range_uneven"),
        ("3000-4000", "range_too_long"),
    ],
)
def test_what_a_range_may_not_be(written: str, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        annex(written)
    assert error.value.errors()[0]["type"] == code


def test_ranges_are_kept_and_files_without_them_load() -> None:
    configuration = office("300-349", "400")
    assert from_document(to_document(configuration)) == configuration
    assert small_office().lines["trunk"].extensions_there == ()


@pytest.mark.parametrize(
    ("ranges", "code"),
    [
        (("100-110",), "range_has_extension"),
        (("110-119",), "range_has_emergency"),
        (("3900-3949",), "range_has_public"),
        (("118200-118220",), "range_has_public"),
        (("300-349", "340-360"), "range_taken"),
    ],
)
def test_a_range_that_is_something_else_is_told_at_its_field(ranges: tuple[str, ...], code: str) -> None:
    assert ("lines", f"extensions_there.{len(ranges) - 1}", code) in found(office(*ranges))


def test_an_extension_or_a_short_number_in_a_range_is_told_where_either_is_typed() -> None:
    taxi = (ShortNumber(code="305", name="Taxi", number="+33639981234"),)
    configuration = small_office().with_singleton("outbound", Outbound(short_numbers=taxi))
    configuration = changed(configuration, "people", "alice", extension="301", short_numbers=taxi)
    assert found(office("300-349", configuration=configuration)) >= {
        ("people", "extension", "extension_there"),
        ("people", "short_numbers.0.code", "extension_there"),
        ("outbound", "short_numbers.0.code", "extension_there"),
        ("lines", "extensions_there.0", "range_has_extension"),
        ("lines", "extensions_there.0", "range_has_short"),
    }


def test_a_code_of_digits_in_a_range_is_told_where_either_is_typed() -> None:
    codes = small_office().star_codes.model_copy(update={"echo": "312"})
    configuration = small_office().with_singleton("star_codes", codes)
    assert found(office("300-349", configuration=configuration)) == {
        ("lines", "extensions_there.0", "range_has_code"),
        ("star_codes", "echo", "extension_there"),
    }


@pytest.mark.parametrize("prefix", ["3", "31", "312"])
def test_a_prefix_that_an_extension_there_begins_with_is_told_where_either_is_typed(prefix: str) -> None:
    told = found(changed(office("300-349"), "lines", "trunk", prefix=prefix))
    assert ("lines", "extensions_there.0", "range_behind_prefix") in told
    assert ("lines", "prefix", "prefix_hides_range") in told


def test_only_another_phone_system_has_extensions_of_its_own() -> None:
    assert found(office("300-349", kind="sip_trunk")) == {("lines", "extensions_there", "range_of_trunk")}


def test_the_line_of_an_extension_there_is_found_while_it_is_in_use() -> None:
    line = office("300-349", "40").line_there("312")
    assert line is not None and line.id == "annex"
    assert [office("300-349", "40").line_there(each) for each in ("299", "350", "3120", "31", "41", "")] == [
        None
    ] * 6
    assert office("300-349", enabled=False).line_there("312") is None


lengths = st.integers(2, 6)


@st.composite
def ranges(draw: st.DrawFn) -> str:
    length = draw(lengths)
    first = draw(st.integers(0, 10**length - 1))
    last = min(first + draw(st.integers(0, 60)), 10**length - 1)
    return f"{first:0{length}}-{last:0{length}}"


@given(ranges(), ranges(), st.text("0123456789", min_size=1, max_size=6))
def test_what_is_in_a_range_is_what_it_counts_out(one: str, other: str, dialled: str) -> None:
    counted = list(each_of(one))
    assert all(holds(one, each) for each in counted)
    assert holds(one, dialled) == (dialled in counted)
    assert has_beginning(one, dialled) == any(each.startswith(dialled) for each in counted)
    assert overlap(one, other) == bool(set(counted) & set(each_of(other)))
