"""What can be dialled for a ring group: only codes that are in force, and only for those who may."""

from __future__ import annotations

from typing import NamedTuple

from webui.language import N_, gettext
from webui.locks import read_locks
from webui.records import Json
from webui.session import Visit

CALL = N_("Call the group"), N_("Every phone of the office can dial it.")
PAGING = (
    N_("Speak on the phones of the group"),
    N_("They answer by themselves and hear you; those on a call or not to be disturbed do not."),
)
SIGN = (
    N_("Sign in or out of this group"),
    N_("Members dial it on their own phone; the box says which of the two it has done."),
)
SIGN_ALL = (
    N_("Sign in or out of all their groups"),
    N_("Members dial it on their own phone. This group has no extension, so it cannot be chosen alone."),
)
PICK_UP_OWN = (
    N_("Take a call that rings at a colleague's"),
    N_(
        "Members dial it: the call of their groups that has rung for longest. "
        "Then an extension: that colleague's call."
    ),
)
PICK_UP_GROUP = (
    N_("Take a call of this group"),
    N_("Also on phones of colleagues who are not in the group."),
)
MEMBERS_ONLY = N_("On phones of the group's members only.")


class Hint(NamedTuple):
    """Something to dial: the keys, what they do, to whom it is of use, and who may not."""

    keys: str
    label: str
    help: str
    note: str = ""


async def hints(visit: Visit, group: Json) -> list[Hint]:
    """What to dial for a group, as the table of star codes is at present."""
    codes, extension = await visit.get("/star_codes"), str(group.get("extension") or "")
    told = [_hint(extension, CALL)] if extension else []
    if extension and codes["paging"]:
        told.append(_hint(codes["paging"] + extension, PAGING))
    if codes["group_sign"]:
        told += await _sign(visit, group, codes["group_sign"], extension)
    if codes["pick_up"]:
        told.append(_hint(codes["pick_up"], PICK_UP_OWN))
        if extension:
            told.append(await _pick_up(visit, codes["pick_up"] + extension))
    return told


async def _sign(visit: Visit, group: Json, code: str, extension: str) -> list[Hint]:
    """How members sign in and out; nothing when it is locked for all of them."""
    members = [str(member["person_id"]) for member in group["members"]]
    locked = [each for each in members if "groups" in await read_locks(visit, "phone", each)]
    if len(locked) == len(members):
        return []
    note = ""
    if locked:
        names = {one["id"]: one["name"] for one in (await visit.get("/people"))["items"]}
        shut = ", ".join(names[each] for each in locked if each in names)
        note = gettext("Locked for {names}.").format(names=shut)
    hint = _hint(code + extension, SIGN) if extension else _hint(code, SIGN_ALL)
    return [hint._replace(note=note)]


async def _pick_up(visit: Visit, keys: str) -> Hint:
    hint = _hint(keys, PICK_UP_GROUP)
    is_locked = "phone.pick_up" in (await visit.get("/permissions"))["everybody"]
    return hint._replace(help=gettext(MEMBERS_ONLY)) if is_locked else hint


def _hint(keys: str, words: tuple[str, str]) -> Hint:
    label, help_ = words
    return Hint(keys, gettext(label), gettext(help_))
