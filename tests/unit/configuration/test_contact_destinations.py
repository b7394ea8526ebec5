"""Destinations that follow a contact to another number, wherever they stand; all others stay as they are."""

import pytest
from hypothesis import given

from appliance.configuration.configuration import Configuration
from appliance.configuration.contact_destinations import moved_numbers, numbers_that_follow, with_moved
from appliance.configuration.contacts import Contact
from appliance.configuration.destinations import ToExternal
from appliance.configuration.people import Person
from tests.property import offices

OLD, NEW, OTHER = "+33639980001", "+33639980002", "+33639980003"


def contact(*numbers: str) -> Contact:
    return Contact(id="zoe", name="Zoé", numbers=numbers)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ((OLD,), (NEW,), {OLD: NEW}),
        ((OTHER, OLD), (OTHER, NEW), {OLD: NEW}),
        ((OTHER, OLD), (OTHER,), {OLD: OTHER}),
        ((OLD, OTHER), (OTHER,), {OLD: OTHER}),
        ((OLD,), (), {}),
        ((OLD,), (NEW, OLD), {}),
    ],
)
def test_the_number_that_comes_in_the_place_of_another(before, after, moved):
    assert moved_numbers(contact(*before), contact(*after)) == moved


def test_only_what_follows_a_contact_is_changed():
    follows, stays = ToExternal(number=OLD, follows_contact=True), ToExternal(number=OLD)
    person = Person(
        id="p", name="P", extension="101", forward_to=stays, forwards={"no_answer": follows, "busy": stays}
    )
    settings = Configuration().with_record("people", "p", person)
    assert numbers_that_follow(settings) == {OLD}
    changed = with_moved(settings, {OLD: NEW}).people["p"]
    assert changed.forwards["no_answer"] == ToExternal(number=NEW, follows_contact=True)
    assert (changed.forward_to, changed.forwards["busy"]) == (stays, stays)
    assert not numbers_that_follow(with_moved(settings, {OLD: NEW})) & {OLD}


@given(offices.offices)
def test_in_any_office_every_destination_that_follows_is_changed_and_nothing_else(office):
    follow = numbers_that_follow(office)
    assert with_moved(office, {}) == office
    changed = with_moved(office, dict.fromkeys(follow, NEW))
    assert numbers_that_follow(changed) == ({NEW} if follow else set())
    back = with_moved(changed, {NEW: next(iter(follow), NEW)})
    assert len(follow) > 1 or back == office
