"""The limits of calls to the outside: on by default, never for emergencies, said in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.files import from_document, to_document
from appliance.configuration.outbound import Limits, Outbound
from appliance.routing.outbound import ALERTING
from appliance.routing.steps import Announce, Ring, Step
from appliance.routing.world import World
from tests.unit.routing.small_office import EVERYBODY, MONDAY, PARIS, codes, follow, inside, small_office

MOBILE = "+33612000001"
NIGHT = datetime(2026, 11, 16, 23, 30, tzinfo=PARIS)


def limited(**fields: object) -> Configuration:
    return replace(small_office(), outbound=Outbound(limits=Limits(**fields)))  # type: ignore[arg-type]


def first(
    called: str, configuration: Configuration | None = None, world: World = EVERYBODY, now: datetime = MONDAY
) -> Step:
    return follow(configuration or small_office(), inside(called), world=world, now=now)[0].step


def said(step: Step) -> str | None:
    assert isinstance(step, Announce), step
    return step.speech.prompt_name


pytestmark = pytest.mark.feature("OUT-10")


@pytest.mark.parametrize(
    ("called", "prompt"),
    [
        ("+442079460000", "barred_country"),
        ("+21620123456", "barred_country"),
        ("+12684641234", "barred_country"),
        ("+33899123456", "barred_costly"),
        ("+881612345678", "barred_costly"),
        ("+87077399123", "barred_costly"),
    ],
)
def test_other_countries_and_costly_numbers_are_barred_from_the_first_start(called: str, prompt: str) -> None:
    assert said(first(called)) == prompt
    assert prompt in codes(follow(small_office(), inside(called))) and prompt in ALERTING


@pytest.mark.parametrize("called", [MOBILE, "+33142685300", "+33199009999", "+33800123456"])
def test_the_office_s_own_country_is_called(called: str) -> None:
    assert isinstance(first(called), Ring)


def test_what_is_allowed_is_called() -> None:
    assert isinstance(first("+442079460000", limited(countries=("GB",))), Ring)
    assert isinstance(first("+21620123456", limited(all_countries=True)), Ring)
    assert isinstance(first("+33899123456", limited(premium=True)), Ring)
    assert isinstance(first("+881612345678", limited(enabled=False), now=NIGHT), Ring)


def test_the_night_is_quiet_to_the_minute() -> None:
    assert said(first(MOBILE, now=NIGHT)) == "barred_night"
    assert said(first(MOBILE, now=NIGHT.replace(hour=5, minute=59))) == "barred_night"
    assert isinstance(first(MOBILE, now=NIGHT.replace(hour=6, minute=0)), Ring)
    assert isinstance(first(MOBILE, limited(night=None), now=NIGHT), Ring)


def test_calls_and_minutes_of_a_day_are_capped_for_each_person() -> None:
    used = lambda calls, seconds: replace(EVERYBODY, used_today={"bruno": (calls, seconds)})
    assert isinstance(first(MOBILE, world=used(149, 0)), Ring)
    assert said(first(MOBILE, world=used(150, 0))) == "barred_calls"
    assert said(first(MOBILE, world=used(1, 480 * 60))) == "barred_minutes"
    assert isinstance(first(MOBILE, world=replace(EVERYBODY, used_today={"alice": (999, 0)})), Ring)


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("called", ["15", "112", "116117"])
def test_no_limit_ever_bars_an_emergency_call(called: str) -> None:
    world = replace(EVERYBODY, used_today={"bruno": (9999, 99999)})
    assert isinstance(first(called, world=world, now=NIGHT), Ring)


def test_limits_survive_the_file_and_older_files_have_them() -> None:
    configuration = limited(countries=("BE", "CH"), night=None)
    assert from_document(to_document(configuration)) == configuration
    older = {key: value for key, value in to_document(small_office()).items() if key != "outbound"}
    assert from_document(older).outbound.limits.enabled
