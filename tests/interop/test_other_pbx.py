"""Another phone system, played by sipp: it dials our extensions, and we dial its."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    PASSWORD,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_person,
)
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.dialogue import Dialogue, sdp
from tests.interop.phones.provider import Provider
from tests.interop.phones.sipp import Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


def _call(name: str) -> Dialogue:
    """A call that is answered, and hung up a while after."""
    return (
        Dialogue(name)
        .calls(body=sdp(7000))
        .hears(100, optional=True)
        .hears(180, optional=True)
        .hears(183, optional=True)
        .hears(200)
        .asks("ACK", 1)
    )


@pytest.mark.feature("IN-3", "NUM-2", "OUT-10")
def test_extensions_are_dialled_both_ways_and_the_outside_where_that_is_ticked(
    box: Box, phones: Phones, network: Network
) -> None:
    annex, bruno_phone = phones.sipp("annex"), phones.sipp("bruno", "102", PASSWORD)
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    line = box.api.add(
        "lines",
        name="Annexe",
        kind="pbx",
        mode="trusted",
        server=annex.host.address,
        trusted_addresses=[annex.host.address],
        transport="udp",
        probe_seconds=0,
        prefix="8",
        extension_in_to=True,
    )
    routes = {"open": route(to_person(bruno.person_id))}
    box.api.add("numbers", name="Standard", number=NUMBER, line_id=line, routes=routes)
    until(lambda: box.state()["lines"][0]["state"] == "up", "the line up")
    phone = phones.baresip("alice", alice, tone=440)
    bruno_phone.register(box.server)

    # To names an extension: it rings, and the two hear each other.
    ear = annex.ear(7000, tone=600)
    call = annex.play(_call("to Alice").is_ended(), box.server, service="101", caller="205")
    assert "205" in phone.wait_event("CALL_INCOMING")["peeruri"]
    phone.command("accept")
    phone.wait_event("CALL_ESTABLISHED")
    phone.listen(2)
    phone.hang_up()
    call.finish()
    ear.close()
    assert seconds_of_tone(phone.recorded_wav(), 600) > 1
    assert explained(box)[0] == "extension_called"

    # What is no extension follows the route; neither a code nor a number outside is reached.
    for calls, dialled in enumerate(("999", "*97", OUTSIDER), 2):
        taken = bruno_phone.play("answer", box.server, ear_port=7010)
        annex.play(_call("to nobody").ends(), box.server, service=dialled, caller="205").finish()
        taken.finish()
        assert explained(box, calls=calls)[0] == "number_called"

    # With the prefix, an extension of theirs, which sees who calls.
    taken = annex.play("answer", box.server, ear_port=7002)
    phone.call("8205")
    until(lambda: len(phone.seen("CALL_ESTABLISHED")) == 2, "the call answered")
    phone.hang_up()
    taken.finish()
    invite = taken.messages()
    assert "INVITE sip:205@" in invite and 'From: "Alice" <sip:101@' in invite
    assert "other_pbx_called" in explained(box, calls=5, dialled="8205")
    _is_rung_by_its_range(box, annex, phone, line)
    with closing(Provider(network.host("provider"), tone=500)) as provider:
        _calls_outside_by_us(box, annex, provider, line)


def _is_rung_by_its_range(box: Box, annex: Sipp, phone: Baresip, line: str) -> None:
    """An extension of theirs as one of ours is dialled; the two hear each other."""
    box.api.change(f"/lines/{line}", extensions_there=["300-349"])
    ear = annex.ear(7004, tone=600)
    taken = annex.play("answer", box.server, ear_port=7004)
    before = sum(seconds_of_tone(each, 600) for each in phone.recordings())
    phone.call("312")
    until(lambda: len(phone.seen("CALL_ESTABLISHED")) == 3, "the call answered")
    phone.listen(2)
    phone.hang_up()
    taken.finish()
    ear.close()
    there = ear.save(annex.folder / "312.wav")
    assert seconds_of_tone(there, 440) > 1
    assert sum(seconds_of_tone(each, 600) for each in phone.recordings()) > before + 1
    assert 'From: "Alice" <sip:101@' in taken.messages()
    assert "extension_there" in explained(box, calls=6, dialled="312")
    assert box.api.get("/history")["records"][0]["direction"] == "internal"


def _refused(status: int) -> Dialogue:
    """A call that is refused, whatever is said before."""
    call = Dialogue(f"refused with {status}").calls(body=sdp(7006))
    for provisional in (100, 180, 183):
        call.hears(provisional, optional=True)
    return call.hears(status).acks_refusal()


def _calls_outside_by_us(box: Box, annex: Sipp, provider: Provider, line: str) -> None:
    """Somebody there calls outside by our operator, where that is ticked, within our limits."""
    add_trusted_line(box, provider.host.address)
    box.api.change(f"/lines/{line}", extension_in_to=False, calls_outside=True, extensions_there=["200-223"])
    until(lambda: all(each["state"] == "up" for each in box.state()["lines"]), "both lines up")
    ear = annex.ear(7000, tone=600)
    call = annex.play(_call("outside").is_ended(), box.server, service="0639981234", caller="205")
    provider.wait("ACK")
    outsider = provider.speaks_first()
    until(lambda: min(len(ear.heard), len(outsider.heard)) > 2 * 8000, "two seconds of sound both ways")
    (live,) = box.state()["calls"]
    box.api.delete(f"/calls/{live['id']}")
    call.finish()
    provider.wait("BYE")
    ear.close()
    assert seconds_of_tone(outsider.save(annex.folder / "there.wav"), 600) > 1
    assert seconds_of_tone(ear.save(annex.folder / "outside.wav"), 500) > 1
    (invite,) = (heard.request for heard in provider.calls())
    assert invite.first.startswith(f"INVITE sip:{OUTSIDER}@") and "205" not in invite.get("from")
    codes = explained(box, calls=7)
    assert codes[:3] == ["limits_kept", "outside_called", "other_pbx_calls_out"]
    record = box.api.get("/history")["records"][0]
    assert (record["direction"], record["caller"], record["line_id"]) == ("outbound", "205", line)

    box.api.ask("PUT", "/outbound", {"limits": {"night": None, "calls_per_day": 1}})
    annex.play(_refused(403), box.server, service="0639981234", caller="205").finish()
    assert explained(box, calls=8)[0] == "barred_calls"
    box.api.change(f"/lines/{line}", calls_outside=False)
    annex.play(_refused(404), box.server, service="0639981234", caller="205").finish()
