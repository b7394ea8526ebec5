"""What people set for themselves by phone; each change is said back, or why it was refused."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.saying import say
from appliance.calls.services.handler import Handler
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome


def do_not_disturb(wanted: bool | None) -> Handler:
    """A service that sets do-not-disturb; None turns it the other way round."""

    async def set_it(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
        person_id = call.facts.caller_person_id or ""
        if board.by_phone.is_locked(person_id, "people.do_not_disturb"):
            await say(board, call, "setting_locked")
            return Outcome.DONE
        before = board.setting("people", person_id, "do_not_disturb")
        value = not before if wanted is None else wanted
        done = await board.change_settings("people", person_id, {"do_not_disturb": value})
        told = "do_not_disturb_on" if value else "do_not_disturb_off"
        await say(board, call, told if done else "refused")
        return Outcome.DONE

    return set_it
