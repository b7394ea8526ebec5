"""A line is kept for ever: a mistake on the way delays it and never ends it."""

import asyncio

import pytest

from appliance.configuration.lines import SipTrunk
from appliance.control.live import LineState
from appliance.runtime import lines, names
from appliance.runtime.clock import Clock
from appliance.runtime.lines import LineKeeper
from appliance.sip.events import ResponseReceived
from appliance.sip.flow import Flow
from appliance.sip.locate import Target, Wish
from appliance.sip.message import make_response
from tests.support.scripted_calls import settle

LINE = SipTrunk(id="trunk", name="Trunk", mode="registered", server="sip.example.net", user="u", password="p")


class Dns:
    """Finds the one server, or fails first."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures

    async def targets(self, wish: Wish) -> list[Target]:
        self.failures -= 1
        if self.failures >= 0:
            raise RuntimeError("DNS is mistaken")
        return [Target("UDP", "127.0.0.9", 5060)]


class Driver:
    """Answers 200 to every REGISTER once its failures are spent."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures

    def flow_towards(self, transport: str, host: str, port: int) -> Flow:
        return Flow(transport, ("127.0.0.1", 5060), (host, port))

    async def ask(self, request, flow):
        self.failures -= 1
        if self.failures >= 0:
            raise RuntimeError("too many open files")
        request.headers.insert_first("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1")
        return ResponseReceived(("client", "1"), make_response(request, 200))


@pytest.fixture
def kept(monkeypatch):
    """Starts a keeper; it is let go at the end."""
    monkeypatch.setattr(lines, "MISTAKE_SECONDS", 0.0)
    keeping: list[asyncio.Task] = []

    def keep(dns: Dns, driver: Driver) -> LineKeeper:
        keeper = LineKeeper(LINE, driver, dns, Clock(), lambda: None)
        keeping.append(asyncio.ensure_future(keeper.run()))
        return keeper

    yield keep
    for task in keeping:
        task.cancel()


@pytest.mark.feature("NUM-2")
async def test_a_mistake_in_finding_the_servers_delays_the_registration_only(kept, caplog):
    keeper = kept(Dns(1), Driver())
    await settle()
    assert keeper.is_up
    assert "line trunk" in caplog.text


@pytest.mark.feature("NUM-2")
async def test_a_mistake_in_asking_is_tried_again_like_a_silent_server(kept, caplog):
    keeper = kept(Dns(), Driver(1))
    await settle()
    told = keeper.live()
    assert told.state is LineState.UNREACHABLE and told.next_try is not None
    assert "line trunk" in caplog.text


async def test_a_host_name_that_cannot_be_asked_for_has_no_address():
    assert await names._addresses("a" * 70 + ".example") == []
