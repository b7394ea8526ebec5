"""The last caller: who rang the caller last, called back with a key."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.saying import ask_key, say
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome

CALL_BACK = "1"


async def last_caller(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Say the number that called last; call it when 1 is pressed."""
    me = call.party_of(call.caller)
    number = await board.last_caller(me.person_id or "")
    if number is None:
        await say(board, call, "last_caller_none")
        return Outcome.DONE
    if not number:
        await say(board, call, "last_caller_withheld")
        return Outcome.DONE
    call.caller.media.forget_digits()
    await say(board, call, "last_caller_is", {"number": board.written(number)})
    if await ask_key(board, call, "last_caller_keys") != CALL_BACK:
        return Outcome.DONE
    call.send_on(call.caller, board.facts_of_transfer(me, me, number))
    return await call.follow(to_the_end=True)
