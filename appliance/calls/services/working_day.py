"""The working day and the opening hours, set by phone (STAT-1, TIME-4)."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.by_phone import HoursWish
from appliance.calls.call import Call
from appliance.calls.saying import say
from appliance.calls.services.handler import Handler
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome
from appliance.routing.world import DayState

_SAID = {
    DayState.STARTED: "day_started",
    DayState.ON_BREAK: "day_on_break",
    DayState.ENDED: "day_ended",
}


def working_day(wanted: DayState) -> Handler:
    """A service that starts, pauses or ends the caller's day; a break asked for again is over."""

    async def set_it(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
        person_id = call.facts.caller_person_id or ""
        paused = wanted is DayState.ON_BREAK and board.by_phone.day_of(person_id) is DayState.ON_BREAK
        state = DayState.STARTED if paused else wanted
        done = board.by_phone.set_day(person_id, state)
        await say(board, call, _SAID[state] if done else "day_not_used")
        return Outcome.DONE

    return set_it


def opening_hours(wish: HoursWish) -> Handler:
    """A service that opens or closes until further notice; asked for again, the hours are as set."""

    async def set_them(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
        person_id = call.facts.caller_person_id or ""
        if not person_id or board.by_phone.is_locked(person_id, "phone.hours"):
            await say(board, call, "setting_locked")
            return Outcome.DONE
        done, name = await board.by_phone.set_hours(wish, parameters.get("argument", ""), person_id)
        told = "refused" if done == "refused" else f"hours_{done}"
        await say(board, call, told, {"name": name})
        return Outcome.DONE

    return set_them
