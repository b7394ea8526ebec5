"""Codes for mobiles in a box without telephony: each is heard at once."""

from __future__ import annotations

from collections.abc import Callable

from appliance.configuration.configuration import Configuration
from appliance.configuration.people import VerifiedNumber
from appliance.control.mobile_code_desk import NoCode, WrongCode
from appliance.routing.mobile_codes import VALID_SECONDS, MobileCode

HEARD = "424242"


class Codes:
    """The desk of the codes; HEARD is what every mobile hears."""

    def __init__(self, configuration: Callable[[], Configuration], now: Callable[[], float]) -> None:
        self._configuration, self._now = configuration, now
        self._codes: dict[str, MobileCode] = {}

    def pending(self, person_id: str) -> MobileCode | None:
        """The code that is expected from a person."""
        person, code = self._configuration().people.get(person_id), self._codes.get(person_id)
        return code if code and person and code.holds(person.mobile, self._now()) else None

    def say(self, person_id: str) -> None:
        """Say a code; raises NoCode."""
        mobile = self._configuration().people[person_id].mobile
        if not mobile:
            raise NoCode("no_mobile")
        self._codes[person_id] = MobileCode(mobile, HEARD, self._now() + VALID_SECONDS, state="said")

    def prove(self, person_id: str, typed: str) -> VerifiedNumber:
        """What the right code proves; raises NoCode, WrongCode."""
        code = self.pending(person_id)
        if code is None:
            raise NoCode("code_over")
        if not code.is_code(typed):
            self._codes[person_id] = wrong = code.after_wrong()
            raise WrongCode(wrong.left)
        return VerifiedNumber(number=code.number, at=self._now())

    def over(self, person_id: str) -> None:
        """Expect no code any more."""
        self._codes.pop(person_id, None)
