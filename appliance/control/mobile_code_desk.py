"""Codes said to people's mobiles as the API sees them; the runtime makes the calls (OUT-2)."""

from __future__ import annotations

from typing import Protocol

from appliance.configuration.people import VerifiedNumber
from appliance.routing.mobile_codes import MobileCode


class NoCode(Exception):
    """No code can be said, or none is expected; `code` is that of the error, `seconds` to wait if any."""

    def __init__(self, code: str, seconds: int = 0) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


class WrongCode(Exception):
    """Something else was typed than what was said; `left`: attempts."""

    def __init__(self, left: int) -> None:
        super().__init__("code_wrong")
        self.left = left


class MobileCodeDesk(Protocol):
    """The codes that people are to type back: one for each person at most."""

    def pending(self, person_id: str) -> MobileCode | None:
        """The code that is expected from a person."""

    def say(self, person_id: str) -> None:
        """Call the person's mobile and say a code; raises NoCode."""

    def prove(self, person_id: str, typed: str) -> VerifiedNumber:
        """What the right code proves; raises NoCode, WrongCode."""

    def over(self, person_id: str) -> None:
        """Expect no code any more."""
