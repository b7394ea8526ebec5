"""Public holidays kept in a file: asked once, right whatever happens to the file or to who is asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from appliance.configuration import holiday_package
from appliance.storage.almanac import FILE, MOST_KEPT, SPAN, KeptAlmanac
from appliance.storage.holiday_program import told

JULY = date(2026, 7, 14)


class Asked:
    """The program, in this process, with what it was asked; `answers` is False when it cannot be run."""

    def __init__(self, answers: bool = True) -> None:
        self.questions: list[tuple[str, ...]] = []
        self.answers = answers

    def __call__(self, *words: str) -> bytes | None:
        self.questions.append(words)
        return told(*words) if self.answers else None


@pytest.mark.feature("TIME-2")
def test_what_was_asked_once_is_there_at_the_next_start(tmp_path: Path) -> None:
    first, later = Asked(), Asked()
    almanac = KeptAlmanac(tmp_path, "1", first)
    almanac.of_year("FR", "Alsace-Moselle", 2026, "fr")
    almanac.countries()
    again = KeptAlmanac(tmp_path, "1", later)
    for year in (2020, 2026, 2039):
        expected = holiday_package.of_year("FR", "Alsace-Moselle", year, "fr")
        assert again.of_year("FR", "Alsace-Moselle", year, "fr") == expected
    assert again.countries() == holiday_package.countries()
    assert first.questions == [("days", "FR", "Alsace-Moselle", "fr", "2020", "2039"), ("countries",)]
    assert later.questions == []


def test_another_version_of_the_package_is_asked_again(tmp_path: Path) -> None:
    KeptAlmanac(tmp_path, "1", Asked()).of_year("FR", "", 2026, "fr")
    asked = Asked()
    assert KeptAlmanac(tmp_path, "2", asked).of_year("FR", "", 2026, "fr")[JULY][0].name == "Fête nationale"
    assert len(asked.questions) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"package": "1", "spans": {"FR": 1}}', b"\xff" * 9])
def test_a_damaged_file_is_made_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    KeptAlmanac(tmp_path, "1", Asked()).of_year("FR", "", 2026, "fr")
    asked = Asked()
    assert JULY in KeptAlmanac(tmp_path, "1", asked).of_year("FR", "", 2026, "fr")
    assert asked.questions == []


@pytest.mark.feature("TIME-2")
def test_who_cannot_ask_is_told_the_same(tmp_path: Path) -> None:
    almanac = KeptAlmanac(tmp_path, "1", Asked(answers=False))
    assert almanac.of_year("FR", "", 2026, "fr") == holiday_package.of_year("FR", "", 2026, "fr")
    assert almanac.countries() == holiday_package.countries()
    assert not (tmp_path / FILE).exists()


def test_a_disk_that_takes_nothing_costs_no_answer(tmp_path: Path) -> None:
    asked = Asked()
    almanac = KeptAlmanac(tmp_path / "gone", "1", asked)
    assert JULY in almanac.of_year("FR", "", 2026, "fr")
    assert JULY in almanac.of_year("FR", "", 2026, "fr")
    assert len(asked.questions) == 1


def test_what_is_not_known_has_none(tmp_path: Path) -> None:
    assert KeptAlmanac(tmp_path, "1", Asked()).of_year("QQ", "", 2026, "fr") == {}


@pytest.mark.parametrize("year", [1, 1999, 9999])
def test_every_year_there_is_has_an_answer(tmp_path: Path, year: int) -> None:
    expected = holiday_package.of_year("FR", "", year, "fr")
    assert KeptAlmanac(tmp_path, "1", Asked()).of_year("FR", "", year, "fr") == expected


def test_only_the_latest_questions_are_kept(tmp_path: Path) -> None:
    asked = Asked()
    almanac = KeptAlmanac(tmp_path, "1", asked)
    for place in range(MOST_KEPT + 1):
        almanac.of_year("QQ", str(place), SPAN, "fr")
    almanac.of_year("QQ", "1", SPAN, "fr")
    assert len(asked.questions) == MOST_KEPT + 1
    almanac.of_year("QQ", "0", SPAN, "fr")
    assert len(asked.questions) == MOST_KEPT + 2


@pytest.mark.parametrize("words", [("days",), ("countries", "FR"), ("what",)])
def test_what_is_no_question_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not a question"):
        told(*words)
