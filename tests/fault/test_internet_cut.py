"""The internet is cut, DNS too: colleagues go on calling each other, the line says so and comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, route, set_up, to_person
from tests.interop.phones.dns import NameServer
from tests.interop.phones.provider import Provider
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

OPERATOR = "sip.operator.example"


@pytest.mark.feature("NUM-2", "RING-1")
def test_calls_in_the_house_go_on_and_the_line_comes_back(box: Box, phones: Phones, network: Network) -> None:
    if not network.isolated:
        pytest.skip("needs network namespaces")
    internet = network.host("internet")
    names = NameServer(internet, OPERATOR, internet.address)
    provider = Provider(internet, tone=600)
    settings = network.settings_of(box.host)
    (settings / "resolv.conf").write_text(f"nameserver {internet.address}\noptions timeout:1 attempts:1\n")
    box.start()
    set_up(box)
    alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    line = box.api.add(
        "lines",
        name="Opérateur",
        server=OPERATOR,
        transport="udp",
        user="0199001234",
        password="secret-of-the-line",
        probe_seconds=1,
    )
    routes = {"open": route(to_person(alice.person_id))}
    box.api.add("numbers", name="Standard", number=NUMBER, line_id=line, routes=routes)

    def told() -> dict[str, Any]:
        return box.state()["lines"][0]

    until(lambda: told()["state"] == "up", "the line up")
    caller = phones.baresip("alice", alice, tone=440)
    called = phones.baresip("bruno", bruno, tone=880)
    caller.call("102")
    called.answer()
    caller.wait_event("CALL_ESTABLISHED")

    network.unplug(internet)
    until(
        lambda: (told()["state"], told()["reason"]) == ("unreachable", "no_internet"), "the line is down", 60
    )
    caller.listen(1)
    caller.hang_up()
    box.wait_quiet()
    assert seconds_of_tone(caller.recorded_wav(), 880) > 5, "the call went on all the while"
    assert told()["since"]
    called.call("101")
    caller.answer()
    called.listen(2)
    called.hang_up()
    box.wait_quiet()
    assert seconds_of_tone(called.recorded_wav(), 440) > 1

    network.plug_in(internet)
    until(lambda: told()["state"] == "up", "the line is back by itself", 60)
    assert not told()["reason"]
    caller.call(OUTSIDER)
    provider.wait("ACK")
    caller.hang_up()
    box.wait_quiet()
    provider.close()
    names.close()
