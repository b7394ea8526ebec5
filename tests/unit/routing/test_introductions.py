"""Who must press 1 to have a call, and what they hear first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.answering import HumanAnswer, WhisperPart
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToExternal, ToPerson
from appliance.configuration.fields import DeviceKind, Language
from appliance.configuration.people import DeviceChoice
from appliance.routing.facts import Facts
from appliance.routing.steps import ExternalTarget, Introduction, Ring
from tests.unit.routing.small_office import changed, codes, follow, inbound, inside, with_route

MOBILE = "+33612000001"


def with_mobile(**fields: object) -> Configuration:
    devices = (DeviceChoice(kind=DeviceKind.DESKPHONE), DeviceChoice(kind=DeviceKind.EXTERNAL))
    route = with_route(ToPerson(person_id="alice"))
    return changed(route, "people", "alice", devices=devices, mobile=MOBILE, **fields)


def told(configuration: Configuration, facts: Facts) -> dict[str, Introduction | None]:
    step = follow(configuration, facts)[0].step
    assert isinstance(step, Ring)
    return {
        "mobile" if isinstance(each, ExternalTarget) else "desk": each.introduction for each in step.targets
    }


def said(introduction: Introduction | None) -> list[str | None]:
    assert introduction is not None
    return [speech.prompt_name for speech in introduction.speeches]


@pytest.mark.feature("CONF-1")
def test_a_mobile_is_asked_and_a_desk_phone_is_not() -> None:
    introductions = told(with_mobile(), inbound())
    assert introductions["desk"] is None
    asked = introductions["mobile"]
    assert said(asked) == ["call_from_number", "call_for"]
    assert asked is not None and asked.ask is not None and asked.seconds == 15
    assert "must_press_one" in codes(follow(with_mobile(), inbound())[:1])


@pytest.mark.feature("CONF-1")
def test_a_call_from_inside_asks_on_the_mobile_too() -> None:
    asked = told(with_mobile(), inside("101"))["mobile"]
    assert said(asked) == ["call_from_name"]


@pytest.mark.feature("CONF-1")
def test_who_does_not_want_to_be_asked_is_connected_at_once() -> None:
    assert told(with_mobile(confirm_mobile=False), inbound()) == {"desk": None, "mobile": None}
    direct = with_route(ToExternal(number=MOBILE, confirm=False))
    assert told(direct, inbound()) == {"mobile": None}
    assert said(told(with_route(ToExternal(number=MOBILE)), inbound())["mobile"])


@pytest.mark.feature("CONF-1")
def test_a_number_may_ask_everybody_or_nobody() -> None:
    everybody = told(changed(with_mobile(), "numbers", "main", human_answer=HumanAnswer.EVERYBODY), inbound())
    assert all(each is not None and each.ask is not None for each in everybody.values())
    nobody = told(changed(with_mobile(), "numbers", "main", human_answer=HumanAnswer.NOBODY), inbound())
    assert set(nobody.values()) == {None}


@pytest.mark.feature("CONF-1")
def test_the_language_is_the_persons_and_the_window_the_offices() -> None:
    configuration = with_mobile(language=Language.ENGLISH)
    assert configuration.office is not None
    office = configuration.office.model_copy(update={"answer_seconds": 25})
    asked = told(replace(configuration, office=office), inbound())["mobile"]
    assert asked is not None and asked.ask is not None
    assert asked.ask.language is Language.ENGLISH and asked.seconds == 25


@pytest.mark.feature("WHISP-1")
def test_a_number_says_the_parts_it_has_chosen() -> None:
    both = changed(with_mobile(), "numbers", "main", whisper=tuple(WhisperPart))
    desk = told(both, inbound())["desk"]
    assert said(desk) == ["call_from_number", "call_for"]
    assert desk is not None and desk.ask is None
    known = replace(inbound(), caller_name="Mme Petit")
    assert said(told(both, known)["desk"]) == ["call_from_name", "call_for"]
    withheld = replace(inbound(), caller="")
    assert said(told(both, withheld)["desk"]) == ["call_from_nobody", "call_for"]
    called = changed(with_mobile(), "numbers", "main", whisper=(WhisperPart.CALLED,))
    assert said(told(called, inbound())["desk"]) == ["call_for"]
