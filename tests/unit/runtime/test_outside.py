"""A line's address seen from outside: what cannot be found is said, and never stops the line."""

import pytest

from appliance.configuration.lines import SipTrunk
from appliance.runtime.names import Names
from appliance.runtime.outside import SILENT_SECONDS, Outside


def outside(address: str, host: str) -> Outside:
    line = SipTrunk.model_validate(
        {"id": "l", "name": "L", "server": "192.0.2.9", "outside_address": address, "outside_host": host}
    )
    return Outside(line, Names(lambda: "token"))


async def test_a_stun_server_at_no_port_that_exists_is_said_silent() -> None:
    """Settings that were saved before such ports were refused."""
    found = outside("stun", "127.0.0.1:99999")
    assert not await found.find(1000.0)
    assert (found.address, found.problem, found.due) == (None, "stun_silent", 1000.0 + SILENT_SECONDS)


@pytest.mark.parametrize(
    ("told", "address"), [("203.0.113.7", "203.0.113.7"), ("[2001:db8::7]", "2001:db8::7")]
)
async def test_a_fixed_address_is_taken_as_it_stands(told: str, address: str) -> None:
    found = outside("fixed", told)
    assert await found.find(0.0)
    assert (found.address, found.problem) == ((address, None), "")
    assert not await found.find(found.due or 0.0), "the same is no news"
