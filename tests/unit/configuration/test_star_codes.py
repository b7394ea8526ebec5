"""Star codes: the table, what stands in the way of a code, and how what was dialled is read."""

import pytest
from pydantic import ValidationError

from appliance.configuration import star_code_checks, star_codes
from appliance.configuration.calendars import Calendar
from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.files import from_document, to_document
from appliance.configuration.star_codes import ARGUMENTS, Action, StarCodes, split
from tests.unit.routing.small_office import small_office


def office(**codes: str | None) -> Configuration:
    return small_office().with_singleton("star_codes", StarCodes(**codes))


def found(configuration: Configuration) -> list[tuple[str, str]]:
    return [(str(each.path[0]), each.code) for each in problems(configuration)]


def test_each_action_has_a_field_and_the_ready_codes_hold_together():
    assert {action.value for action in Action} == set(StarCodes.model_fields)
    assert found(office()) == []


def test_settings_saved_before_there_were_codes_load():
    document = to_document(office())
    del document["star_codes"]
    assert from_document(document).star_codes == StarCodes()


@pytest.mark.parametrize("text", ["*97", "#21", "97", "*1", "*12345"])
def test_what_a_code_may_be(text):
    assert StarCodes(echo=text).echo == text


@pytest.mark.parametrize("text", ["", "*", "97*", "*9 7", "**1", "*123456", "é", "*²", "*x"])
def test_what_a_code_may_not_be(text):
    with pytest.raises(ValidationError) as refused:
        StarCodes(echo=text)
    assert refused.value.errors()[0]["type"] == "star_code_malformed"


def test_an_action_without_a_code_can_not_be_dialled():
    assert Action.ECHO not in StarCodes(echo=None).dialled().values()


def test_two_actions_can_not_have_one_code():
    assert found(office(echo="*97")) == [("echo", "star_code_taken")]


def test_a_code_is_no_extension_and_no_emergency_number():
    assert found(office(echo="101")) == [("echo", "star_code_is_extension")]
    assert found(office(echo="112")) == [("echo", "star_code_is_emergency")]


@pytest.fixture
def echo_with_argument(monkeypatch):
    """The echo takes something after its code, for the length of a test."""
    rules = {**ARGUMENTS, Action.ECHO: "extension"}
    for module in (star_codes, star_code_checks):
        monkeypatch.setattr(module, "ARGUMENTS", rules)


def test_no_code_begins_with_one_after_which_something_is_dialled(echo_with_argument):
    assert ("mailbox", "star_code_hidden") in found(office(echo="*9", mailbox="*97"))
    assert ("echo", "star_code_needs_star") in found(office(echo="88"))


@pytest.mark.parametrize(
    ("dialled", "read"),
    [
        ("*43", ("*43", "")),
        ("*43101", ("*43", "101")),
        ("*43*0612345678#", ("*43", "0612345678")),
        ("*43*+33612345678", ("*43", "+33612345678")),
        ("*97", ("*97", "")),
        ("*971", None),
        ("*4", None),
        ("101", None),
        ("", None),
    ],
)
def test_what_is_dialled_after_a_code_is_its_argument(echo_with_argument, dialled, read):
    assert split(StarCodes().dialled(), dialled) == read


def test_what_ends_a_code_for_the_networks_is_no_part_of_it():
    codes = StarCodes().dialled()
    assert split(codes, "#21#") == ("#21", "")
    assert split(codes, "*21*102#") == ("*21", "102")
    assert split(codes, "*21#") == ("*21", "")


def test_two_calendars_can_not_have_one_number():
    made = office()
    hours = made.calendars["hours"].model_copy(update={"code": "2"})
    made = made.with_record("calendars", "hours", hours)
    made = made.with_record("calendars", "shop", hours.model_copy(update={"id": "shop", "name": "Shop"}))
    assert [(each.record_id, each.code, each.parameters["name"]) for each in problems(made)] == [
        ("shop", "calendar_code_taken", "Hours")
    ]


@pytest.mark.parametrize("text", ["", "123", "x", "²"])
def test_what_the_number_of_a_calendar_may_not_be(text):
    with pytest.raises(ValidationError) as refused:
        Calendar(id="hours", name="Hours", code=text)
    assert refused.value.errors()[0]["type"] == "calendar_code_malformed"
