"""Another phone system: its calls to our extensions (IN-3), ours to its extensions by a prefix (NUM-2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.configuration import Configuration
from appliance.routing.dialled import Dialled, read_dialled
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Announce, ExternalTarget, HangUp, PhoneTarget, Ring
from tests.unit.routing.small_office import EVERYBODY, changed, codes, follow, inside, small_office

ANNEX = replace(EVERYBODY, lines_up=frozenset({"trunk", "annex"}))
FROM_THERE = Facts(Direction.INBOUND, "205", "Zoé", "101", "annex")


def office() -> Configuration:
    configuration = small_office()
    annex = configuration.lines["trunk"].model_copy(
        update={"id": "annex", "name": "Annex", "kind": "pbx", "prefix": "8", "extension_in_to": True}
    )
    return configuration.with_record("lines", "annex", annex)


def dialled(called: str) -> Facts:
    return replace(inside(called), direction=Direction.OUTBOUND, chosen_line_id="annex")


@pytest.mark.feature("IN-3")
def test_a_call_to_an_extension_rings_whoever_has_it() -> None:
    (first, *_) = follow(office(), FROM_THERE, world=ANNEX)
    assert isinstance(first.step, Ring)
    assert [target.person_id for target in first.step.targets] == ["alice"]
    assert isinstance(first.step.targets[0], PhoneTarget)
    assert codes([first])[0] == "extension_called"


@pytest.mark.feature("IN-3")
@pytest.mark.parametrize("called", ["*97", "112", "+33612345678", "999", "8205"])
def test_nothing_but_extensions_is_reached_from_there(called: str) -> None:
    (first, *_) = follow(office(), replace(FROM_THERE, called=called), world=ANNEX)
    assert isinstance(first.step, HangUp) and codes([first]) == ["number_unknown"]


@pytest.mark.feature("IN-3", "OUT-9")
def test_who_forwards_a_call_from_there_outside_is_called_by_the_office_s_own_lines_first() -> None:
    forwards = {"forward_active": True, "forward_to": {"kind": "external", "number": "+33612000001"}}
    (first, *_) = follow(changed(office(), "people", "alice", **forwards), FROM_THERE, world=ANNEX)
    assert isinstance(first.step, Ring)
    (target,) = first.step.targets
    assert isinstance(target, ExternalTarget) and target.line_ids[0] == "trunk"


@pytest.mark.feature("NUM-2")
def test_an_extension_there_is_rung_by_its_line_alone_and_sees_the_extension_here() -> None:
    (first, *_) = follow(office(), dialled("205"), world=ANNEX)
    assert isinstance(first.step, Ring)
    (target,) = first.step.targets
    assert isinstance(target, ExternalTarget)
    assert (target.number, target.line_ids, target.shows_caller("annex")) == ("205", ("annex",), "102")
    assert codes([first]) == ["other_pbx_called", "line_chosen", "rings"]


def by_range(called: str, configuration: Configuration) -> Facts:
    """A call of somebody here to what they dialled, as the box reads it."""
    read = read_dialled(configuration, called, None)
    direction = Direction.INTERNAL if read.internal else Direction.OUTBOUND
    return replace(inside(read.called), direction=direction, chosen_line_id=read.line_id)


@pytest.mark.feature("IN-3")
@pytest.mark.parametrize(
    ("keys", "read"),
    [
        ("312", Dialled("312", True, False, "annex")),
        ("#31#312", Dialled("312", True, True, "annex")),
        ("8312", Dialled("312", True, False, "annex")),
        ("8205", Dialled("205", True, False, "annex")),
        ("700", Dialled("700", True, False, "annex")),
        ("101", Dialled("101", True)),
        ("112", Dialled("112", False)),
        ("350", Dialled("350", False)),
        ("815", Dialled("15", False, False, "annex")),
    ],
)
def test_an_extension_there_is_read_with_the_prefix_or_by_its_range(keys: str, read: Dialled) -> None:
    configuration = changed(office(), "lines", "annex", extensions_there=("300-349", "700"))
    assert read_dialled(configuration, keys, None) == read


@pytest.mark.feature("IN-3")
def test_an_extension_of_a_range_rings_there_as_it_is_dialled() -> None:
    configuration = changed(office(), "lines", "annex", extensions_there=("300-349", "700"))
    (first, *_) = follow(configuration, by_range("312", configuration), world=ANNEX)
    assert isinstance(first.step, Ring)
    (target,) = first.step.targets
    assert isinstance(target, ExternalTarget)
    assert (target.number, target.line_ids, target.shows_caller("annex")) == ("312", ("annex",), "102")
    assert codes([first]) == ["extension_there", "rings"]
    (public, *_) = follow(configuration, by_range("700", configuration), world=ANNEX)
    assert codes([public]) == ["extension_there", "rings"], "an operator's own number is hidden, as by ours"
    (unknown, *_) = follow(configuration, by_range("350", configuration), world=ANNEX)
    assert codes([unknown]) == ["extension_unknown"]


OUT_FROM_THERE = Facts(
    Direction.OUTBOUND, "205", "Zoé", "+33639981234", line_id="annex", counted_as="annex/205"
)


@pytest.mark.feature("IN-3", "OUT-10")
def test_a_call_from_there_outside_leaves_by_another_line_which_shows_its_own_number() -> None:
    (first, *_) = follow(office(), OUT_FROM_THERE, world=ANNEX)
    assert isinstance(first.step, Ring)
    (target,) = first.step.targets
    assert isinstance(target, ExternalTarget)
    number = small_office().numbers["main"].number
    assert (target.line_ids, target.shows("trunk"), target.callers_on) == (("trunk",), number, ())
    assert codes([first]) == ["limits_kept", "outside_called", "other_pbx_calls_out", "rings"]


@pytest.mark.feature("IN-3", "OUT-9")
@pytest.mark.parametrize("called", ["+33639981234", "112"])
def test_a_call_from_there_never_goes_back_there(called: str) -> None:
    only_there = replace(EVERYBODY, lines_up=frozenset({"annex"}))
    told = follow(office(), replace(OUT_FROM_THERE, called=called), world=only_there)
    lines = [
        target.line_ids
        for each in told
        if isinstance(each.step, Ring)
        for target in each.step.targets
        if isinstance(target, ExternalTarget)
    ]
    assert lines == ([("trunk",)] if called == "112" else []), "a call for help tries a line that seems down"


@pytest.mark.feature("IN-3", "OUT-10")
@pytest.mark.parametrize(
    ("change", "used", "code"),
    [
        ({"called": "+33899123456"}, {}, "barred_costly"),
        ({"called": "+4915112345678"}, {}, "barred_country"),
        ({}, {"annex/205": (150, 0)}, "barred_calls"),
        ({}, {"annex/205": (1, 480 * 60)}, "barred_minutes"),
        ({}, {"annex/206": (150, 0), "bruno": (150, 0)}, "limits_kept"),
    ],
)
def test_the_limits_of_calls_outside_hold_for_each_of_their_extensions(
    change: dict[str, str], used: dict[str, tuple[int, int]], code: str
) -> None:
    world = replace(ANNEX, used_today=used)
    (first, *_) = follow(office(), replace(OUT_FROM_THERE, **change), world=world)
    assert codes([first])[0] == code


@pytest.mark.feature("NUM-2")
def test_an_extension_there_is_rung_by_no_other_line_when_its_own_is_down() -> None:
    (first, *_) = follow(office(), dialled("205"))
    assert isinstance(first.step, Announce)
    assert "other_pbx_down" in codes([first])


@pytest.mark.feature("OUT-10")
@pytest.mark.parametrize("called", ["+33899123456", "+442079460000"])
def test_numbers_outside_keep_their_limits_with_the_prefix(called: str) -> None:
    (first, *_) = follow(office(), dialled(called), world=ANNEX)
    assert isinstance(first.step, Announce)


def test_without_another_phone_system_such_an_extension_is_nobody_s() -> None:
    trunk = changed(office(), "lines", "annex", kind="sip_trunk", extension_in_to=False)
    assert "extension_unknown" in codes(follow(trunk, dialled("205"), world=ANNEX)[:1])
