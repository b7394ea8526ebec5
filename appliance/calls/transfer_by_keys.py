"""Transfers by keys pressed during a call, for phones that have no key for it (RING-10).

A person of ours presses a code, hears the dial tone and dials, while the other party hears music. Blind: the
other is sent there. Attended: the two talk first; hanging up connects, `*` comes back. Keys of strangers mean
nothing: only phones of ours are listened to. A third code, pressed while they talk to the target, brings all
three together.
"""

from __future__ import annotations

from asyncio import Queue
from contextlib import ExitStack
from dataclasses import dataclass

from appliance.calls.call import Call, Party
from appliance.calls.conference import confer
from appliance.calls.consulting import (
    code_pressed,
    is_ours,
    number_dialled,
    reached_for,
    talk_it_over,
    tell_failure,
    tone,
)
from appliance.calls.hold import entertain
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.transfer import Attended, Loan, agree, send_on
from appliance.calls.until_first import until_first
from appliance.configuration.star_codes import Action
from appliance.legs.leg import CalleeLeg, CallerLeg
from appliance.legs.referral import Referral
from appliance.routing.steps import Outcome
from appliance.sip.refer import Refer


@dataclass(frozen=True, slots=True)
class KeyedTransfer:
    """Somebody has pressed a code: `attended` when they want to talk to the target first."""

    attended: bool


Wishes = Queue[tuple[CallerLeg, Referral | Attended | Loan | KeyedTransfer]]


async def listen_for_codes(
    board: Switchboard, call: Call, leg: CallerLeg, other: CallerLeg, wishes: Wishes
) -> None:
    """Wait for a code pressed on a leg of ours; everything else that is pressed is left to the other."""
    codes = board.configuration.codes_pressed()
    if not (codes and is_ours(call, leg)):
        return
    try:
        pressed = await code_pressed(leg, codes)
    except RuntimeError:
        # The port was closed: the call is over.
        return
    wishes.put_nowait((leg, KeyedTransfer(codes[pressed] is not Action.TRANSFER)))


async def transfer_by_keys(
    board: Switchboard, call: Call, wish: KeyedTransfer, transferor: CallerLeg, party: CallerLeg
) -> bool:
    """Carry out what a code began; False when the two go on talking to each other."""
    call.lead(party)
    for leg in (transferor, party):
        await takes_words(leg)
    target = await _with_music(board, call, transferor, party)
    if transferor.has_ended:
        return True
    if not target:
        return False
    if wish.attended:
        return await _consult(board, call, transferor, party, target)
    return await _send(board, call, transferor, party, target)


async def _with_music(board: Switchboard, call: Call, transferor: CallerLeg, party: CallerLeg) -> str:
    """What the transferor dials while the other hears music; empty when they want to go back, or leave."""
    music = entertain(board, call, transferor, party)
    dialled = await until_first(number_dialled(board, transferor), transferor.wait_ended(), beside=(music,))
    return dialled or ""


async def _send(board: Switchboard, call: Call, transferor: CallerLeg, party: CallerLeg, target: str) -> bool:
    """Blind: the transferor hears ringing as well, until somebody answers; they may hang up at once."""
    by = call.party_of(transferor)
    wish = Referral(Refer(target, quiet=True), lambda body, headers: None)
    with tone(board, transferor, "ringback"):
        is_over = await send_on(board, call, wish, transferor, party, by)
    if not is_over:
        await tell_failure(board, call, transferor)
    return is_over


async def _consult(
    board: Switchboard, call: Call, transferor: CallerLeg, party: CallerLeg, target: str
) -> bool:
    """Attended: the transferor talks to the target while the party hears music, then leaves or comes back."""
    by, before = call.party_of(transferor), call.standing
    with ExitStack() as taken:
        async with TaskGroup() as group:
            music = group.create_task(entertain(board, call, transferor, party))
            call.send_on(transferor, board.facts_of_transfer(by, by, target, before.facts.language))
            call.lead(party)
            leg = await reached_for(board, call, transferor, taken)
            end = (
                "comes back" if isinstance(leg, Outcome) else await talk_it_over(board, call, transferor, leg)
            )
            music.cancel()
        call.comes_back(before)
        if not isinstance(leg, Outcome) and end == "leaves":
            return await _connect(board, call, by, party, leg, target)
        if not isinstance(leg, Outcome) and end == "joins all":
            await confer(board, call, by, (party, transferor, leg))
            return True
    if transferor.has_ended:
        # They have left while it was still ringing: it rings for the party.
        return await _send(board, call, transferor, party, target)
    if isinstance(leg, Outcome) and leg is not Outcome.CALLER_LEFT:
        await tell_failure(board, call, transferor)
    return False


async def _connect(
    board: Switchboard, call: Call, by: Party, party: CallerLeg, target: CalleeLeg, dialled: str
) -> bool:
    """The transferor has left: the other two talk."""
    language = call.facts.language
    call.send_on(party, board.facts_of_transfer(call.party_of(party), by, dialled, language))
    call.story_moves("transferred", by)
    call.answered_by(target, board.epoch())
    call.talks_to(target, board.party_of(target))
    await agree(party, target)
    await call.talk(party, target)
    return True
