"""Phone numbers: E.164 for the records, national and international forms for people, dialled forms for lines.

Every form is read by the `phonenumbers` package; nothing here knows a numbering plan of its own, save the
emergency numbers of France, which that package has only in part.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

# ITU-T E.164 6.1: at most fifteen digits. Nothing shorter than five is anybody's full number.
SHORTEST_E164 = 5
LONGEST_E164 = 15
LONGEST_TYPED = 40

FRENCH_EMERGENCY_NUMBERS = frozenset(
    {"15", "17", "18", "112", "114", "115", "119", "191", "196", "197", "116000", "116117"}
)
# Where the French emergency services answer: metropolitan France and what lies overseas.
FRENCH_REGIONS = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"})

_TYPED_CHARACTERS = frozenset("0123456789+().-/ ")
_DIGITS = frozenset("0123456789")

_PARSE_CODES = {
    NumberParseException.INVALID_COUNTRY_CODE: "number_unknown_country",
    NumberParseException.TOO_SHORT_AFTER_IDD: "number_too_short",
    NumberParseException.TOO_SHORT_NSN: "number_too_short",
    NumberParseException.TOO_LONG: "number_too_long",
}
_LENGTH_CODES = {
    ValidationResult.TOO_SHORT: "number_too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "number_too_short",
    ValidationResult.TOO_LONG: "number_too_long",
    ValidationResult.INVALID_COUNTRY_CODE: "number_unknown_country",
    ValidationResult.INVALID_LENGTH: "number_wrong_length",
}

CODES = {
    "number_empty": "A number is needed",
    "number_characters": "A number is made of digits, with spaces, dots, dashes or brackets between them",
    "number_unknown_country": "No country has this code",
    "number_too_short": "This number is too short",
    "number_too_long": "This number is too long",
    "number_wrong_length": "This number does not have the right number of digits",
}


class NumberError(ValueError):
    """A text that is no phone number; `code` is one of CODES."""

    def __init__(self, code: str) -> None:
        super().__init__(CODES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Country:
    """A country to choose from a list: ISO 3166 region, calling code (33), name in one language.

    Countries that share a calling code are separate entries (NUM-7).
    """

    region: str
    code: int
    name: str


def is_e164(text: str) -> bool:
    """Whether `text` has the form of an international number: + and 5 to 15 digits, no leading zero."""
    digits = text[1:]
    return (
        text[:1] == "+"
        and SHORTEST_E164 <= len(digits) <= LONGEST_E164
        and digits[0] != "0"
        and _DIGITS.issuperset(digits)
    )


def is_digits(text: str) -> bool:
    """Whether `text` is one or more of the digits 0 to 9."""
    return bool(text) and _DIGITS.issuperset(text)


@lru_cache(maxsize=4096)
def parse(text: str, country: str) -> str:
    """The E.164 form of a number typed in any national or international form; raises NumberError.

    `country` (ISO 3166) is where a number without a country code belongs. The length is checked against the
    country's plan, not the range: new ranges open before any table has them.
    """
    typed = _plain(text)
    if not typed:
        raise NumberError("number_empty")
    if len(typed) > LONGEST_TYPED:
        raise NumberError("number_too_long")
    if not _TYPED_CHARACTERS.issuperset(typed):
        raise NumberError("number_characters")
    try:
        number = phonenumbers.parse(typed, country)
    except NumberParseException as error:
        raise NumberError(_PARSE_CODES.get(error.error_type, "number_characters")) from error
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE:
        raise NumberError(_LENGTH_CODES[length])
    e164: str = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return e164


def dialled(text: str, country: str) -> str | None:
    """The E.164 form of what a phone dialled or a line presented; None when it is no full number.

    Short numbers (15, 3900, 118 218) and extensions give None: they are dialled as they are.
    """
    try:
        return parse(text, country)
    except NumberError:
        return None


def presented(text: str, country: str) -> str | None:
    """The E.164 form of a caller's number as a line presents it, which may lack the + (447911123456)."""
    return dialled(text, country) or (_abroad(text) if is_digits(text) else None)


@lru_cache(maxsize=4096)
def _abroad(digits: str) -> str | None:
    """A number of another country written without +; None for what is none of any country."""
    number = _number("+" + digits)
    return "+" + digits if number is not None and phonenumbers.is_valid_number(number) else None


def is_short_number(text: str, country: str) -> bool:
    """Whether `text` is a short public number of that country (15, 3900, 118218)."""
    if not is_digits(text) or len(text) > 6:
        return False
    if text in emergency_numbers(country):
        return True
    code = phonenumbers.country_code_for_region(country)
    number = PhoneNumber(country_code=code, national_number=int(text))
    known: bool = phonenumbers.is_valid_short_number_for_region(number, country)
    return known and not text.startswith("0")


@lru_cache(maxsize=4096)
def national(e164: str, country: str) -> str:
    """How people of `country` write the number: national form at home, international form elsewhere."""
    number = _number(e164)
    if number is None:
        return e164
    home = phonenumbers.country_code_for_region(country) == number.country_code
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    written: str = phonenumbers.format_number(number, form)
    return written


def international(e164: str) -> str:
    """The number as written abroad: +33 1 23 45 67 89."""
    number = _number(e164)
    if number is None:
        return e164
    written: str = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return written


def same(a: str, b: str, country: str) -> bool:
    """Whether two texts, each in any form, are one number."""
    if a == b:
        return True
    first = dialled(a, country)
    return first is not None and first == dialled(b, country)


@lru_cache(maxsize=1024)
def for_line(number: str, dialled_format: str, country: str) -> str:
    """The number as a line wants it dialled; `dialled_format` is a DialledFormat value.

    A number that is not E.164 (a short number) is dialled as it is.
    """
    if not is_e164(number) or dialled_format == "plus":
        return number
    if dialled_format == "double_zero":
        return "00" + number[1:]
    parsed = _number(number)
    if parsed is None:
        return "00" + number[1:]
    written = phonenumbers.format_out_of_country_calling_number(parsed, country)
    return "".join(character for character in written if character in _DIGITS) or "00" + number[1:]


@lru_cache(maxsize=256)
def emergency_numbers(country: str) -> frozenset[str]:
    """The emergency numbers that answer in that country (OUT-9); 112 always among them."""
    if country in FRENCH_REGIONS:
        return FRENCH_EMERGENCY_NUMBERS
    candidates = (*(str(number) for number in range(10, 1000)), *(f"{number:03}" for number in range(100)))
    return frozenset({"112"}).union(
        text for text in candidates if phonenumbers.is_emergency_number(text, country)
    )


def is_emergency(text: str, country: str) -> bool:
    """Whether `text` as dialled is an emergency number of that country."""
    return text in emergency_numbers(country)


def emergency_meant(text: str, country: str) -> str | None:
    """The emergency number that is dialled, as it is or as phones and habits write it; None for none.

    +3315 and 003315 come of phones that make every number international, 015 of the 0 that other systems want
    before a number outside, 15# of the key that sends.
    """
    code = phonenumbers.country_code_for_region(country)
    digits = text.removesuffix("#")
    for before in ("", "0", f"+{code}", f"00{code}"):
        if digits.startswith(before) and is_emergency(digits[len(before) :], country):
            return digits[len(before) :]
    return None


def ends_like_emergency(text: str, country: str) -> bool:
    """Whether an emergency number may be dialled: a look that costs nothing."""
    return text.removesuffix("#").endswith(tuple(emergency_numbers(country)))


def is_calling_code(digits: str) -> bool:
    """Whether these digits are the code of a country or of a network of no country (33, 1, 882)."""
    return digits.isdigit() and int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


# What may follow the digits that are asked about: all of the short ones, some of the longer.
_FOLLOWING = ("1234567890123", "2345678901234", "5555555555555", "9876543210987", "6012345678901")


@lru_cache(maxsize=256)
def number_beginning_with(digits: str, country: str) -> str:
    """A number, as it is dialled within that country, that begins with these digits; empty for none.

    Where every number begins with 0 (France), 801 begins none, 0 begins them all.
    """
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    abroad = (metadata.international_prefix if metadata else None) or "00"
    for way in ("00", abroad) if abroad.isdigit() else ("00",):
        if digits.startswith(way) or way.startswith(digits):
            return way
    for length in range(1, 4):
        for number in range(10**length):
            short = f"{digits}{number:0{length}}"
            # Those of five digits take messages, no calls.
            if len(short) != 5 and is_short_number(short, country):
                return short
    for length in range(1, LONGEST_E164 - len(digits)):
        for following in _FOLLOWING:
            if _is_dialled(digits + following[:length], country):
                return digits + following[:length]
    return ""


def _is_dialled(typed: str, country: str) -> bool:
    """Whether that is how a number of the country is dialled there, trunk prefix and all."""
    try:
        number = phonenumbers.parse(typed, country)
    except NumberParseException:
        return False
    if not phonenumbers.is_valid_number_for_region(number, country):
        return False
    written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return "".join(character for character in written if character in _DIGITS) == typed


# Satellite and other networks of no country, where a minute costs as much as a day (ITU-T E.164 annex).
COSTLY_CODES = frozenset({870, 878, 881, 882, 883, 888, 979})
COSTLY_TYPES = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


@lru_cache(maxsize=4096)
def is_within(e164: str, regions: frozenset[str]) -> bool:
    """Whether a number is of one of these countries (ISO 3166); short numbers are everybody's own."""
    number = _number(e164)
    if number is None:
        return True
    region = phonenumbers.region_code_for_number(number)
    if region is not None:
        return region in regions
    # A range that no table knows yet: its country code must do.
    return number.country_code in {phonenumbers.country_code_for_region(each) for each in regions}


@lru_cache(maxsize=4096)
def is_costly(called: str, country: str) -> bool:
    """Whether a call to that number (E.164, or a short number of the country) costs more than a call."""
    number = _number(called)
    if number is not None:
        return number.country_code in COSTLY_CODES or phonenumbers.number_type(number) in COSTLY_TYPES
    if not is_digits(called) or len(called) > 6:
        return False
    short = PhoneNumber(
        country_code=phonenumbers.country_code_for_region(country), national_number=int(called)
    )
    cost = phonenumbers.expected_cost_for_region(short, country)
    return bool(cost == phonenumbers.ShortNumberCost.PREMIUM_RATE)


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[Country, ...]:
    """Every country that has a calling code, by name in that language (fr, en)."""
    from babel import Locale  # only forms need it, and it is slow to load

    names = Locale.parse(language).territories
    found = (
        Country(region, phonenumbers.country_code_for_region(region), names.get(region, region))
        for region in phonenumbers.SUPPORTED_REGIONS
    )
    return tuple(sorted(found, key=lambda country: (_without_accents(country.name), country.region)))


def _plain(text: str) -> str:
    """`text` with every kind of space and dash that is pasted from documents made plain."""
    kinds = {"Zs": " ", "Pd": "-", "Cf": ""}
    if text.isascii():
        return text.strip()
    return "".join(kinds.get(unicodedata.category(character), character) for character in text).strip()


def _number(e164: str) -> PhoneNumber | None:
    if not is_e164(e164):
        return None
    try:
        return phonenumbers.parse(e164)
    except NumberParseException:
        return None


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(character for character in apart if not unicodedata.combining(character)).casefold()
