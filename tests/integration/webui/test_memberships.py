"""The buttons that sign members in and out of a ring group, on the person's page and on the group's."""

from __future__ import annotations

import pytest

from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("RING-5")


async def test_a_member_is_signed_out_and_in_from_both_pages(office: OfficeBox, administrator) -> None:
    group = next(iter(office.configuration.groups.values()))
    person = group.members[0].person_id
    for page, back in ((f"/people/{person}", f"/people/{person}"), (f"/ring-groups/{group.id}",) * 2):
        assert "Ne plus sonner" in (await administrator.get(page)).text
        target = f"/people/{person}/groups/{group.id}"
        told = await administrator.post(target, signed_in="0", back=back)
        assert told.path == page and "Sonner à nouveau" in told.text and "retiré" in told.text
        assert office.memberships.out_of(person) == {group.id}
        assert "retiré" in (await administrator.get(f"/ring-groups/{group.id}/members")).text
        await administrator.post(target, signed_in="1", back=back)
        assert office.memberships.out_of(person) == frozenset()


async def test_a_member_who_forwards_their_calls_is_not_said_to_ring(
    office: OfficeBox, administrator
) -> None:
    group = next(iter(office.configuration.groups.values()))
    person = group.members[0].person_id
    pages = (f"/people/{person}", f"/ring-groups/{group.id}", "/people", "/")
    for page in pages:
        assert "renvoie tous les appels</span>" not in (await administrator.get(page)).text
    form = await administrator.get(f"/people/{person}")
    chosen = {"forward_active": "on", "forward_to__pick": "external", "forward_to__number": "0639981234"}
    assert (await administrator.submit(form, **chosen)).status == 200
    for page in pages:
        assert "renvoie tous les appels</span>" in (await administrator.get(page)).text
    assert "ne sonne pas en ce moment" in (await administrator.get(f"/people/{person}")).text


async def test_a_member_without_a_phone_that_is_there_is_not_said_to_ring(
    office: OfficeBox, administrator
) -> None:
    group = next(iter(office.configuration.groups.values()))
    page = f"/people/{group.members[0].person_id}"
    office.registered = set(office.configuration.phones)
    assert "ne sonne pas en ce moment" not in (await administrator.get(page)).text
    office.registered.clear()
    office.calls.clear()
    assert "ne sonne pas en ce moment" in (await administrator.get(page)).text
