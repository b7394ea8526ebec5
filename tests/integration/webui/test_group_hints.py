"""What a group's page says can be dialled: the codes in force, for those who may, and nothing else."""

from __future__ import annotations

import re

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.permissions import Permissions
from appliance.configuration.star_codes import Action
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox

LABELS = {
    Action.PAGING: "Parler sur les téléphones du groupe",
    Action.GROUP_SIGN: "Se retirer de ce groupe, ou y revenir",
    Action.PICK_UP: "Prendre un appel de ce groupe",
}


async def change(office: OfficeBox, configuration: Configuration) -> None:
    await office.change(configuration, expected=office.version, who="test")


async def dialled(browser: Browser, group_id: str) -> dict[str, str]:
    """What the page says of each thing to dial, by its keys."""
    page = await browser.get(f"/ring-groups/{group_id}")
    found = re.findall(r"<kbd>([^<]+)</kbd></th><td>(.*?)</td>", page.text.replace("&#39;", "'"))
    return {keys: re.sub(r"<[^>]+>", " ", words) for keys, words in found}


@pytest.mark.feature("RING-5", "RING-10")
async def test_a_group_s_page_says_what_to_dial_and_follows_the_table_of_codes(
    office: OfficeBox, administrator: Browser
) -> None:
    group = next(iter(office.configuration.groups.values()))
    group = group.model_copy(update={"extension": "290"})
    await change(office, office.configuration.with_record("groups", group.id, group))
    told = await dialled(administrator, group.id)
    assert list(told) == ["290", "*91290", "*45290", "*8", "*8290"]
    for action, label in LABELS.items():
        keys = next(keys for keys, words in told.items() if label in words)
        assert office.configuration.star_code(keys) == (action, "290"), "what is shown works"

    codes = office.configuration.star_codes.model_copy(update={"paging": "*7", "group_sign": None})
    await change(office, office.configuration.with_singleton("star_codes", codes))
    assert list(await dialled(administrator, group.id)) == ["290", "*7290", "*8", "*8290"]

    bare = group.model_copy(update={"extension": None})
    changed = office.configuration.with_record("groups", group.id, bare)
    codes = codes.model_copy(update={"group_sign": "*46"})
    await change(office, changed.with_singleton("star_codes", codes))
    told = await dialled(administrator, group.id)
    assert list(told) == ["*46", "*8"] and "tous ses groupes" in told["*46"]
    page = await administrator.get("/ring-groups/new")
    assert 'id="by-phone"' not in page.text


@pytest.mark.feature("PERM-1", "RING-5")
async def test_what_is_locked_is_not_offered(office: OfficeBox, administrator: Browser) -> None:
    group = next(iter(office.configuration.groups.values()))
    group = group.model_copy(update={"extension": "290"})
    configuration = office.configuration.with_record("groups", group.id, group)
    one = group.members[0].person_id
    locks = Permissions(everybody=frozenset({"phone.pick_up"}), people={one: frozenset({"phone.groups"})})
    await change(office, configuration.with_singleton("permissions", locks))
    told = await dialled(administrator, group.id)
    assert f"Verrouillé pour {configuration.people[one].name}." in told["*45290"]
    assert "Seulement depuis les téléphones des membres" in told["*8290"]

    locks = Permissions(groups={group.id: frozenset({"phone.groups"})})
    await change(office, office.configuration.with_singleton("permissions", locks))
    told = await dialled(administrator, group.id)
    assert "*45290" not in told and "Aussi depuis" in told["*8290"]
