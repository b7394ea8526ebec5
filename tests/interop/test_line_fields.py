"""What a line's fields change of what its provider is told: identity, sender, codecs, servers, keep-alive."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, route, set_up, to_person
from tests.interop.phones.provider import Manner, Provider
from tests.interop.phones.raw import Message
from tests.interop.waiting import until

USER = "trunk-4711"
PAYLOAD_TYPES = {"0": "PCMU", "8": "PCMA", "9": "G722"}
pytestmark = pytest.mark.feature("NUM-2")


class Office:
    """Alice, and a line of two servers that is trusted by address and has a user name too."""

    def __init__(self, box: Box, phones: Phones, network: Network) -> None:
        self.box = box
        self.servers = [Provider(network.host(name), tone=500) for name in ("server", "spare")]
        box.start()
        set_up(box)
        alice = add_somebody(box, "Alice", "101")
        self.line = box.api.add(
            "lines",
            name="Opérateur",
            mode="trusted",
            server=self.servers[0].host.address,
            further_servers=[self.servers[1].host.address],
            port=5060,
            transport="udp",
            user=USER,
            password="secret-of-the-line",
            probe_seconds=0,
        )
        routes = {"open": route(to_person(alice.person_id))}
        box.api.add("numbers", name="Standard", number=NUMBER, line_id=self.line, routes=routes)
        until(lambda: box.state()["lines"][0]["state"] == "up", "the line up")
        self.phone = phones.baresip("alice", alice, tone=440)
        self._calls = 0

    def change(self, **fields: object) -> None:
        self.box.api.change(f"/lines/{self.line}", **fields)

    def invite(self, server: int = 0) -> Message:
        """The INVITE of a call that the server answers."""
        before = len(self.servers[server].calls())
        self._calls += 1
        self.phone.call(OUTSIDER)
        until(lambda: len(self.phone.seen("CALL_ESTABLISHED")) == self._calls, "the call answered")
        self.phone.hang_up()
        until(lambda: len(self.phone.seen("CALL_CLOSED")) == self._calls, "the call ended")
        self.box.wait_quiet()
        return self.servers[server].calls()[before].request


@pytest.fixture
def office(box: Box, phones: Phones, network: Network) -> Iterator[Office]:
    made = Office(box, phones, network)
    yield made
    for server in made.servers:
        server.close()


def codecs(invite: Message) -> list[str]:
    """The sound that an INVITE offers, best first."""
    found = re.search(r"m=audio \d+ RTP/AVP ([\d ]+)", invite.body)
    assert found, invite.body
    return [PAYLOAD_TYPES[each] for each in found.group(1).split() if each in PAYLOAD_TYPES]


def test_each_field_changes_what_the_provider_is_told(office: Office) -> None:
    told = office.invite()
    assert f"sip:{NUMBER}@" in told.get("p-asserted-identity")
    assert f"sip:{NUMBER}@" in told.get("from")
    assert codecs(told) == ["PCMA", "PCMU"], "as the caller's phone prefers"

    office.change(identity_header="remote_party_id", from_holds="user", codecs=["PCMA"])
    told = office.invite()
    assert f"sip:{NUMBER}@" in told.get("remote-party-id")
    assert not told.get("p-asserted-identity")
    assert f"sip:{USER}@" in told.get("from")
    assert codecs(told) == ["PCMA"]

    office.change(identity_header="p_preferred_identity", from_holds="number", codecs=["PCMU", "PCMA"])
    told = office.invite()
    assert f"sip:{NUMBER}@" in told.get("p-preferred-identity")
    assert codecs(told) == ["PCMU", "PCMA"]

    office.change(identity_header="none", codecs=[])
    told = office.invite()
    assert not any(told.get(name) for name in ("p-asserted-identity", "p-preferred-identity"))
    assert not told.get("remote-party-id")
    assert f"sip:{NUMBER}@" in told.get("from")

    # The first server falls silent: the call is there within the time that a caller waits.
    office.servers[0].manner = Manner.SILENT
    assert NUMBER in office.invite(server=1).get("from")
    assert len(office.servers[0].calls()) == 5, "it was asked first"
    assert not office.servers[0].keep_alives.all()
    office.change(keep_alive_seconds=1)
    office.servers[0].keep_alives.wait(lambda data: data == b"\r\n\r\n", "keep-alive")
