"""Parking: a caller is put into a numbered place, hears music, and is taken out by any phone (RING-10).

A call sent to the park code is parked; who dials the code and a place takes the call out of it. Who dials
the code alone is told the place that their next call will have. After a time the call comes back to whoever
parked it.
"""

from __future__ import annotations

from asyncio import Future, timeout
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from appliance.calls.call import Call, Party
from appliance.calls.pick_up import PickUp, go_on_with, take
from appliance.calls.saying import say
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.configuration.office import PARK_PLACES, PARK_SECONDS
from appliance.routing.steps import Outcome, Speech
from appliance.routing.trail import Reason

# How long a place that was told is kept for who heard it.
RESERVED_SECONDS = 30.0


@dataclass(slots=True)
class Parked:
    """A call in a place, who put it there, and who takes it."""

    call: Call
    by: Party
    taken: Future[PickUp] = field(default_factory=Future)


@dataclass(slots=True)
class ParkingLot:
    """The places in use, by number, and those told to somebody (by person) but not used yet."""

    places: dict[str, Parked] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)

    def place_for(self, person_id: str, most: int) -> str | None:
        """The place that a person's next call gets: the one they were told, else the first that is free."""
        told = self.reserved.get(person_id)
        if told is not None and told not in self.places:
            return told
        taken = {*self.places, *self.reserved.values()}
        return next((str(place) for place in range(1, most + 1) if str(place) not in taken), None)

    @contextmanager
    def reserve(self, person_id: str, place: str) -> Iterator[None]:
        """Keep a place for somebody as long as the context lasts."""
        self.reserved[person_id] = place
        try:
            yield
        finally:
            if self.reserved.get(person_id) == place:
                del self.reserved[person_id]

    @contextmanager
    def occupy(self, place: str, parked: Parked) -> Iterator[None]:
        """Have a call stand in a place as long as the context lasts."""
        self.places[place] = parked
        parked.call.stands_in(place)
        try:
            yield
        finally:
            del self.places[place]
            parked.call.stands_in(None)


async def park(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """What the park code does: by whether the call was sent there, and whether a place was dialled."""
    place = parameters.get("argument", "")
    if call.facts.sent_by is not None:
        return await _park(board, call, place)
    call.caller.answer()
    call.stage("service", board.epoch())
    if place:
        return await _take_out(board, call, place)
    return await _tell_place(board, call)


async def _take_out(board: Switchboard, call: Call, place: str) -> Outcome | None:
    parked = board.parking.places.get(place)
    if parked is None or parked.taken.done():
        await say(board, call, "park_empty", {"number": place})
        return Outcome.DONE
    if not await take(board, call, parked.call, parked.taken, "unparked"):
        await say(board, call, "park_empty", {"number": place})
        return Outcome.DONE
    return None


async def _tell_place(board: Switchboard, call: Call) -> Outcome | None:
    """Tell the next place, and keep it while the caller stays, who is about to send a call there."""
    me = call.party_of(call.caller).person_id or ""
    place = board.parking.place_for(me, _most(board))
    if place is None:
        await say(board, call, "park_full")
        return Outcome.DONE
    with board.parking.reserve(me, place):
        await say(board, call, "park_place", {"number": place})
        try:
            async with timeout(RESERVED_SECONDS):
                await call.caller.wait_ended()
        except TimeoutError:
            pass
    return Outcome.DONE


async def _park(board: Switchboard, call: Call, place: str) -> Outcome | None:
    """Put the caller into a place until somebody takes them out, or the time is over."""
    person = board.configuration.people.get(call.facts.sent_by or "")
    if person is None:
        return Outcome.UNREACHABLE
    by = Party(person.extension, person.name, person.id)
    place = place or board.parking.place_for(person.id, _most(board)) or ""
    if not is_place(place, _most(board)) or place in board.parking.places:
        return Outcome.BUSY
    parked = Parked(call, by)
    with board.parking.occupy(place, parked):
        call.tell(Reason("parked", {"by": by.name, "place": place}))
        async with TaskGroup() as group:
            playing = group.create_task(_entertain(board, call))
            telling = group.create_task(_announce(board, call, place))
            taken = await _taken(parked, _seconds(board))
            playing.cancel()
            telling.cancel()
    if taken is not None:
        await go_on_with(board, call, taken)
        return None
    call.tell(Reason("park_over", {"by": by.name, "place": place}))
    who, language = call.party_of(call.caller), call.facts.language
    call.facts = board.facts_of_transfer(who, by, by.number, language)
    return await call.follow(to_the_end=True)


async def _entertain(board: Switchboard, call: Call) -> None:
    await call.caller.media.play(await board.music(), loop=True)


async def _announce(board: Switchboard, call: Call, place: str) -> None:
    """Tell whoever parked the call its place while they are still there, then let them go."""
    try:
        if call.report is not None:
            transferor = call.report[1]
            if not transferor.has_ended and await takes_words(transferor):
                speech = Speech(
                    prompt_name="park_done", language=call.facts.language, parameters={"number": place}
                )
                transferor.media.stop_tone()
                await transferor.media.play(await board.spoken(speech))
    finally:
        call.sent_on_has_arrived()


async def _taken(parked: Parked, seconds: float) -> PickUp | None:
    """Who takes the call out of its place; None when nobody has in that time."""
    try:
        async with timeout(seconds):
            while True:
                taken = await parked.taken
                if taken.accept():
                    return taken
                parked.taken = Future()
    except TimeoutError:
        return None


def is_place(dialled: str, most: int) -> bool:
    """Whether what was dialled after the code is the number of a place."""
    return dialled.isascii() and dialled.isdigit() and 1 <= int(dialled) <= most


def _most(board: Switchboard) -> int:
    office = board.configuration.office
    return office.park_places if office else PARK_PLACES


def _seconds(board: Switchboard) -> float:
    office = board.configuration.office
    return office.park_seconds if office else PARK_SECONDS
