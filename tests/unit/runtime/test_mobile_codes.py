"""Typing back the codes said to mobiles: few attempts, ten minutes, a few calls an hour (OUT-2)."""

from __future__ import annotations

from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any, cast

import pytest

from appliance.configuration.configuration import Configuration
from appliance.control.mobile_code_desk import NoCode, WrongCode
from appliance.routing.mobile_codes import MOST_WRONG, VALID_SECONDS
from appliance.routing.plan import compile_plan
from appliance.runtime.box import Box
from appliance.runtime.mobile_codes import MOST_CALLS, MobileCodes
from tests.unit.routing.small_office import EVERYBODY, MONDAY, NUMBER, changed, small_office

pytestmark = pytest.mark.feature("OUT-2")
MOBILE = "+33612000009"


class Desk:
    """Codes of a box whose calls are never made."""

    def __init__(self) -> None:
        self.clock = 0.0
        self.counted: list[str] = []
        self.box = SimpleNamespace(
            monotonic=lambda: self.clock,
            epoch=lambda: 1000.0 + self.clock,
            now=lambda: MONDAY,
            world=lambda: EVERYBODY,
            usage=SimpleNamespace(called=self.counted.append),
            background=SimpleNamespace(start=self._never),
            events=SimpleNamespace(publish=lambda *_, **__: None),
        )
        self.use(changed(small_office(), "people", "bruno", mobile=MOBILE))
        self.codes = MobileCodes(cast("Box", self.box))

    def _never(self, story: Coroutine[Any, Any, None], _name: str) -> None:
        story.close()

    def use(self, configuration: Configuration) -> None:
        self.box.configuration, self.box.plan = configuration, compile_plan(configuration)

    def said(self) -> str:
        """The code of a call that has been made."""
        self.codes.over("bruno")
        self.codes.say("bruno")
        code = self.codes.pending("bruno")
        assert code is not None
        return code.code

    def refusal(self, typed: str) -> str:
        with pytest.raises((NoCode, WrongCode)) as refused:
            self.codes.prove("bruno", typed)
        return str(refused.value)


def test_the_right_code_proves_the_number() -> None:
    desk = Desk()
    code = desk.said()
    assert len(code) == 6 and code.isdigit() and desk.counted == ["bruno"]
    proof = desk.codes.prove("bruno", code)
    assert (proof.number, proof.at) == (MOBILE, 1000.0)
    desk.codes.over("bruno")
    assert desk.refusal(code) == "code_over"


def test_it_may_be_mistyped_a_few_times() -> None:
    desk = Desk()
    code = desk.said()
    told = [desk.refusal("wrong") for _ in range(MOST_WRONG)]
    assert told == ["code_wrong"] * (MOST_WRONG - 1) + ["code_over"]
    assert desk.refusal(code) == "code_over"


def test_it_holds_for_ten_minutes_and_for_that_number() -> None:
    desk = Desk()
    code = desk.said()
    desk.clock = VALID_SECONDS
    assert desk.refusal(code) == "code_over"
    code = desk.said()
    desk.use(changed(desk.box.configuration, "people", "bruno", mobile="+33612000008"))
    assert desk.refusal(code) == "code_over"


@pytest.mark.parametrize(
    ("mobile", "code"),
    [(None, "no_mobile"), (NUMBER, "mobile_is_ours"), ("+33899123456", "mobile_not_callable")],
)
def test_what_cannot_be_called_is_refused(mobile: str | None, code: str) -> None:
    desk = Desk()
    desk.use(changed(small_office(), "people", "bruno", mobile=mobile))
    with pytest.raises(NoCode, match=code):
        desk.codes.say("bruno")
    assert not desk.counted


def test_one_call_at_a_time_and_few_an_hour() -> None:
    desk = Desk()
    desk.said()
    with pytest.raises(NoCode, match="code_on_its_way"):
        desk.codes.say("bruno")
    for _ in range(MOST_CALLS["calls"] - 1):
        desk.said()
    desk.codes.over("bruno")
    with pytest.raises(NoCode, match="too_many_attempts") as refused:
        desk.codes.say("bruno")
    assert refused.value.seconds == MOST_CALLS["seconds"]
    desk.clock = MOST_CALLS["seconds"]
    assert desk.said()
