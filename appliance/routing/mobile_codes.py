"""Codes said to mobiles: whoever types back what was said to a number has shown that it is theirs (OUT-2)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from appliance.configuration.fields import Language
from appliance.configuration.people import Person
from appliance.routing.decide import next_step
from appliance.routing.facts import Direction, Facts
from appliance.routing.plan import Plan
from appliance.routing.steps import ExternalTarget, Ring, Speech
from appliance.routing.world import World

DIGITS = 6
VALID_SECONDS = 600.0
MOST_WRONG = 5
_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class MobileCode:
    """A code that is said to a number; `until`: monotonic seconds. What it is, is never shown or written."""

    number: str
    code: str = field(repr=False)
    until: float
    left: int = MOST_WRONG
    state: Literal["calling", "said", "not_reached"] = "calling"

    def holds(self, number: str | None, now: float) -> bool:
        """Whether it may still be typed, for the number that the person has at this moment."""
        return self.number == number and now < self.until and self.left > 0

    def is_code(self, typed: str) -> bool:
        """Whether that was typed, spaces aside; takes as long for every wrong one."""
        plain = "".join(typed.split())
        return hmac.compare_digest(plain.encode(), self.code.encode())

    def after_wrong(self) -> MobileCode:
        """The code once something else was typed."""
        return replace(self, left=self.left - 1)


def facts_of_code(person: Person) -> Facts:
    """The call that says a code, as if the person made it: the same limits and lines hold."""
    return Facts(
        direction=Direction.OUTBOUND,
        caller=person.extension,
        caller_name=person.name,
        called=person.mobile or "",
        caller_person_id=person.id,
    )


def ring_mobile(plan: Plan, person: Person, world: World, now: datetime) -> Ring | None:
    """How the mobile is rung by the rules of calls to the outside; None when it cannot be."""
    step = next_step(plan, facts_of_code(person), world, now).step
    if isinstance(step, Ring) and all(isinstance(target, ExternalTarget) for target in step.targets):
        return step
    return None


def words(code: str, language: Language) -> Iterator[Speech]:
    """What the mobile hears: the code twice, digit by digit."""
    for opening in ("mobile_code", "mobile_code_again"):
        yield Speech(prompt_name=opening, language=language)
        for digit in code:
            yield Speech(prompt_name=f"digit_{_NAMES[int(digit)]}", language=language)
