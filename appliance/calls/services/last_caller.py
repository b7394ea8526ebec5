"""The last caller: who rang the caller last, called back or blocked with a key."""

from __future__ import annotations

from collections.abc import Mapping

from appliance import numbers
from appliance.calls.call import Call
from appliance.calls.saying import ask_key, say
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome

CALL_BACK = BLOCK = "1"
BLOCK_LOCK = "phone.block_callers"


async def last_caller(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Say the number that called last; call it when 1 is pressed."""
    me = call.party_of(call.caller)
    number = await _last_number(board, call)
    if not number:
        return Outcome.DONE
    call.caller.media.forget_digits()
    await say(board, call, "last_caller_is", {"number": board.written(number)})
    if await ask_key(board, call, "last_caller_keys") != CALL_BACK:
        return Outcome.DONE
    call.send_on(call.caller, board.facts_of_transfer(me, me, number, call.facts.language))
    return await call.follow(to_the_end=True)


async def block_caller(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Say the number that called last; let it through no more when 1 is pressed (IN-9)."""
    person_id = call.party_of(call.caller).person_id or ""
    if board.by_phone.is_locked(person_id, BLOCK_LOCK):
        await say(board, call, "setting_locked")
        return Outcome.DONE
    number = await _last_number(board, call)
    if not number:
        return Outcome.DONE
    call.caller.media.forget_digits()
    await say(board, call, "last_caller_is", {"number": board.written(number)})
    if not numbers.is_e164(number):
        await say(board, call, "caller_not_blocked")
    elif await ask_key(board, call, "block_caller_keys") == BLOCK:
        done = await board.by_phone.block(number, person_id)
        await say(board, call, "caller_blocked" if done else "caller_not_blocked")
    return Outcome.DONE


async def _last_number(board: Switchboard, call: Call) -> str:
    """Who called last; empty once it has been said that there is no number."""
    number = await board.last_caller(call.party_of(call.caller).person_id or "")
    if not number:
        await say(board, call, "last_caller_none" if number is None else "last_caller_withheld")
    return number or ""
