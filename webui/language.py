"""The two languages of the pages: choosing one, translating, writing dates and durations."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("fr", "en")
DEFAULT = "fr"
CATALOGUES = Path(__file__).parent / "locale"

# French says "d'Anne", "qu'Anne" for "de Bruno", "que Bruno".
_ELIDED = re.compile(r"\b([Dd]|[Qq]u)e \{(\w+)\}")
# French puts a space there, and a line must not begin with the mark.
_BESIDE_MARKS = re.compile(r"(?<=«) | (?=[»:;!?](?:\s|$|[.,)…]))")

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)
_zone: ContextVar[str] = ContextVar("zone", default="Europe/Paris")


def N_(text: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


def use_language(language: str) -> None:
    """Set the language of the page being made."""
    _language.set(language if language in LANGUAGES else DEFAULT)


def use_zone(zone: str) -> None:
    """Set the office's time zone for the page being made."""
    _zone.set(zone)


def current_language() -> str:
    """The language of the page being made."""
    return _language.get()


def zone() -> ZoneInfo:
    """The office's time zone."""
    return ZoneInfo(_zone.get())


def choose_language(asked: str | None, accept: str) -> str:
    """`asked` when it is a language of ours, else the best of an Accept-Language header (RFC 9110 12.5.4)."""
    if asked in LANGUAGES:
        return str(asked)
    wanted = sorted(_preferences(accept), key=lambda preference: -preference[1])
    return negotiate_locale([tag for tag, _ in wanted], list(LANGUAGES), sep="-") or DEFAULT


def _preferences(accept: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for part in accept[:400].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            found.append((tag, weight))
    return found


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language, compiled from its catalogue at first use."""
    path = CATALOGUES / language / "LC_MESSAGES" / "webui.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    for message in messages if language == "fr" else ():
        message.string = kept_together(message.string or "")
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def kept_together(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    """French words, and their plural forms, with spaces that no line breaks at beside « » : ; ! and ?."""
    if not isinstance(text, str):
        return tuple(_BESIDE_MARKS.sub("\N{NO-BREAK SPACE}", form) for form in text)
    return _BESIDE_MARKS.sub("\N{NO-BREAK SPACE}", text)


def plain(text: str) -> str:
    """The letters of a text without accents and capitals, as it is put in order."""
    return "".join(
        each
        for each in unicodedata.normalize("NFD", text)
        if each.isprintable() and not unicodedata.combining(each)
    ).lower()


def gettext(text: str) -> str:
    """`text` (English) in the language of the page."""
    found = str(catalogue(current_language()).gettext(text)) if text else ""
    return Elided(found) if current_language() == "fr" and _ELIDED.search(found) else found


def ngettext(one: str, many: str, count: int) -> str:
    """`one` or `many` (English) in the language of the page, by its plural rule."""
    return str(catalogue(current_language()).ngettext(one, many, count))


class Elided(str):
    """A French sentence to be filled: "de {name}" is written "d'Anne" where the name begins with a vowel.

    Names with h stay as they are: whether it is mute is not seen from the letters.
    """

    __slots__ = ()

    def format(self, *given: object, **named: object) -> str:
        """As of any text, with the elisions of what is filled in."""
        return _elided(self, named).format(*given, **named)


def _elided(sentence: str, named: Mapping[str, object]) -> str:
    def written(found: re.Match[str]) -> str:
        first = plain(str(named.get(found[2], "")))[:1]
        return f"{found[1]}'{{{found[2]}}}" if first and first in "aeiouœ" else found[0]

    return _ELIDED.sub(written, str(sentence)) if isinstance(sentence, Elided) else sentence


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def fill(template: str, parameters: Mapping[str, object]) -> str:
    """`template` translated, its {names} replaced; a name that is not given is left out."""
    known = _Known({key: str(value) for key, value in parameters.items()})
    return _elided(gettext(template), known).format_map(known)


def locale() -> Locale:
    """Babel's locale of the page: times are written as the office writes them, 24 hours."""
    return Locale("fr", "FR") if current_language() == "fr" else Locale("en", "GB")


def moment(epoch: float) -> datetime:
    """Seconds since 1970 as a date and time in the office's zone."""
    return datetime.fromtimestamp(epoch, zone())


def now() -> datetime:
    """The present in the office's zone."""
    return datetime.now(zone())


def write_time(value: datetime) -> str:
    """14:05."""
    return dates.format_time(value.astimezone(zone()), "HH:mm", tzinfo=zone(), locale=locale())


def write_day(value: date) -> str:
    """Today and yesterday by name, other days as Monday 3 March."""
    days = (now().date() - value).days
    if days in (0, 1):
        return gettext("today") if days == 0 else gettext("yesterday")
    pattern = "EEEE d MMMM" if abs(days) < 180 else "EEEE d MMMM y"
    return dates.format_date(value, pattern, locale=locale())


def write_full_day(value: date) -> str:
    """Monday 3 March 2026."""
    return dates.format_date(value, "EEEE d MMMM y", locale=locale())


def write_weekday(value: date) -> str:
    """Monday."""
    return dates.format_date(value, "EEEE", locale=locale())


def write_short_date(value: date) -> str:
    """Mon 3 Mar."""
    return dates.format_date(value, "EEE d MMM", locale=locale())


def write_until(value: datetime) -> str:
    """18:00 or midnight for today, 09:00, Monday 3 March for another day: all read well after "until"."""
    local = value.astimezone(zone())
    today = now().date()
    if local.date() == today:
        return write_time(local)
    if local.date() == today + timedelta(days=1) and local.timetz().replace(tzinfo=None) == time.min:
        return gettext("midnight")
    return f"{write_time(local)}, {write_day(local.date())}"


def write_moment(value: datetime) -> str:
    """Monday 3 March, 14:05."""
    local = value.astimezone(zone())
    return f"{write_day(local.date())}, {write_time(local)}"


def write_duration(seconds: float) -> str:
    """12 s, 3 min 05 s, 1 h 02 min."""
    whole = max(0, int(round(seconds)))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {left:02d} s" if minutes else f"{left} s"
