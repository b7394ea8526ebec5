"""Transfers: one party of a conversation leaves, and the other goes on with somebody else (RFC 5589).

The party that stays hears the target ring. When nobody takes the call, it comes back to whoever transferred
it, who is rung again if they have hung up already.
"""

from __future__ import annotations

from asyncio import Event as Happening
from asyncio import Future, timeout
from collections.abc import Callable
from dataclasses import dataclass, field

from appliance.calls.call import Call, Party
from appliance.calls.consulting import is_ours
from appliance.calls.switchboard import Switchboard
from appliance.legs.leg import CallerLeg, Leg
from appliance.legs.referral import Referral
from appliance.legs.sessions import Sound, is_g711, taken
from appliance.routing.steps import Outcome
from appliance.routing.trail import Reason

# What the transferor's phone is told when the target does not take the call.
STATUSES = {
    Outcome.BUSY: 486,
    Outcome.DECLINED: 603,
    Outcome.NO_ANSWER: 480,
    Outcome.UNREACHABLE: 404,
    Outcome.NO_SUCH_NUMBER: 404,
}
TRYING, OK, DECLINED = 100, 200, 603
LOAN_SECONDS = 3.0


@dataclass(slots=True)
class Loan:
    """A leg that one call lends to another: its own call waits for `over`, so that ownership never moves.

    `party` is at its far side. `connected` tells the call that lends who talks to the leg from then on,
    `story` is what its story says first, `tell` adds to it.
    """

    leg: CallerLeg
    story: str = "transferred"
    ready: Future[None] = field(default_factory=Future)
    over: Happening = field(default_factory=Happening)
    connected: Callable[[Party], object] = lambda _: None
    party: Party = field(default_factory=Party)
    tell: Callable[[Reason], object] = lambda _: None

    async def is_lent(self) -> bool:
        """Whether the leg is there; False when its far side has hung up meanwhile, and nobody lends it."""
        try:
            async with timeout(LOAN_SECONDS):
                await self.ready
        except TimeoutError:
            return False
        return True

    def withdraw(self) -> None:
        """Have the leg given back, or not lent at all where that is still to come; may be called again."""
        self.ready.cancel()
        self.over.set()


@dataclass(frozen=True, slots=True)
class Attended:
    """A wish to have the party talk to whom the transferor talks to in another call, asked for their leg."""

    referral: Referral
    loan: Loan


def decline(wish: object) -> bool:
    """Tell the phone that asked that nothing comes of it; False when the wish is no referral."""
    if isinstance(wish, Attended):
        wish.loan.withdraw()
        wish = wish.referral
    if not isinstance(wish, Referral):
        return False
    wish.done(DECLINED)
    return True


def wished(board: Switchboard, call: Call, leg: CallerLeg, referral: Referral) -> Referral | Attended:
    """What a referral asks for, whom its phone has consulted asked for at once: it may hang up on them."""
    if referral.replaces is None or not is_ours(call, leg):
        return referral
    loan = board.borrow(referral.replaces, leg)
    return Attended(referral, loan) if loan is not None else referral


def borrow_opposite(call: Call, leg: object, story: str = "transferred") -> Loan | None:
    """Ask the conversation of a call for the leg opposite to one of it; None when that leg is not in it."""
    talk = call.conversation
    if talk is None or leg not in (talk.one, talk.other):
        return None
    mine = talk.one if leg is talk.one else talk.other
    opposite = talk.opposite(mine)
    loan = Loan(opposite, story, party=call.party_of(opposite), tell=call.tell)
    call.lead(loan.leg)
    talk.wishes.put_nowait((mine, loan))
    return loan


async def transfer(
    board: Switchboard, call: Call, wish: Referral, transferor: CallerLeg, party: CallerLeg
) -> bool:
    """Carry out what `transferor` asks for `party`; False when the two go on talking to each other."""
    by = call.party_of(transferor)
    if not is_ours(call, transferor):
        wish.done(DECLINED)
        return False
    call.lead(party)
    if wish.replaces is not None:
        # Whom the transferor talked to has answered only a moment ago.
        if (found := board.borrow(wish.replaces, transferor)) is not None:
            return await join(board, call, Attended(wish, found), transferor, party)
        loan = Loan(party, "to_conference", party=call.party_of(party), tell=call.tell)
        if board.give_place(wish.replaces, transferor, loan):
            wish.done(OK)
            return await lend(call, loan, transferor)
        # The target is still ringing for the transferor: it rings for the party instead.
        board.stop_calling(wish.replaces, transferor)
    return await send_on(board, call, wish, transferor, party, by)


async def lend(call: Call, loan: Loan, mine: Leg) -> bool:
    """Give a leg of this conversation to another call until that is over; `mine` leaves.

    False when nobody waits for it any more: the two go on talking.
    """
    if loan.ready.done():
        return False
    call.lead(loan.leg)
    call.story_moves(loan.story, call.party_of(mine))
    mine.close()
    if loan.leg is call.caller or call.answered_by_line:
        # Whoever was reached from outside goes over to somebody else; who is consulted stays who they are.
        loan.connected = call.goes_over_to
    loan.ready.set_result(None)
    await loan.over.wait()
    return True


async def join(
    board: Switchboard, call: Call, attended: Attended, transferor: CallerLeg, party: CallerLeg
) -> bool:
    """Attended: the one the transferor has been talking to takes their place. False as of `transfer`."""
    wish, loan = attended.referral, attended.loan
    call.lead(party)
    try:
        if not await loan.is_lent():
            wish.done(STATUSES[Outcome.UNREACHABLE])
            return False
        call.lead(party)
        call.story_moves("transferred", call.party_of(transferor))
        wish.done(OK)
        transferor.close()
        await agree(party, loan.leg)
        call.talks_to(loan.leg, loan.party)
        loan.connected(call.party_of(party))
        await call.talk(party, loan.leg)
        return True
    finally:
        loan.withdraw()


async def send_on(
    board: Switchboard, call: Call, wish: Referral, transferor: CallerLeg, party: CallerLeg, by: Party
) -> bool:
    """Blind: the party is sent to the target, as if it had called there."""
    before = call.standing
    language = before.facts.language
    call.send_on(party, board.facts_of_transfer(call.party_of(party), by, wish.target, language))
    call.story_moves("sent_on", by, wish.target)
    call.report = (wish, transferor)
    wish.progress(TRYING)
    outcome = await call.follow()
    if outcome is None:
        return True
    call.report = None
    wish.done(STATUSES.get(outcome, 480))
    call.story_moves("came_back", by, wish.target)
    if transferor.has_ended:
        # Nobody is lost: whoever sent the call on is called back, and after them their own unanswered path.
        call.facts = board.facts_of_transfer(call.party_of(party), by, by.number, language)
        await call.follow(to_the_end=True)
        return True
    call.comes_back(before)
    return False


async def agree(one: Leg, other: Leg) -> None:
    """See that two legs set up apart understand each other, whichever of its codecs each of them sends.

    Where they have codecs in common, who has agreed on more is asked for these alone. Else whoever does not
    speak G.711 is asked first: a line often knows nothing else.
    """
    for leg in (one, other):
        await leg.settled()
    mine, theirs = one.sound.codecs, other.sound.codecs
    if not (mine and theirs):
        return
    if not taken(mine, theirs):
        asked, stays = (one, other) if is_g711(theirs[0]) else (other, one)
        if not isinstance(await asked.propose(Sound(stays.sound.codecs)), Sound):
            await stays.propose(Sound(asked.sound.codecs))
    for leg, opposite in ((one, other), (other, one)):
        heard = taken(leg.sound.codecs, opposite.sound.codecs)
        if heard and heard != leg.sound.codecs:
            await leg.propose(Sound(heard))
