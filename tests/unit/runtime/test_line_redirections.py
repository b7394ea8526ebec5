"""Where a REGISTER may be sent on to: never into the office's own network, never out of TLS."""

import pytest

from appliance.runtime.line_redirections import led_to
from appliance.sip.locate import Target, Wish
from appliance.sip.uri import Uri

pytestmark = pytest.mark.feature("NUM-2")

# Not of the ranges for documents, which are private to Python.
PROVIDER = Target("UDP", "5.6.7.1", 5060)
HOSTS = {"edge.example.net": "5.6.7.7", "printer.lan": "192.168.1.9"}


class Dns:
    """Knows two names, and every address."""

    async def targets(self, wish: Wish) -> list[Target]:
        host = HOSTS.get(wish.host, wish.host)
        return [Target(wish.transport or "UDP", host, wish.port or 5060)]


async def led(*contacts: str, sender: Target = PROVIDER) -> tuple[str, Target] | None:
    found = await led_to([Uri.parse(each) for each in contacts], Dns(), sender, [sender])  # type: ignore[arg-type]
    return (str(found[0]), found[1]) if found is not None else None


async def test_it_leads_to_another_server_by_the_way_that_it_names():
    assert await led("sip:33199@edge.example.net:5070;transport=tcp") == (
        "sip:edge.example.net:5070",
        Target("TCP", "5.6.7.7", 5070),
    )


@pytest.mark.parametrize(
    "contact", ["sip:192.168.1.9", "sip:printer.lan", "sip:127.0.0.1:9", "sip:[fe80::1]", "tel:+33199001234"]
)
async def test_it_does_not_lead_into_the_office(contact):
    assert await led(contact) is None
    assert await led(contact, "sip:edge.example.net") is not None, "the next contact may be right"


async def test_another_pbx_of_the_office_may_send_on_within_it():
    there = await led("sip:192.168.1.9", sender=Target("UDP", "192.168.1.2", 5060))
    assert there == ("sip:192.168.1.9", Target("UDP", "192.168.1.9", 5060))


@pytest.mark.parametrize(
    ("contact", "transport"),
    [
        ("sip:edge.example.net", "TLS"),
        ("sips:edge.example.net", "TLS"),
        ("sip:edge.example.net;transport=tls", "TLS"),
        ("sip:edge.example.net;transport=udp", None),
        ("sip:edge.example.net;transport=ws", None),
    ],
)
async def test_what_is_encrypted_stays_encrypted(contact, transport):
    found = await led(contact, sender=Target("TLS", "5.6.7.1", 5061))
    assert (found[1].transport if found else None) == transport
