"""A line that registers: the way its provider wants calls to take, and routers that rewrite what we send."""

from __future__ import annotations

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, route, set_up, to_person
from tests.interop.phones.provider import Provider
from tests.interop.waiting import until


def standing(box: Box) -> tuple[str, str]:
    (told,) = box.state()["lines"]
    return told["state"], told["reason"]


@pytest.mark.feature("NUM-2")
def test_calls_pass_what_the_registrar_has_named_and_a_router_that_rewrites_is_suspected(
    box: Box, phones: Phones, network: Network
) -> None:
    provider = Provider(network.host("provider"), tone=500, granted=4)
    provider.service_route = f"<sip:{provider.host.address};lr>, <sip:core.operator.example;lr>"
    box.start()
    set_up(box)
    alice = add_somebody(box, "Alice", "101")
    line = box.api.add(
        "lines",
        name="Opérateur",
        server=provider.host.address,
        port=5060,
        transport="udp",
        user="0199001234",
        password="secret-of-the-line",
    )
    routes = {"open": route(to_person(alice.person_id))}
    box.api.add("numbers", name="Standard", number=NUMBER, line_id=line, routes=routes)
    until(lambda: box.state()["lines"][0]["state"] == "up", "the line up")
    assert "path" in provider.wait("REGISTER").request.get("supported")
    phone = phones.baresip("alice", alice, tone=440)
    phone.call(OUTSIDER)
    phone.wait_event("CALL_ESTABLISHED")
    phone.hang_up()
    provider.wait("BYE")
    (invite,) = (heard.request for heard in provider.calls())
    passed = [value for field in invite.fields["route"] for value in field.split(", ")]
    assert passed == provider.service_route.split(", ")
    assert invite.first.startswith(f"INVITE sip:{OUTSIDER}@")

    # A router on the way puts its own address in the place of ours: the line says so, as long as it does.
    provider.contact_seen = "203.0.113.7:61000"
    until(lambda: standing(box) == ("up", "sip_alg"), "the router suspected")
    provider.contact_seen = ""
    until(lambda: standing(box) == ("up", ""), "the line well")
    provider.close()
