"""The room of a conference: who sits in it, hears all the others, and what they ask for from their seats."""

from __future__ import annotations

from asyncio import Queue, Task, wait
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from appliance.calls.audio_watch import until_silent, watch_audio
from appliance.calls.call import Call, Party
from appliance.calls.consulting import code_pressed, is_ours
from appliance.calls.hold import HOLDS, entertain
from appliance.calls.speaking import OURS, is_heard
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.transfer import Attended, Loan, decline, wished
from appliance.calls.until_first import until_first
from appliance.configuration.star_codes import Action
from appliance.legs.audio import Seat
from appliance.legs.leg import CallerLeg
from appliance.legs.referral import Referral
from appliance.routing.trail import Reason


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody has pressed a code: they want to bring in one more, or to send somebody in their place."""

    action: Action


# A loan: somebody has come in the place of the leg, so that there is one more to listen to.
Wish = Referral | Attended | Pressed | Loan
Wishes = Queue[tuple[CallerLeg, Wish]]


class ConferenceRoom:
    """Seats for the parties of a call, each a task of `group`; `taken` keeps what guests need to the end."""

    def __init__(self, board: Switchboard, call: Call, group: TaskGroup, taken: ExitStack) -> None:
        self.board = board
        self.call = call
        self.taken = taken
        self._group = group
        self._mixer = board.conference()
        self._wishes: Wishes = Queue()
        self._sitting: dict[int, Task[None]] = {}
        self._loans: dict[int, Loan] = {}

    @property
    def there(self) -> tuple[CallerLeg, ...]:
        """Who has not left; whoever consults somebody is there still."""
        return tuple(leg for leg in self.call.conference if not leg.has_ended)

    # Who comes and goes.

    def seat(self, leg: CallerLeg) -> None:
        """Let somebody hear the others and be heard, until they hang up or rise."""
        self._sitting[id(leg)] = self._group.create_task(self._sit(leg))

    def take_in(self, leg: CallerLeg, party: Party, by: Party, loan: Loan | None = None) -> None:
        """Seat somebody whom `by` brings in; one who is lent goes back when they leave."""
        self.call.joins_conference(leg, party, by)
        if loan is not None:
            self._loans[id(leg)] = loan
            # Told before the call that lends ends with its leg, and is kept.
            leg.when_ended(partial(self._give_back, leg))
            for each in self.there:
                if is_ours(self.call, each) and each is not leg:
                    loan.connected(self.call.party_of(each))
        self.seat(leg)
        self.tell()

    async def take_lent(self, loan: Loan, by: Party) -> bool:
        """Seat somebody whom another call lends; False when they have hung up meanwhile."""
        loan.story = "to_conference"
        self.taken.callback(loan.over.set)
        if not await loan.is_lent():
            return False
        self.take_in(loan.leg, loan.party, by, loan)
        return True

    def give_place(self, leg: CallerLeg, loan: Loan) -> bool:
        """Seat whom another call is about to lend in the place of `leg`; False when that has none here."""
        if leg not in self.there or not is_ours(self.call, leg):
            return False
        self._group.create_task(self._change_places(leg, loan))
        return True

    async def _change_places(self, leg: CallerLeg, loan: Loan) -> None:
        if await self.take_lent(loan, self.call.party_of(leg)):
            await self.let_go(leg)
            self._wishes.put_nowait((leg, loan))

    async def rise(self, leg: CallerLeg) -> None:
        """Take somebody's seat away: they hear nobody of the room, and are not heard."""
        task = self._sitting.pop(id(leg), None)
        if task is not None:
            task.cancel()
            await wait((task,))

    async def let_go(self, leg: CallerLeg) -> None:
        """Hang up on somebody whose place another has taken."""
        await self.rise(leg)
        self.leaves(leg)

    def leaves(self, leg: CallerLeg) -> None:
        """Somebody has left: what was theirs is released, and the story tells it."""
        if not self.call.leaves_conference(leg):
            return
        leg.close()
        self._give_back(leg)
        self.tell()

    def _give_back(self, leg: CallerLeg) -> None:
        loan = self._loans.pop(id(leg), None)
        if loan is not None:
            loan.tell(Reason("conference_left", {"by": _name(self.call, leg)}))
            loan.over.set()

    async def clear(self) -> None:
        """Take all seats away; those who have hung up have left."""
        sitting, self._sitting = tuple(self._sitting.values()), {}
        for task in sitting:
            task.cancel()
        if sitting:
            await wait(sitting)
        for leg in self.call.conference:
            if leg.has_ended:
                self.leaves(leg)
        while not self._wishes.empty():
            decline(self._wishes.get_nowait()[1])

    def tell(self) -> None:
        """Have the stories of all calls that take part say who is together, and since when."""
        if len(self.there) < 2:
            return
        code = "conference_of" if len(self.there) > 2 else "conference_two"
        who = ", ".join(_name(self.call, leg) for leg in self.there)
        reason = Reason(code, {"who": who, "at": f"{self.board.now():%H:%M}"})
        self.call.tell(reason)
        for loan in self._loans.values():
            loan.tell(reason)

    # What is awaited.

    async def asked(self) -> tuple[CallerLeg, Wish] | None:
        """What somebody asks for next; None when there is no reason to mix any longer."""
        listening = [self._listen(leg) for leg in self.there]
        return await until_first(
            self._wishes.get(), self._until_few(), until_silent(*self.there), beside=listening
        )

    async def _until_few(self) -> None:
        """Return once at most two are left, or nobody of the office."""
        while len(self.there) > 2 and any(is_ours(self.call, leg) for leg in self.there):
            await until_first(*(leg.wait_ended() for leg in self.there))

    async def until_alone(self, leg: CallerLeg) -> None:
        """Return once nobody but `leg` is left."""
        while others := [each for each in self.there if each is not leg]:
            await until_first(*(each.wait_ended() for each in others))

    async def keep_company(self, away: CallerLeg) -> None:
        """While `away` talks elsewhere: whoever is left alone meanwhile hears music."""
        while others := [each for each in self.there if each is not away]:
            music = [entertain(self.board, self.call, away, others[0])] if len(others) == 1 else []
            await until_first(*(each.wait_ended() for each in others), beside=music)

    # A seat.

    async def _sit(self, leg: CallerLeg) -> None:
        with self._mixer.take_part(leg.media) as seat, self._open_to_referrals(leg):
            beside = (self._adapt(leg, seat), watch_audio(self.board, self.call, (leg,)))
            await until_first(leg.wait_ended(), beside=beside)
        self.leaves(leg)

    async def _adapt(self, leg: CallerLeg, seat: Seat) -> None:
        """Agree on a codec that can be mixed, then answer session changes."""
        if leg.sound.direction in HOLDS:
            _is_held(self.call, leg, seat, True)
        await is_heard(leg)
        await answer_changes(self.call, leg, seat)

    @contextmanager
    def _open_to_referrals(self, leg: CallerLeg) -> Iterator[None]:
        leg.when_referred(partial(self._referred, leg))
        try:
            yield
        finally:
            leg.when_referred(None)

    def _referred(self, leg: CallerLeg, referral: Referral) -> None:
        wish = wished(self.board, self.call, leg, referral)
        if isinstance(wish, Attended):
            # Told when it is lent, which is before anybody takes it in.
            wish.loan.story = "to_conference"
            self.taken.callback(wish.loan.withdraw)
        self._wishes.put_nowait((leg, wish))

    async def _listen(self, leg: CallerLeg) -> None:
        """Wait for a code pressed on a phone of ours."""
        codes = self.board.configuration.codes_pressed()
        if not (codes and is_ours(self.call, leg)):
            return
        try:
            pressed = await code_pressed(leg, codes)
        except RuntimeError:
            # The port was closed: they have left.
            return
        self._wishes.put_nowait((leg, Pressed(codes[pressed])))


def _name(call: Call, leg: CallerLeg) -> str:
    party = call.party_of(leg)
    return party.name or party.number or leg.label


def _is_held(call: Call, leg: CallerLeg, seat: Seat, held: bool) -> None:
    seat.mute(held)
    call.holds(leg, held)


async def answer_changes(call: Call, leg: CallerLeg, seat: Seat | None) -> None:
    """Answer every session change of a leg; who holds is not heard, lest all hear their phone's music."""
    with leg.changes() as changes:
        while True:
            change = await changes.get()
            if change.accept(OURS) and seat is not None:
                _is_held(call, leg, seat, change.wanted.direction in HOLDS)
