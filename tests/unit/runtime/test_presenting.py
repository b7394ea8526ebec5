"""What phones and lines are told of who calls and who has sent the call on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import (
    Display,
    ForwardedCaller,
    FromHolds,
    IdentityHeader,
    Line,
    ToldRedirections,
)
from appliance.routing.facts import Direction, Facts
from appliance.routing.redirections import Redirection
from appliance.routing.steps import ExternalTarget, PhoneTarget
from appliance.runtime.presenting import caller_for_phones, line_identity, line_redirections, phone_fields
from appliance.sip.uri import Uri
from tests.unit.routing.small_office import CALLER, NUMBER, changed, inbound, inside, small_office

HOST = "192.0.2.1"
TO = Uri("sip", "101", host=HOST)
PETIT = replace(inbound(), caller_name="Mme Petit")
HIDDEN = inbound(caller="")


def office(**number: object) -> Configuration:
    return changed(small_office(), "numbers", "main", **{"name": "Ventes", **number})


@pytest.mark.feature("WHISP-2")
@pytest.mark.parametrize(
    ("settings", "facts", "name", "user"),
    [
        ({}, PETIT, "Mme Petit", "0612345678"),
        ({"display": Display.NAME}, PETIT, "Ventes: Mme Petit", "0612345678"),
        ({"display": Display.NAME}, inbound(), "Ventes", "0612345678"),
        ({"display": Display.NUMBER}, PETIT, "0199001234: Mme Petit", "0612345678"),
        ({"display": Display.WORDS, "display_words": "SAV"}, PETIT, "SAV: Mme Petit", "0612345678"),
        ({"display": Display.NAME}, HIDDEN, "Ventes", "anonymous"),
        ({}, HIDDEN, "Anonymous", "anonymous"),
        ({"display": Display.NAME}, inside("101"), "Bruno", "102"),
    ],
)
def test_what_phones_show(settings: dict[str, object], facts: Facts, name: str, user: str) -> None:
    shown = caller_for_phones(office(**settings), facts, HOST)
    assert (shown.display_name, shown.uri.user) == (name, user)


def told(configuration: Configuration, facts: Facts, redirected: Redirection | None = None) -> dict[str, str]:
    target = PhoneTarget("alice-desk", "alice", redirected=redirected)
    return dict(phone_fields(configuration, facts, target, TO, HOST))


@pytest.mark.feature("WHISP-2")
def test_phones_are_told_who_calls_unless_that_is_withheld() -> None:
    assert told(office(), PETIT) == {"P-Asserted-Identity": f'"Mme Petit" <sip:0612345678@{HOST}>'}
    assert told(office(), HIDDEN) == {}


@pytest.mark.feature("WHISP-2")
def test_numbers_and_colleagues_ring_as_chosen() -> None:
    assert "Bellcore-dr3" in told(office(ring_tone=3), PETIT)["Alert-Info"]
    configuration = office(ring_tone=3)
    assert configuration.office is not None
    own = configuration.office.model_copy(update={"internal_ring_tone": 2})
    assert "Alert-Info" not in told(configuration, inside("101"))
    assert "Bellcore-dr2" in told(replace(configuration, office=own), inside("101"))["Alert-Info"]


@pytest.mark.feature("WHISP-2")
def test_phones_are_told_who_has_sent_the_call_on_the_latest_first() -> None:
    facts = replace(PETIT, redirected=Redirection("+33639985678", "", "user-busy"))
    fields = told(office(), facts, Redirection("102", "Bruno", "no-answer"))
    first, second = fields["Diversion"].split(", ")
    assert first == f'"Bruno" <sip:102@{HOST}>;reason=no-answer;counter=1;privacy=off'
    assert second.startswith(f"<sip:0639985678@{HOST}>;reason=user-busy")
    assert fields["History-Info"].endswith(f"<sip:101@{HOST};cause=408>;index=1.1.1;mp=1.1")
    hidden = told(office(), replace(PETIT, redirected=Redirection("", "", "user-busy")))
    assert "anonymous.invalid" in hidden["Diversion"] and "privacy=full" in hidden["Diversion"]


def line(**fields: object) -> Line:
    found = changed(small_office(), "lines", "trunk", **fields).lines["trunk"]
    assert isinstance(found, Line)
    return found


OURS = ExternalTarget("+33612000001", None, ("trunk",), (NUMBER,), diverted_by=NUMBER)
SENT_ON = replace(OURS, callers_on=(CALLER,))
IN_FROM = ForwardedCaller.IN_FROM


@pytest.mark.feature("FWD-7", "OUT-8")
@pytest.mark.parametrize(
    ("settings", "target", "user", "identity"),
    [
        ({}, OURS, NUMBER, NUMBER),
        ({"forwarded_caller": IN_FROM}, SENT_ON, CALLER, NUMBER),
        ({"forwarded_caller": ForwardedCaller.EVERYWHERE}, SENT_ON, CALLER, CALLER),
        ({"forwarded_caller": IN_FROM, "from_holds": FromHolds.USER}, SENT_ON, "u", CALLER),
        (
            {"forwarded_caller": ForwardedCaller.IN_FROM},
            replace(SENT_ON, callers_on=("",)),
            "anonymous",
            NUMBER,
        ),
        ({}, replace(OURS, withheld=True), "anonymous", NUMBER),
    ],
)
def test_whose_number_a_line_is_told(
    settings: dict[str, object], target: ExternalTarget, user: str, identity: str
) -> None:
    from_, field = line_identity(line(**settings), target, PETIT, "FR")
    assert from_.uri.user == user
    assert field == ("P-Asserted-Identity", f"<sip:{identity}@sip.example.net>")


def test_a_line_that_reads_from_alone_gets_no_other_field() -> None:
    assert line_identity(line(identity_header=IdentityHeader.NONE), SENT_ON, PETIT, "FR")[1] is None


@pytest.mark.feature("WHISP-2", "FWD-7")
@pytest.mark.parametrize(
    ("setting", "names"),
    [
        (ToldRedirections.NONE, []),
        (ToldRedirections.DIVERSION, ["Diversion"]),
        (ToldRedirections.HISTORY, ["History-Info"]),
        (ToldRedirections.BOTH, ["Diversion", "History-Info"]),
    ],
)
def test_a_line_is_told_who_has_sent_the_call_on_if_it_may(
    setting: ToldRedirections, names: list[str]
) -> None:
    to = Uri("sip", "+33612000001", host="sip.example.net")
    fields = list(line_redirections(line(told_redirections=setting), SENT_ON, PETIT, to, "FR"))
    assert [name for name, _ in fields] == names
    assert all(value.startswith(f"<sip:{NUMBER}@") for name, value in fields if name == "Diversion")
    own = replace(SENT_ON, diverted_by="")
    assert list(line_redirections(line(told_redirections=setting), own, PETIT, to, "FR")) == []


def test_who_was_hidden_stays_hidden_on_the_way_out() -> None:
    facts = Facts(Direction.INBOUND, CALLER, "", NUMBER, redirected=Redirection("", "", "user-busy"))
    to = Uri("sip", "+33612000001", host="sip.example.net")
    fields = list(line_redirections(line(told_redirections=ToldRedirections.BOTH), SENT_ON, facts, to, "FR"))
    assert "<sip:anonymous@" in dict(fields)["Diversion"] and "privacy=full" in dict(fields)["Diversion"]
