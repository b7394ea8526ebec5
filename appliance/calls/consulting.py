"""Consulting: somebody of ours presses keys during a call to reach another, and talks to them first.

The dial tone, the number as it is dialled, the ringing, and what is pressed while the two talk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Literal

from appliance.calls.answering import first_answer
from appliance.calls.call import Call
from appliance.calls.noting import note, note_in_vain
from appliance.calls.saying import key_within, play_while_there
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.until_first import Work, until_first
from appliance.configuration.extension_ranges import has_beginning, holds
from appliance.configuration.star_codes import Action
from appliance.legs.leg import CalleeLeg, CallerLeg
from appliance.routing.decide import next_step
from appliance.routing.steps import Outcome, Ring, Speech

# How long the next key of a code, the first key of a number and each after it may take.
CODE_SECONDS, FIRST_SECONDS, NEXT_SECONDS = 2.0, 10.0, 3.0
CANCEL, END = "*", "#"


def is_ours(call: Call, leg: CallerLeg) -> bool:
    """Whether a leg is a phone of somebody of the office."""
    return call.party_of(leg).person_id is not None and getattr(leg, "line_id", None) is None


async def code_pressed(leg: CallerLeg, codes: Collection[str]) -> str:
    """Wait for one of the codes; every other key is let be. Raises RuntimeError when the port closes."""
    pressed = ""
    leg.media.forget_digits()
    while pressed not in codes:
        key = await key_within(leg, CODE_SECONDS) if pressed else await leg.media.next_digit()
        pressed = pressed + key if key else ""
        while pressed and not any(code.startswith(pressed) for code in codes):
            pressed = pressed[1:]
    return pressed


async def number_dialled(board: Switchboard, transferor: CallerLeg) -> str:
    """The number dialled after the dial tone: to `#`, a pause, or an extension that can't go on."""
    with tone(board, transferor, "dial"):
        dialled = await key_within(transferor, FIRST_SECONDS)
    while dialled and not _is_whole(board, dialled):
        key = await key_within(transferor, NEXT_SECONDS)
        if key in ("", END):
            break
        dialled += key
    return "" if dialled.startswith(END) or not dialled.strip(CANCEL) else dialled


def _is_whole(board: Switchboard, dialled: str) -> bool:
    if dialled == CANCEL * 2:
        return True
    configuration = board.configuration
    extensions = configuration.extensions()
    longer = any(each != dialled and each.startswith(dialled) for each in extensions)
    there = [each for line in configuration.lines.values() for each in line.extensions_there]
    longer = longer or any(has_beginning(each, dialled) and not holds(each, dialled) for each in there)
    known = dialled in extensions or configuration.line_there(dialled) is not None
    return known and not longer


@contextmanager
def tone(board: Switchboard, leg: CallerLeg, name: str) -> Iterator[None]:
    """Give a tone as long as the context lasts."""
    leg.media.start_tone(name, board.tones)
    try:
        yield
    finally:
        leg.media.stop_tone()


async def tell_failure(
    board: Switchboard, call: Call, leg: CallerLeg, prompt: str = "transfer_failed"
) -> None:
    """Tell somebody of ours, in their language, that it went wrong."""
    if await takes_words(leg):
        speech = Speech(prompt_name=prompt, language=_language(board, call, leg))
        await play_while_there(leg, await board.spoken(speech))


def _language(board: Switchboard, call: Call, leg: CallerLeg) -> Any:
    person = board.configuration.people.get(call.party_of(leg).person_id or "")
    return (person.language if person else None) or call.facts.language


async def reached_for(
    board: Switchboard, call: Call, transferor: CallerLeg, taken: ExitStack
) -> CalleeLeg | Outcome:
    """Ring the target while the transferor hears it; CALLER_LEFT when they cancel or hang up meanwhile."""
    with tone(board, transferor, "ringback"):
        return await reached(board, call, taken, partial(_cancels, transferor), transferor.wait_ended)


async def reached(
    board: Switchboard, call: Call, taken: ExitStack, *ends: Callable[[], Work]
) -> CalleeLeg | Outcome:
    """Ring whom the facts of the call lead to; CALLER_LEFT when one of `ends` comes first."""
    outcome: Outcome = Outcome.UNREACHABLE
    decision = next_step(board.plan, call.facts, board.world(), board.now())
    while isinstance(step := decision.step, Ring):
        note(board, call, decision)
        legs = [taken.enter_context(leg) for leg in board.legs_towards(step, call)]
        call.rings(tuple(legs))
        answer = await _answer_unless(board, step, legs, ends)
        call.rings(())
        if not isinstance(answer, Outcome):
            for leg in legs:
                if leg is not answer:
                    leg.close()
            return answer
        outcome = answer
        if outcome is Outcome.CALLER_LEFT:
            return outcome
        decision = next_step(board.plan, call.facts, board.world(), board.now(), decision.position, outcome)
    note_in_vain(board, call, decision)
    return outcome


async def _answer_unless(
    board: Switchboard, step: Ring, legs: Sequence[CalleeLeg], ends: Sequence[Callable[[], Work]]
) -> CalleeLeg | Outcome:
    if not legs:
        return Outcome.UNREACHABLE
    answer = await until_first(first_answer(board, legs, step.seconds), *(end() for end in ends))
    return Outcome.CALLER_LEFT if answer is None else answer


async def _cancels(leg: CallerLeg) -> None:
    """Return when the key that cancels is pressed."""
    leg.media.forget_digits()
    while await leg.media.next_digit() != CANCEL:
        continue


Decision = Literal["leaves", "comes back", "joins all"]


async def talk_it_over(board: Switchboard, call: Call, transferor: CallerLeg, target: CalleeLeg) -> Decision:
    """Let the two talk until the transferor leaves, comes back to their call, or brings all together."""
    with board.join(transferor.media, target.media), call.consults(target, board.party_of(target)):
        pressed = await until_first(_decides(board, transferor), transferor.wait_ended(), target.wait_ended())
    if target.has_ended or (pressed == "comes back" and not transferor.has_ended):
        return "comes back"
    return "leaves" if transferor.has_ended or pressed is None else pressed


async def _decides(board: Switchboard, leg: CallerLeg) -> Decision:
    """What is pressed while the two talk: the code of a conference, or the key that cancels."""
    code = board.configuration.star_codes.code(Action.CONFERENCE) or ""
    leg.media.forget_digits()
    pressed = ""
    while True:
        key = await key_within(leg, CODE_SECONDS) if pressed else await leg.media.next_digit()
        if not key and pressed.startswith(CANCEL):
            return "comes back"
        pressed = pressed + key if key else ""
        while pressed and not code.startswith(pressed):
            if pressed.startswith(CANCEL):
                return "comes back"
            pressed = pressed[1:]
        if pressed and pressed == code:
            return "joins all"
