"""The whole configuration: changed only by making another one."""

from __future__ import annotations

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import COLLECTIONS, SINGLETONS, Configuration
from appliance.configuration.lines import SipTrunk
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from tests.unit.routing.small_office import changed, small_office


def test_a_record_is_added_replaced_and_removed_without_touching_the_original() -> None:
    before = small_office()
    people = dict(before.people)
    alice = before.people["alice"].model_copy(update={"name": "Alicia"})
    after = before.with_record("people", "alice", alice)
    assert (before.people, after.people["alice"].name) == (people, "Alicia")
    assert "alice" not in after.without_record("people", "alice").people
    with pytest.raises(KeyError):
        after.without_record("people", "nobody")


def test_collections_and_single_records_are_known_by_name() -> None:
    configuration = small_office()
    for name in COLLECTIONS:
        assert configuration.collection(name) is getattr(configuration, name)
    for name in ("toys", "office", "__class__"):
        with pytest.raises(KeyError):
            configuration.collection(name)
    for name in ("toys", "people"):
        with pytest.raises(KeyError):
            configuration.with_singleton(name, configuration.mail_server)
    named = {"office", "mail_server", "outbound", "star_codes", "permissions", "caller_filter", "call_backs"}
    assert set(SINGLETONS) == named
    assert Configuration().office is None


@pytest.mark.feature("NUM-1")
def test_a_number_may_be_renamed_and_keeps_its_path() -> None:
    renamed = changed(small_office(), "numbers", "main", name="Urgences")
    picture = graph(compile_plan(renamed), ("number", "main"))
    assert picture.nodes[0].label["name"] == "Urgences"
    before = graph(compile_plan(small_office()), ("number", "main"))
    assert [node.id for node in picture.nodes] == [node.id for node in before.nodes]


@pytest.mark.feature("NUM-2")
def test_a_trunk_registers_or_is_trusted_by_address_and_carries_many_numbers() -> None:
    trusted = SipTrunk(
        id="trunk", name="T", server="192.0.2.1", mode="trusted", trusted_addresses=("192.0.2.1",)
    )
    configuration = small_office().with_record("lines", "trunk", trusted)
    second = configuration.numbers["main"].model_copy(update={"id": "second", "number": "+33199001299"})
    configuration = configuration.with_record("numbers", "second", second)
    assert problems(configuration) == ()
    assert {each.line_id for each in configuration.numbers.values()} == {"trunk"}
