"""The SIP stack's timers go on whatever one of them does."""

import asyncio

import pytest

from tests.unit.runtime.test_sip_driver import driver  # noqa: F401


async def test_a_timer_that_fails_does_not_stop_the_others(driver):  # noqa: F811
    rung: list[str] = []
    now = driver._clock.monotonic()

    def fails(late: float) -> None:
        raise ValueError("a mistake")

    driver.endpoint.timers.at(now, fails)
    driver.endpoint.timers.at(now + 0.01, lambda late: rung.append("rung"))
    with pytest.raises(ValueError, match="a mistake"):
        driver._timer_due()
    await asyncio.sleep(0.05)
    assert rung == ["rung"]
