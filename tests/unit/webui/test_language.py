"""Languages: which one is chosen, and how dates and durations are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from webui import language
from webui.pages.claim import country_choices, zone_choices


@pytest.mark.parametrize(
    ("asked", "accept", "chosen"),
    [
        ("en", "fr", "en"),
        (None, "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        (None, "en-GB,en;q=0.9,fr;q=0.1", "en"),
        (None, "de,en;q=0.5,fr;q=0.7", "fr"),
        (None, "fr;q=0,en", "en"),
        (None, "", "fr"),
        (None, "xx;q=broken,,;q=,*", "fr"),
        ("de", "en", "en"),
    ],
)
def test_the_language_asked_for_wins_then_the_browsers_best(
    asked: str | None, accept: str, chosen: str
) -> None:
    assert language.choose_language(asked, accept) == chosen


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (3720, "1 h 02 min")]
)
def test_durations(seconds: float, words: str) -> None:
    assert language.write_duration(seconds) == words


def test_moments_are_written_in_the_offices_zone_and_the_pages_language() -> None:
    moment = datetime(2026, 7, 14, 8, 5, tzinfo=UTC)
    language.use_zone("Europe/Paris")
    language.use_language("fr")
    assert language.write_time(moment) == "10:05"
    assert language.write_full_day(date(2026, 7, 14)) == "mardi 14 juillet 2026"
    language.use_language("en")
    assert language.write_full_day(date(2026, 7, 14)) == "Tuesday 14 July 2026"
    language.use_zone("Indian/Reunion")
    assert language.write_time(moment) == "12:05"


def test_a_sentence_is_filled_in_after_translation_and_a_missing_name_is_left_out() -> None:
    language.use_language("fr")
    assert language.fill("Extension {extension}", {"extension": 101}) == "Numéro interne 101"
    assert language.fill("Extension {extension}", {}) == "Numéro interne "


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("« Ventes » : sonne ; puis ?", "«~Ventes~»~: sonne~; puis~?"),
        ("Ajoutez : {name}.", "Ajoutez~: {name}."),
        ("à 10:30, http://boitier :8080", "à 10:30, http://boitier :8080"),
    ],
)
def test_no_french_line_begins_with_a_mark(written: str, shown: str) -> None:
    assert language.kept_together(written) == shown.replace("~", "\N{NO-BREAK SPACE}")
    assert language.kept_together((written, written)) == (shown.replace("~", "\N{NO-BREAK SPACE}"),) * 2


def test_the_french_pages_are_kept_together() -> None:
    language.use_language("fr")
    said = language.gettext("The line works again. Did {number} ring?")
    assert said.endswith("\N{NO-BREAK SPACE}?")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Anne Martin", "Aucun téléphone d'Anne Martin n'est connecté"),
        ("Élodie", "Aucun téléphone d'Élodie n'est connecté"),
        ("Bruno", "Aucun téléphone de Bruno n'est connecté"),
        ("Hugo", "Aucun téléphone de Hugo n'est connecté"),
        ("", "Aucun téléphone de  n'est connecté"),
    ],
)
def test_french_elides_before_names_that_begin_with_a_vowel(name: str, said: str) -> None:
    language.use_language("fr")
    sentence = "No phone of {person} is connected"
    assert language.fill(sentence, {"person": name}) == said
    assert language.gettext(sentence).format(person=name) == said


def test_the_end_of_today_is_midnight() -> None:
    language.use_zone("Europe/Paris")
    language.use_language("fr")
    midnight = datetime.combine(language.now().date() + timedelta(days=1), time.min, language.zone())
    assert language.write_until(midnight) == "minuit"
    assert language.write_until(midnight + timedelta(days=1)).startswith("00:00, ")


@pytest.mark.parametrize(
    ("chosen", "london", "region"), [("fr", "Londres", "Europe"), ("en", "London", "Europe")]
)
def test_time_zones_are_called_as_the_language_calls_them(chosen: str, london: str, region: str) -> None:
    language.use_language(chosen)
    found = {choice.value: choice for choice in zone_choices()}
    assert (found["Europe/London"].label, found["Europe/London"].group) == (london, region)
    assert found["Indian/Reunion"].group == {"fr": "Océan Indien", "en": "Indian Ocean"}[chosen]
    assert {"Europe/Paris", "America/Argentina/Buenos_Aires", "UTC"} <= found.keys()


def test_countries_are_in_the_order_of_a_dictionary() -> None:
    language.use_language("fr")
    names = [choice.label for choice in country_choices()]
    assert names.index("Dominique") < names.index("Égypte") < names.index("Espagne") < names.index("Zambie")
