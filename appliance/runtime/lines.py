"""The lines: keeps each one registered or found, knows which are up and whose calls are theirs."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import Line, Transport
from appliance.control.events import EventHub
from appliance.control.live import LineLive, LineState
from appliance.runtime.background import Background
from appliance.runtime.clock import Clock
from appliance.runtime.contacts import our_contact
from appliance.runtime.names import Names
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.tokens import token
from appliance.sip.client_authentication import Login
from appliance.sip.events import ResponseReceived
from appliance.sip.flow import DEFAULT_PORTS, Flow, Outgoing, unbracketed
from appliance.sip.locate import SUPPORTED, Target, Wish
from appliance.sip.message import Request
from appliance.sip.registration_client import Account, Attempt, RegistrationClient
from appliance.sip.uri import Uri

log = logging.getLogger(__name__)

FRESH_SECONDS = 300.0
UNFOUND_SECONDS = 15.0
MISTAKE_SECONDS = 15.0
# What the provider sends back in the Request-URI of its calls: known wherever they come from.
LINE_PARAM = "line"

STATES = {
    "registered": LineState.UP,
    "refused": LineState.REFUSED,
    "unreachable": LineState.UNREACHABLE,
    "trying": LineState.REGISTERING,
    "stopped": LineState.DISABLED,
}


class LineKeeper:
    """One line: finds its servers, registers when it is a registered one, for ever."""

    def __init__(
        self, line: Line, driver: SipDriver, names: Names, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.line = line
        self.mark = token()
        self.targets: list[Target] = []
        self._driver = driver
        self._names = names
        self._clock = clock
        self._changed = changed
        self._looked_at = self._kept_alive_at = float("-inf")
        self._trusted: frozenset[str] = frozenset()
        # The name that the certificate of a server found at that address must hold.
        self._certified: dict[str, str] = {}
        self.hosts: frozenset[str] = frozenset()
        self._client = RegistrationClient(self._account(), token) if line.mode == "registered" else None

    @property
    def login(self) -> Login | None:
        """What the line proves itself with; None for a line trusted by its address."""
        user = self.line.authentication_user or self.line.user
        return Login(user, self.line.password.get_secret_value()) if user else None

    def _account(self) -> Account:
        server = Uri("sip", host=self.line.server, port=self.line.port)
        aor = Uri("sip", self.line.user, host=self.line.server)
        return Account(server, aor, self.login or Login("", ""), self.line.register_seconds)

    async def run(self) -> None:
        """Keep the line up until cancelled."""
        if self._client is not None:
            self._client.start(self._clock.monotonic())
        while True:
            try:
                await self._find_servers()
                if self._client is not None:
                    await self._register(self._client)
                self._keep_alive()
                wait = max(0.05, self._next_at() - self._clock.monotonic())
            except Exception:
                # Whatever it is, an office without its line for ever is worse.
                log.exception("line %s: a mistake of ours; it is tried again", self.line.id)
                self._start_over()
                wait = MISTAKE_SECONDS
            await asyncio.sleep(wait)

    def _start_over(self) -> None:
        if self._client is not None:
            self._client.failed(503, self._clock.monotonic())
            if self._client.next_timer() is None:
                self._client.start(self._clock.monotonic())

    def _next_at(self) -> float:
        look_again = self._looked_at + (FRESH_SECONDS if self.targets else UNFOUND_SECONDS)
        due = self._client.next_timer() if self._client is not None else None
        every = self.line.keep_alive_seconds
        moments = (look_again, due, self._kept_alive_at + every if every else None)
        return min(moment for moment in moments if moment is not None)

    def _keep_alive(self) -> None:
        """Send the server in use an empty packet as often as the line wants (RFC 5626 3.5.1)."""
        every, now = self.line.keep_alive_seconds, self._clock.monotonic()
        if every and now >= self._kept_alive_at + every:
            self._kept_alive_at = now
            for flow in self.flows[:1]:
                self._driver.sockets.send(Outgoing(flow, b"\r\n\r\n"))

    async def _find_servers(self) -> None:
        if self._clock.monotonic() < self._looked_at + (FRESH_SECONDS if self.targets else UNFOUND_SECONDS):
            return
        found: list[Target] = []
        for host in (self.line.outbound_proxy or self.line.server, *self.line.further_servers):
            targets = [each for each in await self._names.targets(self._wish(host)) if each not in found]
            found += targets
            self._certified.update((target.host, host) for target in targets)
        trusted: set[str] = set()
        for host in self.line.trusted_addresses:
            trusted.update(target.host for target in await self._names.targets(self._wish(host)))
        self._looked_at = self._clock.monotonic()
        was, self.targets = self.targets, found
        self._trusted = frozenset(trusted)
        self.hosts = self._trusted.union(target.host for target in found)
        if self._client is not None:
            self._client.set_targets(found, self._looked_at)
        if bool(was) != bool(found):
            self._changed()

    def _wish(self, host: str) -> Wish:
        transport = None if self.line.transport is Transport.AUTO else self.line.transport.value.upper()
        return Wish(host, self.line.port, transport)

    async def _register(self, client: RegistrationClient) -> None:
        while (attempt := client.wants(self._clock.monotonic(), self._contact_for)) is not None:
            before = client.state.status, client.state.reason
            reply = await self._driver.ask(attempt.request, self._flow(attempt))
            if isinstance(reply, ResponseReceived):
                client.responded(reply.response, self._clock.monotonic())
            else:
                client.failed(reply.status, self._clock.monotonic())
            if before != (client.state.status, client.state.reason):
                log.info("line %s: %s %s", self.line.id, client.state.status, client.state.reason)
                self._changed()

    def _flow(self, attempt: Attempt) -> Flow:
        return self.flow_to(attempt.target)

    def flow_to(self, target: Target) -> Flow:
        """The flow towards one of the line's servers."""
        if target.transport == "TLS":
            name = self._certified.get(target.host, self.line.server)
            self._driver.expect(target.host, target.port, name, checked=self.line.certificate_checked)
        return self._driver.flow_towards(target.transport, target.host, target.port)

    def _contact_for(self, target: Target) -> Uri:
        return our_contact(self.flow_to(target), self.line.user or self.line.id).with_param(
            LINE_PARAM, self.mark
        )

    async def leave(self) -> None:
        """Take the registration back: the line is changed or the box stops."""
        if self._client is not None:
            self._client.stop(self._clock.monotonic())
            await self._register(self._client)

    @property
    def is_up(self) -> bool:
        """Whether calls can leave by this line."""
        return bool(self.targets) and (self._client is None or self._client.state.status == "registered")

    @property
    def flows(self) -> list[Flow]:
        """Where calls leave, the server in use first."""
        current = self._client.state.target if self._client is not None else None
        ordered = sorted(self.targets, key=lambda target: target != current)
        return [self.flow_to(target) for target in ordered]

    def flow_of_provider(self, uri: Uri) -> Flow | None:
        """The flow towards a URI that the provider gave; None when it leads to somebody else."""
        targets = [target for target in self.targets if target.host == unbracketed(uri.host)]
        if uri.host.lower() in self._own_names():
            targets = self.targets
        if not targets:
            return None
        transport = (uri.param("transport") or targets[0].transport).upper()
        if transport not in (*SUPPORTED, "TLS"):
            return None
        return self.flow_to(Target(transport, targets[0].host, uri.port or DEFAULT_PORTS[transport]))

    def _own_names(self) -> set[str]:
        names = (self.line.server, self.line.outbound_proxy, *self.line.further_servers)
        return {name.lower() for name in names if name}

    def is_server(self, address: tuple[str, int]) -> bool:
        """Whether that very address and port is one of the line's servers."""
        return any((target.host, target.port) == address for target in self.targets)

    def is_address(self, host: str) -> bool:
        """Whether the line's calls may come from that address."""
        return host in self._trusted or any(target.host == host for target in self.targets)

    def live(self) -> LineLive:
        """How the line stands, for the pages."""
        if self._client is None:
            state = LineState.UP if self.targets else LineState.UNREACHABLE
            return LineLive(line_id=self.line.id, state=state, reason="" if self.targets else "no_address")
        told, shift = self._client.state, self._clock.epoch() - self._clock.monotonic()
        return LineLive(
            line_id=self.line.id,
            state=STATES[told.status],
            reason=told.reason,
            sip_status=told.status_code or None,
            since=told.since + shift,
            next_try=told.retry_at + shift if told.retry_at is not None else None,
        )


# Settings of a line that the keeper of its registration need not start over for.
_OURS_ALONE = (
    "name", "main_number_id", "dialled_format", "operator", "max_channels", "called_number_in",
    "identity_header", "from_holds", "codecs", "keep_alive_seconds",
)  # fmt: skip


def _same_to_provider(one: Line, other: Line) -> bool:
    """Whether two versions of a line register alike: what differs is nobody's business but ours."""
    ours = {name: getattr(other, name) for name in _OURS_ALONE}
    return one.model_copy(update=ours) == other


class Lines:
    """Every enabled line and its keeper."""

    def __init__(
        self,
        driver: SipDriver,
        background: Background,
        events: EventHub,
        clock: Clock,
        configuration: Callable[[], Configuration],
    ) -> None:
        self._driver = driver
        self._background = background
        self._events = events
        self._clock = clock
        self._configuration = configuration
        self._names = Names(token)
        self._keepers: dict[str, LineKeeper] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.channels: Callable[[], Counter[str]] = Counter

    def follow(self, configuration: Configuration) -> None:
        """Start, restart or stop keepers so that they are what the configuration says."""
        wanted = {line.id: line for line in configuration.lines.values() if line.enabled}
        for line_id, keeper in list(self._keepers.items()):
            line = wanted.get(line_id)
            if line is not None and _same_to_provider(keeper.line, line):
                keeper.line = line
            else:
                self._stop(line_id)
        for line in wanted.values():
            if line.id not in self._keepers:
                self._start(line)

    def _start(self, line: Line) -> None:
        def changed() -> None:
            self._events.publish("line", id=line.id)

        keeper = LineKeeper(line, self._driver, self._names, self._clock, changed)
        self._keepers[line.id] = keeper
        self._tasks[line.id] = self._background.start(keeper.run(), f"line {line.id}")

    def _stop(self, line_id: str) -> asyncio.Task[None]:
        self._tasks.pop(line_id).cancel()
        return self._background.start(self._keepers.pop(line_id).leave(), f"leave line {line_id}")

    async def close(self) -> None:
        """Stop every keeper and take the registrations back, within two seconds."""
        leaving = [self._stop(line_id) for line_id in list(self._keepers)]
        if leaving:
            await asyncio.wait(leaving, timeout=2.0)

    def line_of(self, flow: Flow, request: Request) -> Line | None:
        """The line a call comes from, or None: by its mark, its server, or its address.

        An address alone does not count for somebody who gives the name of one of our phones: provider
        and phone may share one.
        """
        mark = request.uri.param(LINE_PARAM)
        keepers = self._keepers.values()
        for keeper in keepers:
            if (mark and mark == keeper.mark) or keeper.is_server(flow.remote):
                return keeper.line
        user = request.from_.uri.user
        if self._configuration().phone_of(user or "") is not None:
            return None
        return next((keeper.line for keeper in keepers if keeper.is_address(flow.remote[0])), None)

    def hosts(self) -> frozenset[str]:
        """The addresses of every line's servers, and those trusted."""
        return frozenset().union(*(keeper.hosts for keeper in self._keepers.values()))

    def is_marked(self, data: bytes) -> bool:
        """Whether a message carries the mark of one of our lines: it comes from the provider."""
        return any(keeper.mark.encode() in data for keeper in self._keepers.values())

    def up(self) -> frozenset[str]:
        """The ids of the lines that carry calls now."""
        return frozenset(line_id for line_id, keeper in self._keepers.items() if keeper.is_up)

    def full(self) -> frozenset[str]:
        """The ids of the lines on which no further call may leave."""
        limits = {line_id: keeper.line.max_channels for line_id, keeper in self._keepers.items()}
        used = self.channels() if any(limits.values()) else Counter[str]()
        return frozenset(line_id for line_id, most in limits.items() if most and used[line_id] >= most)

    def flows(self, line_id: str) -> list[Flow]:
        """Where calls by that line go, best first."""
        keeper = self._keepers.get(line_id)
        return keeper.flows if keeper is not None else []

    def flow_of_provider(self, line_id: str, uri: Uri) -> Flow | None:
        """The flow towards a URI that the line's provider gave; None when it leads to somebody else."""
        keeper = self._keepers.get(line_id)
        return keeper.flow_of_provider(uri) if keeper is not None else None

    def tcp_address(self, address: tuple[str, int]) -> tuple[str, int] | None:
        """Where a peer may be sent large requests by TCP; None for nowhere.

        A provider's server only where its own DNS says so: providers know our calls by the way we registered.
        """
        for keeper in self._keepers.values():
            if keeper.is_server(address):
                hosts = (each for each in keeper.targets if each.transport == "TCP")
                return next(((each.host, each.port) for each in hosts if each.host == address[0]), None)
        return address

    def login(self, line_id: str) -> Login | None:
        """What the line answers challenges with."""
        keeper = self._keepers.get(line_id)
        return keeper.login if keeper is not None else None

    def live(self) -> tuple[LineLive, ...]:
        """How every line stands."""
        told = []
        for line in self._configuration().lines.values():
            keeper = self._keepers.get(line.id)
            told.append(keeper.live() if keeper else LineLive(line_id=line.id, state=LineState.DISABLED))
        return tuple(told)
