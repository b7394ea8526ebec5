"""A line that registers: the way its provider wants calls to take, and routers that rewrite what we send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Host, Network
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, route, set_up, to_person
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.provider import Provider
from tests.interop.phones.raw import Message
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
    named = provider.service_route.split(", ")
    asked = provider.wait("OPTIONS").request
    assert _routes(asked) == named, "what is asked after the server takes the way of the calls"
    phone = phones.baresip("alice", alice, tone=440)
    phone.call(OUTSIDER)
    phone.wait_event("CALL_ESTABLISHED")
    phone.hang_up()
    provider.wait("BYE")
    (invite,) = (heard.request for heard in provider.calls())
    assert _routes(invite) == named
    assert invite.first.startswith(f"INVITE sip:{OUTSIDER}@")

    # A router on the way puts its own address in the place of ours: the line says so, as long as it does.
    provider.contact_seen = "203.0.113.7:61000"
    until(lambda: standing(box) == ("up", "sip_alg"), "the router suspected")
    provider.contact_seen = ""
    until(lambda: standing(box) == ("up", ""), "the line well")
    _is_told_where_the_box_is(box, provider, line, phone)
    provider.close()


def _routes(request: Message) -> list[str]:
    return [value for field in request.fields.get("route", []) for value in field.split(", ")]


def _is_told_where_the_box_is(box: Box, provider: Provider, line: str, phone: Baresip) -> None:
    """Beyond a router: at the address the provider sees, the one a STUN server sees, or a fixed one."""
    provider.seen_from = ("203.0.113.9", 62000)
    box.api.change(f"/lines/{line}", outside_address="seen")
    assert _told(box, provider, phone, "203.0.113.9") == "203.0.113.9:62000"
    provider.seen_from = None
    with stun_server(provider.host, "198.51.100.20"):
        server = f"{provider.host.address}:3478"
        box.api.change(f"/lines/{line}", outside_address="stun", outside_host=server)
        assert _told(box, provider, phone, "198.51.100.20") == "198.51.100.20:5060"
    box.api.change(f"/lines/{line}", outside_address="fixed", outside_host="192.0.2.33")
    assert _told(box, provider, phone, "192.0.2.33") == "192.0.2.33:5060"
    assert box.state()["lines"][0]["reason"] == "", "no router is suspected"


def _told(box: Box, provider: Provider, phone: Baresip, address: str) -> str:
    """Where the provider is to reach the box, as a REGISTER and a call say; the audio's address is that."""
    until(
        lambda: (now := box.state()["lines"][0])["outside"] == address and now["state"] == "up", "the address"
    )
    provider.heard.wait(
        lambda heard: heard.method == "REGISTER" and f"@{address}:" in heard.request.get("contact"),
        f"a REGISTER from {address}",
    )
    calls = len(provider.calls())
    phone.call(OUTSIDER)
    phone.wait_event("CALL_ESTABLISHED")
    phone.listen(0.5)
    phone.hang_up()
    provider.wait("BYE")
    invite = provider.calls()[calls].request
    assert f"c=IN IP4 {address}\r\n" in invite.body
    return invite.get("contact").partition("@")[2].rstrip(">")


@contextmanager
def stun_server(host: Host, seen: str) -> Iterator[None]:
    """Tells whoever asks that they are seen at that address (RFC 8489 14.2)."""
    ears = host.bound_socket(3478)

    def serve() -> None:
        with suppress(OSError):
            while True:
                asked, source = ears.recvfrom(1500)
                mask = asked[4:8]
                host_part = bytes(
                    one ^ other for one, other in zip(map(int, seen.split(".")), mask, strict=True)
                )
                mapped = b"\0\x20\0\x08\0\x01" + (source[1] ^ 0x2112).to_bytes(2, "big") + host_part
                ears.sendto(b"\x01\x01\0\x0c" + asked[4:20] + mapped, source)

    Thread(target=serve, daemon=True).start()
    try:
        yield
    finally:
        ears.close()
