"""A line's address seen from outside: what cannot be found is said, and never stops the line."""

import pytest

from appliance.configuration.lines import SipTrunk
from appliance.runtime.names import Names
from appliance.runtime.outside import SILENT_SECONDS, Outside
from appliance.sip.flow import Flow
from appliance.sip.message import Response, make_response
from appliance.sip.options_probe import question
from appliance.sip.uri import Uri


def outside(address: str, host: str) -> Outside:
    line = SipTrunk.model_validate(
        {
            "id": "l",
            "name": "L",
            "server": "192.0.2.9",
            "outside_address": address,
            "outside_host": host or None,
        }
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
def test_a_fixed_address_is_taken_as_it_stands_and_nobody_is_asked(told: str, address: str) -> None:
    found = outside("fixed", told)
    assert (found.address, found.problem, found.due) == ((address, None), "", None)


def answer(via: str) -> Response:
    request = question(Uri("sip", host="192.0.2.9"), Uri("sip", host="192.0.2.9"), lambda: "token")
    request.headers.insert_first("Via", f"SIP/2.0/UDP 10.0.0.4:5060;branch=z9hG4bK1{via}")
    return make_response(request, 200)


def test_a_provider_that_does_not_say_how_it_sees_us_is_told_our_own_address_and_that_is_said() -> None:
    found, flow = outside("seen", ""), Flow("UDP", ("10.0.0.4", 5060), ("192.0.2.9", 5060))
    assert found.unseen() and not found.unseen(), "silence is news once"
    assert (found.address, found.problem) == (None, "unseen")
    assert not found.seen(answer(""), flow), "an answer without it changes nothing"
    assert found.seen(answer(";received=203.0.113.7;rport=61000"), flow)
    assert (found.address, found.problem) == (("203.0.113.7", 61000), "")
    assert not found.unseen() and found.address is not None, "what was found last is kept"


def test_only_a_line_that_is_to_learn_it_learns_how_it_is_seen() -> None:
    found, flow = outside("own", ""), Flow("UDP", ("10.0.0.4", 5060), ("192.0.2.9", 5060))
    assert not found.seen(answer(";received=203.0.113.7;rport=61000"), flow) and not found.unseen()
    assert (found.address, found.problem) == (None, "")
