"""Phone numbers as people read them: grouped, national where the country is the office's."""

from __future__ import annotations

from contextvars import ContextVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from webui.language import gettext

_country: ContextVar[str] = ContextVar("country", default="FR")


def use_country(country: str) -> None:
    """Set the office's country for the page being made."""
    _country.set(country)


def write_number(number: str | None) -> str:
    """+33123456789 as 01 23 45 67 89 in France, +44 20 7946 0018 from elsewhere; extensions as they are."""
    if not number:
        return gettext("Hidden number")
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(_country.get())
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, style))
