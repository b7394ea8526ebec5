"""Who the called see calling: names as they come, numbers withheld, and nothing without end."""

import pytest

from appliance.calls.arrival import from_line
from appliance.sip.message import Request
from appliance.sip.parser import parse_message
from tests.integration.box.offices import NUMBER, office_of_three


def invite(from_: str, *headers: str) -> Request:
    lines = (
        f"INVITE sip:{NUMBER}@127.0.0.1 SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bK1",
        f"From: {from_};tag=f",
        f"To: <sip:{NUMBER}@127.0.0.1>",
        "Call-ID: c",
        "CSeq: 1 INVITE",
        "Contact: <sip:trunk@127.0.0.9>",
        *headers,
        "Content-Length: 0",
    )
    message = parse_message(("\r\n".join(lines) + "\r\n\r\n").encode())
    assert isinstance(message, Request)
    return message


def facts(from_: str, *headers: str):
    settings = office_of_three()
    arrival = from_line(settings, settings.lines["trunk"], invite(from_, *headers))
    assert arrival is not None
    return arrival.facts


ASSERTED = 'P-Asserted-Identity: "Mme Petit" <sip:+33639981234@provider.example>'
WITHHELD = '"Anonymous" <sip:anonymous@anonymous.invalid>'


@pytest.mark.parametrize("privacy", ["Privacy: id", "Privacy: user;id", "Privacy: Header; ID;critical"])
def test_a_number_withheld_is_not_shown_though_the_provider_asserts_it(privacy):
    told = facts(WITHHELD, ASSERTED, privacy)
    assert told.caller == "" and "Petit" not in told.caller_name


def test_a_number_withheld_by_the_older_field_is_not_shown():
    party = "Remote-Party-ID: <sip:+33639981234@provider.example>;party=calling;privacy=full"
    assert facts(WITHHELD, party).caller == ""


@pytest.mark.parametrize("privacy", [(), ("Privacy: none",)])
def test_the_asserted_number_counts_otherwise(privacy):
    told = facts("<sip:0199001234@provider.example>", ASSERTED, *privacy)
    assert (told.caller, told.caller_name) == ("+33639981234", "Mme Petit")


def test_names_of_the_whole_world_are_kept():
    assert facts('"Zoë Čapek 山田" <sip:0639981234@provider.example>').caller_name == "Zoë Čapek 山田"


def test_a_name_and_a_number_without_end_are_cut():
    told = facts(f'"{"x" * 20_000}" <sip:{"9" * 20_000}@provider.example>')
    assert len(told.caller_name) <= 100 and len(told.caller) <= 100
