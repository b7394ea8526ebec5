"""Codes said to people's mobiles: the call, the words, and what is typed back (OUT-2)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from appliance.calls.saying import play_while_there
from appliance.configuration.fields import Language
from appliance.configuration.people import Person, VerifiedNumber
from appliance.control.attempts import Attempts
from appliance.control.mobile_code_desk import NoCode, WrongCode
from appliance.routing.mobile_codes import (
    DIGITS,
    VALID_SECONDS,
    MobileCode,
    facts_of_code,
    ring_mobile,
    words,
)
from appliance.routing.steps import Ring, Speech
from appliance.runtime.tokens import digits

if TYPE_CHECKING:
    from appliance.runtime.box import Box

log = logging.getLogger(__name__)

# So many codes an hour for one person, so that nobody has a stranger's phone rung all day.
MOST_CALLS = {"seconds": 3600, "calls": 5}
# 16-bit samples of 8 kHz: before the words, and after each of them.
FIRST_SILENCE = bytes(2 * 8000)
PAUSE = bytes(2 * 2400)


class MobileCodes:
    """Implements `control.mobile_code_desk.MobileCodeDesk`; codes are held in memory alone."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._codes: dict[str, MobileCode] = {}
        self._calls = Attempts(MOST_CALLS["seconds"])

    def pending(self, person_id: str) -> MobileCode | None:
        """The code that is expected from a person."""
        person, code = self._box.configuration.people.get(person_id), self._codes.get(person_id)
        mobile = person.mobile if person else None
        if code is not None and not code.holds(mobile, self._box.monotonic()):
            self.over(person_id)
            return None
        return code

    def say(self, person_id: str) -> None:
        """Call the person's mobile and say a code; raises NoCode."""
        box, now = self._box, self._box.monotonic()
        person = box.configuration.people.get(person_id)
        if person is None or not person.mobile:
            raise NoCode("no_mobile")
        if person.mobile in box.plan.number_ids:
            raise NoCode("mobile_is_ours")
        pending = self.pending(person_id)
        if pending is not None and pending.state == "calling":
            raise NoCode("code_on_its_way")
        limits = {person_id: MOST_CALLS["calls"]}
        if seconds := self._calls.wait(limits, now):
            raise NoCode("too_many_attempts", seconds)
        step = ring_mobile(box.plan, person, box.world(), box.now())
        if step is None:
            raise NoCode("mobile_not_callable")
        self._calls.failed(limits, now)
        box.usage.called(person_id)
        code = MobileCode(person.mobile, digits(DIGITS), now + VALID_SECONDS)
        self._codes[person_id] = code
        box.background.start(self._story(person, step, code), f"code for the mobile of {person_id}")
        self._changed(person_id)

    def prove(self, person_id: str, typed: str) -> VerifiedNumber:
        """What the right code proves; raises NoCode, WrongCode."""
        code = self.pending(person_id)
        if code is None:
            raise NoCode("code_over")
        if code.is_code(typed):
            return VerifiedNumber(number=code.number, at=self._box.epoch())
        wrong = self._codes[person_id] = code.after_wrong()
        if wrong.left == 0:
            self.over(person_id)
            raise NoCode("code_over")
        raise WrongCode(wrong.left)

    def over(self, person_id: str) -> None:
        """Expect no code any more."""
        self._codes.pop(person_id, None)

    async def _story(self, person: Person, step: Ring, code: MobileCode) -> None:
        leg = None
        try:
            leg = await self._box.origination.ring_first(step, facts_of_code(person))
            if leg is None:
                log.info("%s did not pick up their mobile to hear a code", person.name)
                return
            self._now(person.id, code, "said")
            sound = FIRST_SILENCE + b"".join([await each for each in self._clips(person, code)])
            await play_while_there(leg, sound)
        finally:
            if leg is None:
                self._now(person.id, code, "not_reached")
            else:
                leg.close()

    def _clips(self, person: Person, code: MobileCode) -> Iterator[Awaitable[bytes]]:
        office = self._box.configuration.office
        language = person.language or (office.language if office else Language.FRENCH)
        return (self._clip(speech) for speech in words(code.code, language))

    async def _clip(self, speech: Speech) -> bytes:
        board = self._box.calls.board
        return await board.spoken(speech) + PAUSE if board is not None else b""

    def _now(self, person_id: str, code: MobileCode, state: Literal["said", "not_reached"]) -> None:
        present = self._codes.get(person_id)
        if present is not None and present.code is code.code:
            self._codes[person_id] = replace(present, state=state)
            self._changed(person_id)

    def _changed(self, person_id: str) -> None:
        self._box.events.publish("person", id=person_id)
