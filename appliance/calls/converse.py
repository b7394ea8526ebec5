"""Conversation: two legs joined until one of them ends, their session changes passed across."""

from __future__ import annotations

from asyncio import Queue
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from appliance.calls.audio_watch import until_silent, watch_audio
from appliance.calls.call import Call, Conversation
from appliance.calls.hold import answer_changes
from appliance.calls.switchboard import Switchboard
from appliance.calls.transfer import Attended, Loan, agree, decline, join, lend, transfer, wished
from appliance.calls.transfer_by_keys import KeyedTransfer, Wishes, listen_for_codes, transfer_by_keys
from appliance.calls.until_first import until_first
from appliance.legs.leg import CalleeLeg, CallerLeg
from appliance.legs.referral import Referral


@contextmanager
def early_media(board: Switchboard, caller: CallerLeg, callee: CalleeLeg) -> Iterator[None]:
    """Let the caller hear what the far end sends before it answers (its own ringback, its refusal)."""
    caller.open_early(callee)
    # Who was answered before hears a ringback of ours until now; it would drown the far end's words.
    caller.media.stop_tone()
    with board.join(caller.media, callee.media):
        yield


async def converse(board: Switchboard, call: Call, callee: CalleeLeg) -> None:
    """Join caller and callee until the callee hangs up; the caller's hang-up cancels us.

    It ends too when neither has been heard for long: both may have lost their power, and say no BYE.
    """
    call.know(callee, board.party_of(callee))
    call.caller.answer(callee)
    await talk(board, call, call.caller, callee)


async def talk(board: Switchboard, call: Call, one: CallerLeg, other: CallerLeg) -> None:
    """Join two legs until `other` ends, one of them is sent elsewhere, or both have vanished."""
    conversation = Conversation(one, other, Queue())
    try:
        await _talk(board, call, conversation)
    finally:
        for loan in conversation.loans:
            loan.withdraw()


async def _talk(board: Switchboard, call: Call, conversation: Conversation) -> None:
    one, other, wishes = conversation.one, conversation.other, conversation.wishes
    while True:
        with board.join(one.media, other.media), _open_to_wishes(board, call, conversation):
            asked = await _until_ended(board, call, one, other, wishes)
        if asked is None:
            call.ended_by = "callee" if other.has_ended else "box"
            return
        asking, wish = asked
        _decline_others(wishes)
        opposite = conversation.opposite(asking)
        if isinstance(wish, Loan):
            is_over = await lend(call, wish, asking)
        elif isinstance(wish, Attended):
            is_over = await join(board, call, wish, asking, opposite)
        elif isinstance(wish, KeyedTransfer):
            is_over = await transfer_by_keys(board, call, wish, asking, opposite)
        else:
            is_over = await transfer(board, call, wish, asking, opposite)
        if is_over:
            return
        call.lead(one)
        await agree(one, other)


def _decline_others(wishes: Wishes) -> None:
    """Of two who send each other on at once, one is first: the other phone is told."""
    for _ in range(wishes.qsize()):
        leg, wish = wishes.get_nowait()
        if not decline(wish):
            wishes.put_nowait((leg, wish))


@contextmanager
def _open_to_wishes(board: Switchboard, call: Call, conversation: Conversation) -> Iterator[None]:
    """Take what the two phones, or another call, want done, as long as the two talk."""
    legs = (conversation.one, conversation.other)
    for leg in legs:
        leg.when_referred(partial(_referred, board, call, conversation, leg))
    call.conversation = conversation
    try:
        yield
    finally:
        call.conversation = None
        for leg in legs:
            leg.when_referred(None)


def _referred(
    board: Switchboard, call: Call, conversation: Conversation, leg: CallerLeg, referral: Referral
) -> None:
    """Note a wish.

    Many phones hang up as soon as it is acknowledged, some of them in both of their calls: that must end
    neither the other party's call nor that of whom they have been talking to.
    """
    call.lead(conversation.opposite(leg))
    wish = wished(board, call, leg, referral)
    if isinstance(wish, Attended):
        conversation.loans.append(wish.loan)
    conversation.wishes.put_nowait((leg, wish))


async def _until_ended(
    board: Switchboard,
    call: Call,
    one: CallerLeg,
    other: CallerLeg,
    wishes: Wishes,
) -> tuple[CallerLeg, Referral | Attended | Loan | KeyedTransfer] | None:
    """Let the two talk; returns what one of them asks for, None when it is over."""
    with one.changes() as ones_changes, other.changes() as others_changes:
        # What was asked as the other hung up is still to be done.
        return await until_first(
            wishes.get(),
            other.wait_ended(),
            until_silent(one, other),
            beside=(
                answer_changes(board, call, ones_changes, one, other),
                answer_changes(board, call, others_changes, other, one),
                watch_audio(board, call, (one, other)),
                listen_for_codes(board, call, one, other, wishes),
                listen_for_codes(board, call, other, one, wishes),
            ),
        )
