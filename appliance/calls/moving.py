"""Moving: somebody goes on with their call on another of their phones (INVITE with Replaces, RFC 3891).

The new phone's call borrows the leg of whom they talk to; the old phone is hung up.
"""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.calls.transfer import agree, borrow_opposite
from appliance.legs.leg import CallerLeg


def own_leg(call: Call, person_id: str | None) -> CallerLeg | None:
    """The leg by which somebody of the office talks in a call; None when they are not the one who does."""
    talk = call.conversation
    if talk is None or person_id is None:
        return None
    return next((leg for leg in (talk.one, talk.other) if call.party_of(leg).person_id == person_id), None)


async def move_here(board: Switchboard, call: Call, wanted: Call) -> bool:
    """Let the caller go on with the call they are in on another phone; False when they are in it no more."""
    me = call.party_of(call.caller)
    loan = borrow_opposite(wanted, own_leg(wanted, me.person_id), "moved")
    if loan is None:
        return False
    other = wanted.party_of(loan.leg)
    try:
        if not await loan.is_lent():
            return False
        call.picked_up(loan.leg, other, board.epoch(), "moves_here")
        call.caller.answer(loan.leg)
        await agree(loan.leg, call.caller)
        loan.connected(me)
        await call.talk(call.caller, loan.leg)
        return True
    finally:
        loan.over.set()
