"""Requests too large for one packet: by TCP to a phone that takes it, as they are to one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.office import add_somebody, set_up
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

# So many codecs that the offer alone fills half a packet.
MANY = " 0 3 4 5 6 7 9 10 11 12 14 15 16 17 18"


def requests_sent(box: Box) -> list[dict[str, Any]]:
    """The requests of the last call, as they were sent."""
    box.wait_quiet()
    records = until(lambda: box.api.get("/history")["records"], "a record")
    messages = box.api.get(f"/history/{records[0]['id']}/messages")["messages"]
    return [each for each in messages if each["sent"] and not each["text"].startswith("SIP/2.0")]


@pytest.mark.feature("RING-1")
def test_large_invitations_go_by_tcp_where_they_can(box: Box, phones: Phones) -> None:
    box.start()
    set_up(box)
    alice, bruno, chloe = (add_somebody(box, f"Poste {each}", each) for each in ("101", "102", "103"))
    caller = phones.sipp("alice", alice.user)
    caller.register(box.server)
    ear = caller.ear(7000, tone=440)
    takes_tcp = phones.baresip("bruno", bruno, tone=600)
    calling = caller.play("call", box.server, service="102", stay=3, ear_port=7000, more_formats=MANY)
    takes_tcp.answer()
    takes_tcp.listen(1)
    calling.finish()
    takes_tcp.wait_event("CALL_CLOSED")
    assert seconds_of_tone(takes_tcp.recorded_wav(), 440) > 0.5
    invitation, *others = requests_sent(box)
    assert len(invitation["text"]) > 1300
    assert invitation["transport"] == "TCP" and "\r\nVia: SIP/2.0/TCP " in invitation["text"]
    # What is small goes as the phone registered.
    assert {each["text"].split()[0] for each in others} == {"ACK", "BYE"}
    assert {each["transport"] for each in others} == {"UDP"}

    knows_udp = phones.sipp("chloe", chloe.user)
    knows_udp.register(box.server)
    answering = knows_udp.play("answer", box.server, ear_port=7000)
    calling = caller.play("call", box.server, service="103", stay=1, ear_port=7000, more_formats=MANY)
    calling.finish()
    answering.finish()
    tries = [each for each in requests_sent(box) if each["text"].startswith("INVITE ")]
    assert [each["transport"] for each in tries] == ["TCP", "UDP"]
    assert "\r\nVia: SIP/2.0/UDP " in tries[1]["text"]
    ear.close()
