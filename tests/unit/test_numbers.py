"""Phone numbers in every form they are typed, dialled and presented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import numbers

PARIS = "+33142861234"


@pytest.mark.feature("NUM-7")
@pytest.mark.parametrize(
    "typed",
    [
        "01 42 86 12 34",
        "01.42.86.12.34",
        "01-42-86-12-34",
        "0142861234",
        "+33 1 42 86 12 34",
        "+33 (0)1 42 86 12 34",
        "0033142861234",
        "33142861234",
        "  01\u00a042\u202f86\u201112\u201134 ",
    ],
)
def test_every_french_form_is_one_number(typed: str) -> None:
    assert numbers.parse(typed, "FR") == PARIS
    assert numbers.same(typed, PARIS, "FR")


@pytest.mark.feature("NUM-7")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "number_empty"),
        ("   ", "number_empty"),
        ("alice", "number_characters"),
        ("1-800-FLOWERS", "number_characters"),
        ("٠١٤٢٨٦١٢٣٤", "number_characters"),
        ("+999 123456", "number_unknown_country"),
        ("0142", "number_too_short"),
        ("102", "number_too_short"),
        ("+", "number_characters"),
        ("014286123456789", "number_too_long"),
        ("0" * 200, "number_too_long"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed: str, code: str) -> None:
    with pytest.raises(numbers.NumberError) as refused:
        numbers.parse(typed, "FR")
    assert refused.value.code == code
    assert str(refused.value) == numbers.CODES[code]


@given(st.text(max_size=60), st.sampled_from(("FR", "US", "GB", "ZZ", "")))
def test_any_text_is_a_number_or_refused(text: str, country: str) -> None:
    try:
        assert numbers.is_e164(numbers.parse(text, country))
    except numbers.NumberError as error:
        assert error.code in numbers.CODES


@pytest.mark.parametrize("text", ["15", "3900", "118218", "112", "116117"])
def test_short_numbers_are_dialled_as_they_are(text: str) -> None:
    assert numbers.dialled(text, "FR") is None
    assert numbers.is_short_number(text, "FR")


@pytest.mark.parametrize("text", ["", "102", "999", "0142861234", "*43", "1234567", "x"])
def test_what_is_no_short_number(text: str) -> None:
    assert not numbers.is_short_number(text, "FR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("+33142861234", True), ("+1", False), ("+0142861234", False), ("33142861234", False), ("", False)]
    + [("+" + "1" * 15, True), ("+" + "1" * 16, False), ("+3314286123٤", False)],
)
def test_the_form_of_international_numbers(text: str, expected: bool) -> None:
    assert numbers.is_e164(text) is expected


@pytest.mark.feature("NUM-7")
def test_numbers_are_shown_as_people_write_them() -> None:
    assert numbers.national(PARIS, "FR") == "01 42 86 12 34"
    assert numbers.national("+12125551234", "FR") == "+1 212-555-1234"
    assert numbers.international(PARIS) == "+33 1 42 86 12 34"
    assert numbers.national("102", "FR") == "102"
    assert numbers.national("", "FR") == ""


@pytest.mark.parametrize(
    ("number", "form", "country", "expected"),
    [
        (PARIS, "plus", "FR", PARIS),
        (PARIS, "double_zero", "FR", "0033142861234"),
        (PARIS, "national", "FR", "0142861234"),
        ("+12125551234", "national", "FR", "0012125551234"),
        (PARIS, "national", "US", "01133142861234"),
        ("15", "double_zero", "FR", "15"),
    ],
)
def test_numbers_are_dialled_as_the_line_wants_them(
    number: str, form: str, country: str, expected: str
) -> None:
    assert numbers.for_line(number, form, country) == expected


@pytest.mark.feature("OUT-9")
def test_emergency_numbers() -> None:
    french = {"15", "17", "18", "112", "114", "115", "119", "191", "196", "197", "116000", "116117"}
    assert numbers.emergency_numbers("FR") == french
    assert {"112", "999"} <= numbers.emergency_numbers("GB")
    assert {"112", "911"} <= numbers.emergency_numbers("US")
    assert numbers.is_emergency("15", "FR") and not numbers.is_emergency("16", "FR")


@pytest.mark.feature("NUM-7")
def test_countries_that_share_a_code_are_separate_entries() -> None:
    by_region = {country.region: country for country in numbers.countries("fr")}
    assert by_region["US"].code == by_region["CA"].code == 1
    assert by_region["FR"].name == "France"
    assert by_region["DE"].name == "Allemagne"
    names = [country.name for country in numbers.countries("fr")]
    assert names.index("Égypte") < names.index("Zambie")


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("15", "15"), ("112", "112"), ("15#", "15"), ("015", "15"), ("0112", "112"), ("+3315", "15"),
        ("0033112", "112"), ("+33116117", "116117"), ("+3218", None), ("0015", None), ("+33155", None),
        ("115", "115"), ("0115", "115"), ("*15", None), ("", None), ("#", None), ("0", None), ("151", None),
    ],
)  # fmt: skip
def test_an_emergency_number_is_known_however_phones_and_habits_write_it(
    typed: str, meant: str | None
) -> None:
    assert numbers.emergency_meant(typed, "FR") == meant
    assert meant is None or numbers.ends_like_emergency(typed, "FR")
