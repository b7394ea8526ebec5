"""A line is kept for ever: a mistake on the way delays it and never ends it."""

import asyncio

import pytest
from pydantic import ValidationError

from appliance.configuration.lines import OutsideAddress, SipTrunk
from appliance.control.live import LineState
from appliance.runtime import line_keeper, names, outside
from appliance.runtime.clock import Clock
from appliance.runtime.line_keeper import LineKeeper
from appliance.sip.events import RequestFailed, ResponseReceived
from appliance.sip.flow import Flow
from appliance.sip.locate import Target, Wish
from appliance.sip.message import make_response
from tests.support.scripted_calls import settle

LINE = SipTrunk(id="trunk", name="Trunk", mode="registered", server="sip.example.net", user="u", password="p")


class Dns:
    """Finds the one server, or fails first."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.silent = False

    def was_silent(self, wish: Wish) -> bool:
        return self.silent

    async def targets(self, wish: Wish) -> list[Target]:
        self.failures -= 1
        if self.failures >= 0:
            raise RuntimeError("DNS is mistaken")
        return [Target("UDP", "127.0.0.9", 5060)]


class Driver:
    """Answers 200 to REGISTER once its failures are spent, `options` in turn to OPTIONS; 0 is silence."""

    def __init__(self, failures: int = 0, options: tuple[int, ...] = ()) -> None:
        self.failures = failures
        self.options = list(options)

    def flow_towards(self, transport: str, host: str, port: int) -> Flow:
        return Flow(transport, ("127.0.0.1", 5060), (host, port))

    async def ask(self, request, flow, seconds=None):
        if request.method == "OPTIONS":
            status = self.options.pop(0) if self.options else 200
            if not status:
                return RequestFailed(("client", "1"), 408)
            request.headers.insert_first("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1")
            return ResponseReceived(("client", "1"), make_response(request, status))
        self.failures -= 1
        if self.failures >= 0:
            raise RuntimeError("too many open files")
        request.headers.insert_first("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1")
        return ResponseReceived(("client", "1"), make_response(request, 200))


@pytest.fixture
def kept(monkeypatch):
    """Starts a keeper; it is let go at the end."""
    monkeypatch.setattr(line_keeper, "MISTAKE_SECONDS", 0.0)
    keeping: list[asyncio.Task] = []

    def keep(dns: Dns, driver: Driver, line: SipTrunk = LINE, changed=lambda: None) -> LineKeeper:
        keeper = LineKeeper(line, driver, dns, Clock(), changed)
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


@pytest.mark.feature("NUM-2")
async def test_somebody_who_had_the_provider_mend_it_has_the_line_tried_at_once(kept):
    driver = Driver(1)
    keeper = kept(Dns(), driver)
    await settle()
    assert keeper.live().state is LineState.UNREACHABLE
    keeper.try_now()
    await settle()
    assert keeper.live().state is LineState.UP


@pytest.mark.feature("NUM-2")
async def test_an_operator_calls_from_any_address_of_the_ranges_it_names(kept):
    ranges = ("54.171.127.192/26", "2001:db8:7::/48")
    keeper = kept(Dns(), Driver(), LINE.model_copy(update={"trusted_addresses": ranges}))
    await settle()
    asked = ("54.171.127.200", "54.171.128.1", "2001:db8:7::9", "2001:db8:8::9", "127.0.0.9", "nonsense")
    assert [keeper.is_address(each) for each in asked] == [True, False, True, False, True, False]


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize(
    ("written", "code"),
    [("10.0.0.0/8", "network_too_wide"), ("0.0.0.0/0", "network_too_wide"), ("2001::/16", "network_too_wide"),
     ("host/28", "network_malformed"), ("1.2.3.4/33", "network_malformed"),
     ("1.2.3.4/", "string_pattern_mismatch")],
)  # fmt: skip
def test_a_range_that_is_none_or_holds_half_the_internet_is_refused(written, code):
    with pytest.raises(ValidationError) as refused:
        SipTrunk.model_validate({**TRUSTED.model_dump(), "trusted_addresses": (written,)})
    assert [(error["type"], error["loc"]) for error in refused.value.errors()] == [
        (code, ("trusted_addresses", 0))
    ]


TRUSTED = SipTrunk(id="trunk", name="Trunk", mode="trusted", server="sip.example.net")


@pytest.mark.feature("NUM-2")
async def test_a_trusted_line_is_up_once_its_server_answers_and_down_when_it_falls_silent(kept):
    told: list[LineState] = []
    driver = Driver(options=(200, 0, 0, 503))
    keeper = kept(Dns(), driver, TRUSTED, lambda: told.append(keeper.live().state))
    await settle()
    assert told == [LineState.UNCONFIRMED, LineState.UP]
    assert keeper.is_up
    for _ in range(2):
        keeper.suspect()
        await settle()
    live = keeper.live()
    assert (live.state, live.reason) == (LineState.UNREACHABLE, "no_answer")
    assert live.since and not keeper.is_up
    keeper.suspect()
    await settle()
    assert (keeper.live().reason, keeper.live().sip_status) == ("busy", 503)
    keeper.suspect()
    await settle()
    assert keeper.is_up
    assert told[1:] == [LineState.UP, LineState.UNREACHABLE, LineState.UNREACHABLE, LineState.UP]


async def test_with_dns_silent_too_the_connection_is_named_as_the_cause(kept):
    dns = Dns()
    keeper = kept(dns, Driver(options=(200, 0, 0)), TRUSTED)
    dns.silent = True
    await settle()
    for _ in range(2):
        keeper.suspect()
        await settle()
    assert (keeper.live().state, keeper.live().reason) == (LineState.UNREACHABLE, "no_internet")


async def test_a_provider_that_never_answers_options_is_tried_all_the_same(kept):
    keeper = kept(Dns(), Driver(options=(0, 0, 0)), TRUSTED)
    await settle()
    keeper.suspect()
    await settle()
    assert (keeper.live().state, keeper.live().reason) == (LineState.UNCONFIRMED, "no_answer")
    assert keeper.is_up


async def test_a_registered_line_whose_server_falls_silent_registers_again(kept):
    keeper = kept(Dns(), Driver(options=(200, 0, 0)))
    await settle()
    for _ in range(2):
        keeper.suspect()
        await settle()
    live = keeper.live()
    assert (live.state, live.reason) == (LineState.UNREACHABLE, "no_answer")
    assert live.next_try is not None


async def test_a_host_name_that_cannot_be_asked_for_has_no_address():
    assert await names._addresses("a" * 70 + ".example") == []


class Recording(Driver):
    """Keeps the requests that it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []

    async def ask(self, request, flow, seconds=None):
        self.asked.append((request.method, request.headers.get("Expires") or ""))
        return await super().ask(request, flow, seconds)


@pytest.mark.feature("BACKUP-2")
async def test_a_line_that_plays_dead_takes_its_registration_back_and_comes_again(kept):
    driver, told = Recording(), []
    keeper = kept(Dns(), driver, LINE, lambda: told.append(keeper.live().state))
    await settle()
    assert keeper.is_up
    driver.asked.clear()
    keeper.play_dead(Clock().monotonic() + 180)
    await settle()
    assert driver.asked == [("REGISTER", "0")]
    assert keeper.live().state is LineState.PLAYING_DEAD and not keeper.is_up
    keeper.suspect()
    await settle()
    assert driver.asked == [("REGISTER", "0")], "nobody is asked after by a dead box"
    keeper.play_dead(float("-inf"))
    await settle()
    assert keeper.is_up and driver.asked[1] == ("REGISTER", "600")
    assert LineState.PLAYING_DEAD in told and told[-1] is LineState.UP


@pytest.mark.feature("BACKUP-2")
async def test_a_line_that_starts_while_it_plays_dead_registers_when_that_is_over(kept):
    driver, keeper = Recording(), None
    keeper = LineKeeper(LINE, driver, Dns(), Clock(), lambda: None)
    keeper.play_dead(Clock().monotonic() + 180)
    task = asyncio.ensure_future(keeper.run())
    await settle()
    assert driver.asked == [] and not keeper.is_up
    keeper.play_dead(float("-inf"))
    await settle()
    assert keeper.is_up
    task.cancel()


@pytest.mark.feature("BACKUP-2")
async def test_a_trusted_line_that_plays_dead_asks_nobody_and_carries_nothing(kept):
    driver = Recording()
    keeper = kept(Dns(), driver, TRUSTED)
    await settle()
    asked = len(driver.asked)
    keeper.play_dead(Clock().monotonic() + 180)
    keeper.suspect()
    await settle()
    assert len(driver.asked) == asked
    assert keeper.live().state is LineState.PLAYING_DEAD and not keeper.is_up


BEYOND = LINE.model_copy(update={"outside_address": OutsideAddress.STUN, "outside_host": "stun.example.net"})


@pytest.fixture
async def stun(monkeypatch):
    """A STUN server whose answer comes when the test has it come."""
    answered: asyncio.Future = asyncio.get_running_loop().create_future()

    async def ask(server: Target):
        return await answered

    monkeypatch.setattr(outside, "ask_stun", ask)
    return answered


class Registrar(Recording):
    """Keeps where each REGISTER is to be answered; holds the first one back until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.contacts: list[str] = []
        self.may_answer = asyncio.Event()

    async def ask(self, request, flow, seconds=None):
        if request.method == "REGISTER":
            self.contacts.append(request.contact.uri.host)
            await self.may_answer.wait()
        return await super().ask(request, flow, seconds)


@pytest.mark.feature("NUM-2")
async def test_a_stun_server_that_takes_its_time_delays_no_registration_and_no_question(kept, stun):
    driver = Registrar()
    driver.may_answer.set()
    keeper = kept(Dns(), driver, BEYOND)
    await settle()
    assert keeper.is_up and driver.contacts == ["127.0.0.1"]
    assert [method for method, _ in driver.asked] == ["REGISTER", "OPTIONS"]
    stun.set_result(("203.0.113.7", 61000))
    await settle()
    assert driver.contacts == ["127.0.0.1", "203.0.113.7"]
    assert keeper.is_up and keeper.live().outside == "203.0.113.7"


@pytest.mark.feature("NUM-2")
async def test_an_address_found_while_the_registration_is_under_way_is_told_in_a_second_one(kept, stun):
    driver = Registrar()
    kept(Dns(), driver, BEYOND)
    await settle()
    stun.set_result(("203.0.113.7", 61000))
    await settle()
    assert driver.contacts == ["127.0.0.1"]
    driver.may_answer.set()
    await settle()
    assert driver.contacts == ["127.0.0.1", "203.0.113.7"]


class Restless(Registrar):
    """Sees each request come from elsewhere."""

    async def ask(self, request, flow, seconds=None):
        reply = await super().ask(request, flow, seconds)
        via = f"SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;received=203.0.113.7;rport={61000 + len(self.contacts)}"
        reply.response.headers.set("Via", via)
        return reply


async def test_a_provider_that_sees_us_elsewhere_each_time_is_not_asked_without_end(kept):
    driver = Restless()
    driver.may_answer.set()
    line = LINE.model_copy(update={"outside_address": OutsideAddress.SEEN})
    kept(Dns(), driver, line)
    await settle()
    assert driver.contacts == ["127.0.0.1", "203.0.113.7"]


@pytest.mark.feature("NUM-2")
async def test_a_trusted_line_that_asks_after_nobody_asks_all_the_same_how_it_is_seen(kept):
    never = {"probe_seconds": 0}
    silent = Recording()
    kept(Dns(), silent, TRUSTED.model_copy(update=never))
    driver = Restless()
    keeper = kept(Dns(), driver, TRUSTED.model_copy(update={**never, "outside_address": OutsideAddress.SEEN}))
    await settle()
    assert silent.asked == []
    assert [method for method, _ in driver.asked] == ["OPTIONS"]
    told = keeper.live()
    assert (told.state, told.outside, told.outside_problem) == (LineState.UP, "203.0.113.7", "")


class Router(Registrar):
    """Lets the provider see the address that the office has at the moment, each request from another port."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer.set()
        self.address, self.port = "203.0.113.7", 61000
        self.third = asyncio.Event()

    async def ask(self, request, flow, seconds=None):
        reply = await super().ask(request, flow, seconds)
        self.port += request.method == "OPTIONS"
        if len(self.contacts) == 3:
            self.third.set()
        via = f"SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;received={self.address};rport={self.port}"
        reply.response.headers.set("Via", via)
        return reply


@pytest.mark.feature("NUM-2")
async def test_an_office_that_gets_another_address_registers_it_as_soon_as_the_provider_sees_it(
    kept, monkeypatch
):
    monkeypatch.setattr(line_keeper, "ANEW_SECONDS", 0.0)
    driver = Router()
    keeper = kept(Dns(), driver, LINE.model_copy(update={"outside_address": OutsideAddress.SEEN}))
    await settle()
    assert driver.contacts == ["127.0.0.1", "203.0.113.7"], "another port alone, in OPTIONS, is no news"
    driver.address = "198.51.100.20"
    keeper.suspect()
    async with asyncio.timeout(10):
        await driver.third.wait()
    assert driver.contacts[2:] == ["198.51.100.20"]


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize(("address", "anew"), [("198.51.100.20", 1), ("203.0.113.7", 0)])
async def test_a_provider_that_answers_to_where_it_saw_us_is_told_when_that_is_elsewhere(kept, address, anew):
    """Nothing is set up for routers: the office gets another address in the night, as many do."""
    driver = Router()
    keeper = kept(Dns(), driver)
    await settle()
    assert driver.contacts == ["127.0.0.1"] and keeper.is_up
    driver.address = address
    keeper.suspect()
    await settle()
    assert driver.contacts == ["127.0.0.1"] * (1 + anew) and keeper.is_up
