"""Finding a provider's servers: the order of DNS, and the servers found before when DNS is silent."""

from types import SimpleNamespace

import pytest

from appliance.runtime import names
from appliance.runtime.names import Names
from appliance.sip.locate import Wish


class Dns:
    """What DNS answers now."""

    def __init__(self, monkeypatch) -> None:
        self.records: dict[tuple[str, str], list[object]] = {}
        self.addresses: dict[str, list[str]] = {}
        self.asked: list[str] = []
        monkeypatch.setattr(names, "_records", self.of_kind)
        monkeypatch.setattr(names, "_addresses", self.of_host)

    async def of_kind(self, name: str, kind: str) -> list[object]:
        self.asked.append(f"{kind} {name}")
        return self.records.get((name, kind), [])

    async def of_host(self, name: str) -> list[str]:
        self.asked.append(f"ADDRESS {name}")
        return self.addresses.get(name, [])


@pytest.fixture
def dns(monkeypatch) -> Dns:
    return Dns(monkeypatch)


def srv(priority: int, port: int, target: str) -> SimpleNamespace:
    return SimpleNamespace(priority=priority, weight=0, port=port, target=target)


@pytest.mark.feature("NUM-2")
async def test_servers_come_in_the_order_of_srv_and_outlive_dns(dns):
    found = Names(lambda: "token")
    wish = Wish("provider.example", None, "UDP")
    dns.records[("_sip._udp.provider.example", "SRV")] = [
        srv(20, 5062, "b.example."),
        srv(10, 5061, "a.example."),
    ]
    dns.addresses.update({"a.example": ["192.0.2.1"], "b.example": ["192.0.2.2"]})
    dns.addresses.update({"a.example.": ["192.0.2.1"], "b.example.": ["192.0.2.2"]})
    targets = await found.targets(wish)
    assert [(target.host, target.port) for target in targets] == [("192.0.2.1", 5061), ("192.0.2.2", 5062)]
    dns.records.clear()
    dns.addresses.clear()
    assert await found.targets(wish) == targets, "a lost internet stops nothing"


async def test_an_address_and_port_need_no_dns(dns):
    targets = await Names(lambda: "token").targets(Wish("192.0.2.7", 5080, "UDP"))
    assert [(target.host, target.port) for target in targets] == [("192.0.2.7", 5080)]
    assert not dns.asked


async def test_an_unknown_name_has_no_server(dns):
    assert await Names(lambda: "token").targets(Wish("nowhere.example", None, None)) == []
