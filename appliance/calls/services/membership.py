"""Signing in and out of a ring group by phone, said back (RING-5)."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.saying import say
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome

LOCK = "phone.groups"


async def group_sign(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Sign the caller into the group dialled after the code, or out of it; of all when none was dialled."""
    person_id = call.facts.caller_person_id or ""
    if not person_id or board.by_phone.is_locked(person_id, LOCK):
        await say(board, call, "setting_locked")
        return Outcome.DONE
    done, name = board.by_phone.sign_group(person_id, parameters.get("argument", ""))
    if done == "unknown":
        await say(board, call, "group_not_member")
    else:
        await say(board, call, f"group_signed_{done}" if name else f"groups_signed_{done}", {"name": name})
    return Outcome.DONE
