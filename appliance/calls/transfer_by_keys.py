"""Transfers by keys pressed during a call, for phones that have no key for it (RING-10).

A person of ours presses a code, hears the dial tone and dials, while the other party hears music. Blind: the
other is sent there. Attended: the two talk first; hanging up connects, `*` comes back. Keys of strangers mean
nothing: only phones of ours are listened to. A third code, pressed while they talk to the target, brings all
three together.
"""

from __future__ import annotations

from asyncio import Queue
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from appliance.calls.answering import first_answer
from appliance.calls.call import Call, Party
from appliance.calls.conference import confer
from appliance.calls.hold import entertain
from appliance.calls.saying import key_within, play_while_there
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.transfer import Loan, agree, send_on
from appliance.calls.until_first import until_first
from appliance.configuration.extension_ranges import has_beginning, holds
from appliance.configuration.star_codes import Action
from appliance.legs.leg import CalleeLeg, CallerLeg
from appliance.legs.referral import Referral
from appliance.routing.decide import next_step
from appliance.routing.steps import Outcome, Ring, Speech
from appliance.sip.refer import Refer

# How long the next key of a code, the first key of a number and each after it may take.
CODE_SECONDS, FIRST_SECONDS, NEXT_SECONDS = 2.0, 10.0, 3.0
CANCEL, END = "*", "#"


@dataclass(frozen=True, slots=True)
class KeyedTransfer:
    """Somebody has pressed a code: `attended` when they want to talk to the target first."""

    attended: bool


Wishes = Queue[tuple[CallerLeg, Referral | Loan | KeyedTransfer]]


async def listen_for_codes(
    board: Switchboard, call: Call, leg: CallerLeg, other: CallerLeg, wishes: Wishes
) -> None:
    """Wait for a code pressed on a leg of ours; everything else that is pressed is left to the other."""
    codes = board.configuration.codes_pressed()
    if not (codes and _is_ours(call, leg) and leg.can_be_spoken_to and other.can_be_spoken_to):
        return
    pressed = ""
    leg.media.forget_digits()
    try:
        while pressed not in codes:
            key = await key_within(leg, CODE_SECONDS) if pressed else await leg.media.next_digit()
            pressed = pressed + key if key else ""
            while pressed and not any(code.startswith(pressed) for code in codes):
                pressed = pressed[1:]
    except RuntimeError:
        # The port was closed: the call is over.
        return
    wishes.put_nowait((leg, KeyedTransfer(codes[pressed] is not Action.TRANSFER)))


def _is_ours(call: Call, leg: CallerLeg) -> bool:
    return call.party_of(leg).person_id is not None and getattr(leg, "line_id", None) is None


async def transfer_by_keys(
    board: Switchboard, call: Call, wish: KeyedTransfer, transferor: CallerLeg, party: CallerLeg
) -> bool:
    """Carry out what a code began; False when the two go on talking to each other."""
    call.lead(party)
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
    dialled = await until_first(_dialled(board, transferor), transferor.wait_ended(), beside=(music,))
    return dialled or ""


async def _dialled(board: Switchboard, transferor: CallerLeg) -> str:
    """The number dialled after the dial tone: to `#`, a pause, or an extension that can't go on."""
    with _tone(board, transferor, "dial"):
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
def _tone(board: Switchboard, leg: CallerLeg, name: str) -> Iterator[None]:
    leg.media.start_tone(name, board.tones)
    try:
        yield
    finally:
        leg.media.stop_tone()


async def _send(board: Switchboard, call: Call, transferor: CallerLeg, party: CallerLeg, target: str) -> bool:
    """Blind: the transferor hears ringing as well, until somebody answers; they may hang up at once."""
    by = call.party_of(transferor)
    wish = Referral(Refer(target, quiet=True), lambda body, headers: None)
    with _tone(board, transferor, "ringback"):
        is_over = await send_on(board, call, wish, transferor, party, by)
    if not is_over:
        await _tell_failure(board, call, transferor)
    return is_over


async def _tell_failure(board: Switchboard, call: Call, transferor: CallerLeg) -> None:
    speech = Speech(prompt_name="transfer_failed", language=_language(board, call, transferor))
    await play_while_there(transferor, await board.spoken(speech))


def _language(board: Switchboard, call: Call, leg: CallerLeg) -> Any:
    person = board.configuration.people.get(call.party_of(leg).person_id or "")
    return (person.language if person else None) or call.facts.language


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
            leg = await _reached(board, call, transferor, taken)
            end = "comes back" if isinstance(leg, Outcome) else await _talk_it_over(board, transferor, leg)
            music.cancel()
        call.comes_back(before)
        if not isinstance(leg, Outcome) and end == "leaves":
            return await _connect(board, call, by, party, leg, target)
        if not isinstance(leg, Outcome) and end == "joins all":
            call.know(leg, board.party_of(leg))
            await confer(board, call, by, (party, transferor, leg))
            return True
    if transferor.has_ended:
        # They have left while it was still ringing: it rings for the party.
        return await _send(board, call, transferor, party, target)
    if isinstance(leg, Outcome) and leg is not Outcome.CALLER_LEFT:
        await _tell_failure(board, call, transferor)
    return False


async def _reached(
    board: Switchboard, call: Call, transferor: CallerLeg, taken: ExitStack
) -> CalleeLeg | Outcome:
    """Ring the target for the transferor; CALLER_LEFT when they cancel or hang up meanwhile."""
    outcome: Outcome = Outcome.UNREACHABLE
    decision = next_step(board.plan, call.facts, board.world(), board.now())
    with _tone(board, transferor, "ringback"):
        while isinstance(step := decision.step, Ring):
            call.note(decision)
            legs = [taken.enter_context(leg) for leg in board.legs_towards(step, call)]
            call.rings(tuple(legs))
            answer = await _answer_unless_cancelled(board, step, legs, transferor)
            call.rings(())
            if not isinstance(answer, Outcome):
                for leg in legs:
                    if leg is not answer:
                        leg.close()
                return answer
            outcome = answer
            if outcome is Outcome.CALLER_LEFT:
                break
            decision = next_step(
                board.plan, call.facts, board.world(), board.now(), decision.position, outcome
            )
    return outcome


async def _answer_unless_cancelled(
    board: Switchboard, step: Ring, legs: list[CalleeLeg], transferor: CallerLeg
) -> CalleeLeg | Outcome:
    if not legs:
        return Outcome.UNREACHABLE
    answering = first_answer(board, legs, step.seconds)
    answer = await until_first(answering, _cancels(transferor), transferor.wait_ended())
    return Outcome.CALLER_LEFT if answer is None else answer


async def _cancels(leg: CallerLeg) -> None:
    """Return when the key that cancels is pressed."""
    leg.media.forget_digits()
    while await leg.media.next_digit() != CANCEL:
        continue


Decision = Literal["leaves", "comes back", "joins all"]


async def _talk_it_over(board: Switchboard, transferor: CallerLeg, target: CalleeLeg) -> Decision:
    """Let the two talk until the transferor leaves, comes back to their call, or brings all together."""
    with board.join(transferor.media, target.media):
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
