"""One line: its servers found, its registration kept, its servers asked whether they are there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from appliance.calls.task_group import TaskGroup
from appliance.configuration.lines import Line, OutsideAddress, Transport
from appliance.configuration.networks import is_in_network, network_of
from appliance.control.live import LineLive, LineState
from appliance.runtime.clock import Clock
from appliance.runtime.contacts import our_contact
from appliance.runtime.line_redirections import led_to
from appliance.runtime.names import Names
from appliance.runtime.outside import Outside
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.tokens import token
from appliance.sip.client_authentication import Login
from appliance.sip.events import ResponseReceived
from appliance.sip.flow import DEFAULT_PORTS, Flow, Outgoing, unbracketed
from appliance.sip.locate import SUPPORTED, Target, Wish
from appliance.sip.message import Response
from appliance.sip.options_probe import ANSWER_SECONDS, Probe, Standing, question
from appliance.sip.registration_client import Account, RegistrationClient, seen_as
from appliance.sip.uri import Uri

log = logging.getLogger(__name__)

FRESH_SECONDS = 300.0
# How soon DNS is asked again when it gave nothing, or nothing that works: the provider may have moved.
UNFOUND_SECONDS = 15.0
MISTAKE_SECONDS = 15.0
# A trusted line that never asks after its servers asks all the same for how they see it.
SEEN_SECONDS = 300
# How soon a provider is told again that we are elsewhere: some see us elsewhere each time.
ANEW_SECONDS = 5.0
# How soon again: some close each connection once they have answered.
RECONNECT_SECONDS = 30.0
# A REGISTER has been sent five times by then: the next server, or the next try, is worth more than 24 s more.
REGISTER_SECONDS = 8.0
# What the provider sends back in the Request-URI of its calls: known wherever they come from.
LINE_PARAM = "line"

STATES = {
    "registered": LineState.UP,
    "refused": LineState.REFUSED,
    "unreachable": LineState.UNREACHABLE,
    "trying": LineState.REGISTERING,
    "stopped": LineState.DISABLED,
}
# What calls leave by. A server that has never answered OPTIONS may be one that never does.
USABLE = frozenset({LineState.UP, LineState.UNCONFIRMED})

# What, when DNS is silent too, is not the provider's doing.
CUT_OFF = frozenset({"no_address", "no_answer", "transport_failed"})


class LineKeeper:
    """One line: finds its servers, registers when it is a registered one, asks after them, for ever."""

    def __init__(
        self, line: Line, driver: SipDriver, names: Names, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.line = line
        self.mark = token()
        self._found: list[Target] = []
        self._driver = driver
        self._names = names
        self._clock = clock
        self._changed = changed
        self._looked_at = self._kept_alive_at = float("-inf")
        # The name that the certificate of a server found at that address must hold.
        self._certified: dict[str, str] = {}
        self._trusted: frozenset[str] = frozenset()
        self._client = RegistrationClient(self._account(), token) if line.mode == "registered" else None
        self._probes: dict[Target, Probe] = {}
        self.outside = Outside(line, names)
        self._told_outside = self.outside.address
        self._told_anew_at = self._connected_anew_at = float("-inf")
        self._wake = asyncio.Event()
        self._dns_silent = False
        self._dead_until = float("-inf")
        self._told = self._stands()
        self._since = clock.monotonic()

    @property
    def targets(self) -> list[Target]:
        """The line's servers: those found, and before them the one that they have sent us to."""
        elsewhere = self._client.elsewhere if self._client is not None else None
        if elsewhere is None or elsewhere in self._found:
            return self._found
        return [elsewhere, *self._found]

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
        """Keep the line up until cancelled; whoever is asked for its address meanwhile may be slow."""
        async with TaskGroup() as group:
            group.create_task(self.outside.keep(self._clock, self._is_elsewhere))
            await self._keep_up()

    async def _keep_up(self) -> None:
        while True:
            try:
                await self._find_servers()
                if self._client is not None:
                    self._live_or_dead(self._client)
                    await self._register(self._client)
                await self._ask_servers()
                self._keep_alive()
                self._tell()
                wait = max(0.05, self._next_at() - self._clock.monotonic())
            except Exception:
                # Whatever it is, an office without its line for ever is worse.
                log.exception("line %s: a mistake of ours; it is tried again", self.line.id)
                self._start_over()
                wait = MISTAKE_SECONDS
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    def take(self, line: Line) -> None:
        """Go on with other settings that change nothing of the registration."""
        self.line = line
        self._wake.set()

    @property
    def plays_dead(self) -> bool:
        """Whether the line is signed off for a while, as if the box had no power (BACKUP-2)."""
        return self._clock.monotonic() < self._dead_until

    def play_dead(self, until: float) -> None:
        """Be signed off until that moment of the steady clock; a past one has the line live at once."""
        self._dead_until = until
        self._wake.set()

    def _live_or_dead(self, client: RegistrationClient) -> None:
        """Have the registration begun, or taken back: the next REGISTER does it."""
        if self.plays_dead and client.state.status != "stopped":
            client.stop(self._clock.monotonic())
        elif not self.plays_dead and client.state.status == "stopped":
            client.start(self._clock.monotonic())

    def suspect(self) -> None:
        """A call has failed on this line: look at once."""
        for probe in self._probes.values():
            probe.hasten(self._clock.monotonic())
        self._wake.set()

    def connection_closed(self, flow: Flow) -> None:
        """A connection is gone: a provider brings its calls by the one that we registered on."""
        target = self._client.state.target if self._client is not None else None
        if target is None or flow.transport != target.transport or flow.transport == "UDP":
            return
        if flow.remote == (target.host, target.port):
            self._register_anew()

    def _register_anew(self) -> None:
        """Register once more at once, unless that was done a moment ago."""
        now = self._clock.monotonic()
        if self._client is not None and now >= self._connected_anew_at + RECONNECT_SECONDS:
            self._connected_anew_at = now
            self._client.refresh(now)
            self._wake.set()

    def _compare(self, response: Response) -> None:
        """Register anew where the provider sees us at another address: it brings calls to the former one.

        Another port alone is no sign: some routers give each request its own.
        """
        before = self._client.state.seen_as if self._client is not None else None
        now = seen_as(response)
        if before is not None and now is not None and now[0] != before[0]:
            self._register_anew()

    def try_now(self) -> None:
        """Look for the servers and register at once, however long the next try was to be waited for."""
        self._looked_at = float("-inf")
        if self._client is not None and self._client.state.status in ("refused", "unreachable"):
            self._client.start(self._clock.monotonic())
        self.suspect()

    def _tell(self) -> None:
        """Say what has changed since it was last told, and keep the moment."""
        stands = self._stands()
        if stands != self._told:
            self._told, self._since = stands, self._clock.monotonic()
            log.info("line %s: %s %s", self.line.id, *stands[:2])
            self._changed()

    def _start_over(self) -> None:
        if self._client is not None:
            self._client.failed(503, self._clock.monotonic())
            if self._client.next_timer() is None:
                self._client.start(self._clock.monotonic())

    def _next_at(self) -> float:
        look_again = self._looked_at + self._patience()
        due = self._client.next_timer() if self._client is not None else None
        every = self._keep_alive_seconds
        probes = (probe.due for target in self._asked_after() if (probe := self._probes.get(target)))
        kept_alive = self._kept_alive_at + every if every else None
        dead_until = self._dead_until if self.plays_dead else None
        anew = self._told_anew_at + ANEW_SECONDS if self._is_misinformed else None
        moments = (look_again, due, kept_alive, dead_until, anew, *probes)
        return min(moment for moment in moments if moment is not None)

    def _patience(self) -> float:
        """How long the servers found are good for."""
        works = self.targets and self._stands()[0] is not LineState.UNREACHABLE
        return FRESH_SECONDS if works else UNFOUND_SECONDS

    @property
    def _keep_alive_seconds(self) -> int:
        return 0 if self.plays_dead else self.line.keep_alive_seconds

    def _keep_alive(self) -> None:
        """Send the server in use an empty packet as often as the line wants (RFC 5626 3.5.1)."""
        every, now = self._keep_alive_seconds, self._clock.monotonic()
        if every and now >= self._kept_alive_at + every:
            self._kept_alive_at = now
            for flow in self.flows[:1]:
                self._driver.sockets.send(Outgoing(flow, b"\r\n\r\n"))

    async def _find_servers(self) -> None:
        if self._clock.monotonic() < self._looked_at + self._patience():
            return
        found: list[Target] = []
        hosts = (self.line.outbound_proxy or self.line.server, *self.line.further_servers)
        for host in hosts:
            targets = [each for each in await self._names.targets(self._wish(host)) if each not in found]
            found += targets
            self._certified.update((target.host, host) for target in targets)
        trusted: set[str] = set()
        for host in self.line.trusted_addresses:
            if network_of(host) is not None:
                continue
            trusted.update(target.host for target in await self._names.targets(self._wish(host)))
        self._looked_at = self._clock.monotonic()
        self._dns_silent = any(self._names.was_silent(self._wish(host)) for host in hosts)
        self._found = found
        self._probes = {target: probe for target, probe in self._probes.items() if target in self.targets}
        self._trusted = frozenset(trusted)
        if self._client is not None:
            self._client.set_targets(found, self._looked_at)
        self._tell()

    def _wish(self, host: str) -> Wish:
        transport = None if self.line.transport is Transport.AUTO else self.line.transport.value.upper()
        return Wish(host, self.line.port, transport)

    async def _register(self, client: RegistrationClient) -> None:
        self._sign_in_anew(client)
        while (attempt := client.wants(self._clock.monotonic(), self._contact_for)) is not None:
            flow = self.flow_to(attempt.target)
            reply = await self._driver.ask(attempt.request, flow, REGISTER_SECONDS)
            if isinstance(reply, ResponseReceived):
                client.responded(reply.response, self._clock.monotonic())
                if client.sent_to:
                    await self._follow(client, attempt.target)
                if self.outside.seen(reply.response, flow):
                    self._changed()
                self._sign_in_anew(client)
            else:
                client.failed(reply.status, self._clock.monotonic())
            self._tell()

    async def _follow(self, client: RegistrationClient, sender: Target) -> None:
        """Register where the provider sends us, if that may be."""
        found = await led_to(client.sent_to, self._names, sender, self._found)
        if found is not None:
            self._certified[found[1].host] = unbracketed(found[0].host)
        client.follow(found, self._clock.monotonic())

    def _is_elsewhere(self) -> None:
        """The address seen from outside is another, or not found."""
        self._changed()
        self._wake.set()

    @property
    def _is_misinformed(self) -> bool:
        """Whether the provider that we are registered with was told another address than is known by now."""
        registered = self._client is not None and self._client.state.status == "registered"
        return registered and self._told_outside != self.outside.address

    def _sign_in_anew(self, client: RegistrationClient) -> None:
        """Have the provider told at once where we are."""
        now = self._clock.monotonic()
        if self._is_misinformed and now >= self._told_anew_at + ANEW_SECONDS:
            self._told_anew_at = now
            client.start(now)

    @property
    def _probe_seconds(self) -> int:
        """How often a server is asked whether it is there, or how it sees us; 0 for never."""
        learns = self._client is None and self.line.outside_address is OutsideAddress.SEEN
        return self.line.probe_seconds or (SEEN_SECONDS if learns else 0)

    def _asked_after(self) -> list[Target]:
        """The servers that are asked whether they are there: the one registered with, or all."""
        if not self._probe_seconds or self.plays_dead:
            return []
        if self._client is None:
            return self.targets
        told = self._client.state
        return [told.target] if told.status == "registered" and told.target is not None else []

    async def _ask_servers(self) -> None:
        """Ask every server whose turn it is by OPTIONS."""
        now, every = self._clock.monotonic(), self._probe_seconds
        for target in self._asked_after():
            self._probes.setdefault(target, Probe(every, now))
        due = [target for target in self._asked_after() if self._probes[target].due <= now]
        await asyncio.gather(*(self._ask(target, self._probes[target]) for target in due))

    async def _ask(self, target: Target, probe: Probe) -> None:
        was_down = probe.standing.is_down
        server = Uri("sip", host=self.line.server, port=self.line.port)
        aor = Uri("sip", self.line.user or None, host=self.line.server)
        flow = self.flow_to(target)
        asked = question(server, aor, token, self.service_route(flow))
        reply = await self._driver.ask(asked, flow, ANSWER_SECONDS)
        now = self._clock.monotonic()
        if isinstance(reply, ResponseReceived):
            probe.answered(reply.response.status, now)
            news = self.outside.seen(reply.response, flow, moved=self._client is not None)
            if self.line.outside_address is not OutsideAddress.SEEN:
                self._compare(reply.response)
        else:
            probe.failed(reply.status, now)
            news = self._client is None and self.outside.unseen()
        if news:
            self._changed()
        told = probe.standing
        if told.is_down and not was_down:
            # The provider may have moved.
            self._looked_at = float("-inf")
            if self._client is not None:
                self._client.lost(told.reason, told.status, now)

    def flow_to(self, target: Target) -> Flow:
        """The flow towards one of the line's servers."""
        if target.transport == "TLS":
            name = self._certified.get(target.host, self.line.server)
            self._driver.expect(target.host, target.port, name, checked=self.line.certificate_checked)
        return self._driver.flow_towards(target.transport, target.host, target.port)

    def _contact_for(self, target: Target) -> Uri:
        flow, user = self.flow_to(target), self.line.user or self.line.id
        self._told_outside = self.outside.address
        return our_contact(flow, user, self.outside.towards(flow)).with_param(LINE_PARAM, self.mark)

    async def leave(self) -> None:
        """Take the registration back: the line is changed or the box stops."""
        if self._client is not None:
            self._client.stop(self._clock.monotonic())
            await self._register(self._client)

    @property
    def is_up(self) -> bool:
        """Whether calls can leave by this line."""
        return bool(self.targets) and self._stands()[0] in USABLE

    @property
    def flows(self) -> list[Flow]:
        """Where calls leave: the server registered with first, those that do not answer last."""
        current = self._client.state.target if self._client is not None else None
        ordered = sorted(self.targets, key=lambda target: (self._standing(target).is_down, target != current))
        return [self.flow_to(target) for target in ordered]

    def service_route(self, flow: Flow) -> tuple[str, ...]:
        """What a request on that flow is to pass: it holds of the server that we are registered with."""
        told = self._client.state if self._client is not None else None
        if told is None or told.status != "registered" or told.target is None:
            return ()
        return told.service_route if (told.target.host, told.target.port) == flow.remote else ()

    def _standing(self, target: Target) -> Standing:
        probe = self._probes.get(target)
        return probe.standing if probe is not None else Standing()

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
        if host in self._trusted or any(target.host == host for target in self.targets):
            return True
        return any(is_in_network(host, each) for each in self.line.trusted_addresses)

    def _stands(self) -> tuple[LineState, str, int | None]:
        """State, the reason when it is not up, and the status that gave the reason."""
        if self.plays_dead:
            return LineState.PLAYING_DEAD, "", None
        state, reason, status = self._stands_with_provider()
        if self._dns_silent and reason in CUT_OFF:
            reason = "no_internet"
        return state, reason, status

    def _stands_with_provider(self) -> tuple[LineState, str, int | None]:
        if self._client is not None:
            told = self._client.state
            if told.status == "registered" and told.target is not None:
                found = _by_answers([self._standing(told.target)], LineState.UP)
                return (
                    (LineState.UP, "sip_alg", None) if told.rewritten and found[0] is LineState.UP else found
                )
            return STATES[told.status], told.reason, told.status_code or None
        if not self.targets:
            return LineState.UNREACHABLE, "no_address", None
        if not self.line.probe_seconds:
            return LineState.UP, "", None
        return _by_answers([self._standing(target) for target in self.targets], LineState.UNCONFIRMED)

    def live(self) -> LineLive:
        """How the line stands, for the pages."""
        shift = self._clock.epoch() - self._clock.monotonic()
        state, reason, status = self._stands()
        retry_at = self._client.state.retry_at if self._client is not None else None
        return LineLive(
            line_id=self.line.id,
            state=state,
            reason=reason,
            sip_status=status,
            since=self._since + shift,
            next_try=retry_at + shift if retry_at is not None else None,
            outside=self.outside.address[0] if self.outside.address is not None else "",
            outside_problem=self.outside.problem,
        )


def _by_answers(servers: list[Standing], unheard: LineState) -> tuple[LineState, str, int | None]:
    """How a line stands by what its servers have answered; `unheard` when none has ever."""
    if any(server.is_confirmed for server in servers):
        return LineState.UP, "", None
    hopeful = [server for server in servers if not server.is_down]
    told = (hopeful or servers)[0]
    if not hopeful:
        return LineState.UNREACHABLE, told.reason, told.status or None
    return unheard, "" if unheard is LineState.UP else told.reason, None
