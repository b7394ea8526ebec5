"""The lines: a keeper for each one, which are up, and whose calls are theirs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from appliance.calls.arrival import line_called
from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import Line
from appliance.control.events import EventHub
from appliance.control.live import LineLive, LineState
from appliance.runtime.background import Background
from appliance.runtime.clock import Clock
from appliance.runtime.line_keeper import LINE_PARAM, LineKeeper
from appliance.runtime.names import Names
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.tokens import token
from appliance.sip.client_authentication import Login
from appliance.sip.flow import Address, Flow
from appliance.sip.message import Request
from appliance.sip.uri import Uri

# A provider that answers takes a tenth of a second; the registration that stays ends by itself.
LEAVE_SECONDS = 2.0
# Settings of a line that the keeper of its registration need not start over for.
_OURS_ALONE = (
    "name", "main_number_id", "dialled_format", "operator", "max_channels", "called_number_in",
    "identity_header", "from_holds", "codecs", "keep_alive_seconds",
    "encrypted_audio", "prefix", "forwarded_caller", "passes_mobiles", "told_redirections",
    "extension_in_to", "extensions_there", "calls_outside",
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
        self._dead_until: dict[str, float] = {}
        self.turned_away: Callable[[str, str], None] = lambda line_id, caller: None
        self.channels: Callable[[], Counter[str]] = Counter

    def follow(self, configuration: Configuration) -> None:
        """Start, restart or stop keepers so that they are what the configuration says."""
        wanted = {line.id: line for line in configuration.lines.values() if line.enabled}
        for line_id, keeper in list(self._keepers.items()):
            line = wanted.get(line_id)
            if line is not None and _same_to_provider(keeper.line, line):
                keeper.take(line)
            else:
                self._stop(line_id)
        for line in wanted.values():
            if line.id not in self._keepers:
                self._start(line)

    def _start(self, line: Line) -> None:
        def changed() -> None:
            told = keeper.live()
            self._events.publish("line", id=line.id, state=told.state, reason=told.reason)

        keeper = LineKeeper(line, self._driver, self._names, self._clock, changed)
        keeper.play_dead(self._dead_until.get(line.id, float("-inf")))
        self._keepers[line.id] = keeper
        self._tasks[line.id] = self._background.start(keeper.run(), f"line {line.id}")

    def _stop(self, line_id: str) -> asyncio.Task[None]:
        self._tasks.pop(line_id).cancel()
        return self._background.start(self._keepers.pop(line_id).leave(), f"leave line {line_id}")

    async def close(self) -> None:
        """Stop every keeper and take the registrations back; providers that do not answer are left."""
        leaving = [self._stop(line_id) for line_id in list(self._keepers)]
        late = (await asyncio.wait(leaving, timeout=LEAVE_SECONDS))[1] if leaving else ()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def line_of(self, flow: Flow, request: Request) -> Line | None:
        """The line a call comes from, or None: by its mark, its server, or its address.

        Of lines that share their server, the one that is called by its user name or by a number of its own.
        An address alone does not count for somebody who gives the name of one of our phones: provider
        and phone may share one.
        """
        mark, keepers = request.uri.param(LINE_PARAM), self._keepers.values()
        if mark and (marked := next((each.line for each in keepers if each.mark == mark), None)) is not None:
            return marked
        if found := [keeper.line for keeper in keepers if keeper.is_server(flow.remote)]:
            return line_called(self._configuration(), found, request)
        user = request.from_.uri.user
        if self._configuration().phone_of(user or "") is not None:
            return None
        found = [keeper.line for keeper in keepers if keeper.is_address(flow.remote[0])]
        return line_called(self._configuration(), found, request) if found else None

    def is_address(self, host: str) -> bool:
        """Whether calls of any line may come from that address: one of a server, or one that is trusted."""
        return any(keeper.is_address(host) for keeper in self._keepers.values())

    def is_marked(self, data: bytes) -> bool:
        """Whether a message carries the mark of one of our lines: it comes from the provider."""
        return any(keeper.mark.encode() in data for keeper in self._keepers.values())

    def play_dead(self, line_id: str, seconds: float) -> None:
        """Let a line be signed off for so long, as if the box had no power; 0 ends it."""
        until = self._clock.monotonic() + seconds
        self._dead_until[line_id] = until
        if (keeper := self._keepers.get(line_id)) is not None:
            keeper.play_dead(until)

    def dead_seconds(self, line_id: str) -> float:
        """How long a line still plays dead; 0 when it does not."""
        return max(0.0, self._dead_until.get(line_id, 0.0) - self._clock.monotonic())

    def seems_dead(self, flow: Flow, request: Request) -> bool:
        """Whether who asks is the provider of a line that plays dead."""
        if not any(self.dead_seconds(line_id) for line_id in self._dead_until):
            return False
        line = self.line_of(flow, request)
        return line is not None and self.dead_seconds(line.id) > 0

    def up(self) -> frozenset[str]:
        """The ids of the lines that carry calls now."""
        return frozenset(line_id for line_id, keeper in self._keepers.items() if keeper.is_up)

    def is_signed_off(self, line_id: str) -> bool:
        """Whether a line that registers is not registered now: its provider may refuse calls."""
        keeper = self._keepers.get(line_id)
        return keeper is not None and keeper.line.mode == "registered" and not keeper.is_up

    def full(self) -> frozenset[str]:
        """The ids of the lines on which no further call may leave."""
        limits = {line_id: keeper.line.max_channels for line_id, keeper in self._keepers.items()}
        used = self.channels() if any(limits.values()) else Counter[str]()
        return frozenset(line_id for line_id, most in limits.items() if most and used[line_id] >= most)

    def suspect(self, line_id: str) -> None:
        """A call has failed on that line."""
        if (keeper := self._keepers.get(line_id)) is not None:
            keeper.suspect()

    def connection_closed(self, flow: Flow) -> None:
        """A connection is gone, and with it the way by which a provider may bring its calls."""
        for keeper in self._keepers.values():
            keeper.connection_closed(flow)

    def try_now(self, line_id: str) -> bool:
        """Have a line tried at once; False for one that is not in use."""
        keeper = self._keepers.get(line_id)
        if keeper is not None:
            keeper.try_now()
        return keeper is not None

    def flows(self, line_id: str) -> list[Flow]:
        """Where calls by that line go, best first."""
        keeper = self._keepers.get(line_id)
        return keeper.flows if keeper is not None else []

    def outside(self, line_id: str | None, flow: Flow) -> Address | None:
        """The address and port by which a line's server is told to reach us; None: by our own."""
        keeper = self._keepers.get(line_id or "")
        return keeper.outside.towards(flow) if keeper is not None else None

    def service_route(self, line_id: str, flow: Flow) -> tuple[str, ...]:
        """The Route of a request that leaves by that line on that flow (RFC 3608)."""
        keeper = self._keepers.get(line_id)
        return keeper.service_route(flow) if keeper is not None else ()

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
