"""Calls placed from the pages: the person's phones ring first, then the number."""

from __future__ import annotations

import logging
from collections.abc import Callable

from appliance.calls.answering import first_answer
from appliance.configuration.configuration import Configuration
from appliance.configuration.people import Person
from appliance.control.box import CannotCall
from appliance.legs.outgoing import OutgoingLeg
from appliance.legs.sessions import Sound
from appliance.routing.dialled import read_dialled
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import PhoneTarget, Ring
from appliance.runtime.background import Background
from appliance.runtime.calls import Calls
from appliance.runtime.dialling import Dialling
from appliance.runtime.phones import Phones
from appliance.runtime.tokens import token
from appliance.sip.offer_answer import DEFAULT_CODECS

log = logging.getLogger(__name__)


class Origination:
    """Places calls on behalf of people who are signed in."""

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        calls: Calls,
        dialling: Dialling,
        background: Background,
        phones: Phones,
    ) -> None:
        self._configuration = configuration
        self._calls = calls
        self._dialling = dialling
        self._background = background
        self._phones = phones

    async def place(self, person_id: str, number: str, line_id: str | None = None) -> str:
        """Ring the person, then, once they answer, the number, by `line_id` first; returns the call's id.

        Raises CannotCall.
        """
        configuration = self._configuration()
        person = configuration.people.get(person_id)
        targets = self._targets(configuration, person_id)
        if person is None or not targets:
            raise CannotCall("no_phone")
        office = configuration.office
        step = Ring(targets, person.ring_seconds, person.language or (office.language if office else "fr"))  # type: ignore[arg-type]
        call_id = token()
        self._background.start(self._story(call_id, person, number, line_id, step), f"placed call {call_id}")
        return call_id

    def _targets(self, configuration: Configuration, person_id: str) -> tuple[PhoneTarget, ...]:
        registered = self._phones.registered()
        return tuple(
            PhoneTarget(phone.id, person_id)
            for phone in configuration.phones.values()
            if phone.person_id == person_id and phone.id in registered
        )

    async def _story(
        self, call_id: str, person: Person, number: str, line_id: str | None, step: Ring
    ) -> None:
        winner = await self.ring_first(step, Facts(Direction.INTERNAL, number, "", person.extension))
        if winner is None:
            log.info("%s did not answer the call they had asked for", person.name)
            return
        self._calls.start(self._facts(person, number, line_id), winner, None, call_id)

    async def ring_first(self, step: Ring, shown: Facts) -> OutgoingLeg | None:
        """Ring those who are to make a call; the leg of who takes it, to be the caller's; None: nobody does.

        `shown` is what their phones show.
        """
        board = self._calls.board
        if board is None:
            return None
        legs = self._dialling.legs(step, shown, Sound(DEFAULT_CODECS))
        winner: OutgoingLeg | None = None
        try:
            answer = await first_answer(board, legs, step.seconds)
            winner = answer if isinstance(answer, OutgoingLeg) else None
        finally:
            for leg in legs:
                if leg is not winner:
                    leg.close()
        return winner

    def _facts(self, person: Person, number: str, line_id: str | None) -> Facts:
        configuration = self._configuration()
        dialled = read_dialled(configuration, number, person.id)
        return Facts(
            direction=Direction.INTERNAL if dialled.internal else Direction.OUTBOUND,
            caller=person.extension,
            caller_name=person.name,
            called=dialled.called,
            caller_person_id=person.id,
            withheld=dialled.withheld or person.withholds_number,
            chosen_line_id=line_id or dialled.line_id,
            short=dialled.short,
        )
