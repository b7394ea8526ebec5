"""A trunk dies in a call, moves, has no service, forgets registrations: calls get out, lines tell why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, add_trusted_line, route, set_up, to_person
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.provider import Manner, Provider
from tests.interop.waiting import until

pytestmark = pytest.mark.feature("NUM-2", "OUT-9")

OPERATOR = "sip.operator.example"
MOST_SECONDS = 4.0


class Office:
    """Alice, a line that registers with an operator found by its name, and a second line that is trusted."""

    def __init__(self, box: Box, phones: Phones, network: Network) -> None:
        self.box = box
        self.first, self.elsewhere, self.second = (
            Provider(network.host(name), tone=tone, granted=granted)
            for name, tone, granted in (("first", 500, 60), ("elsewhere", 600, 4), ("second", 700, 60))
        )
        self._hosts = network.settings_of(box.host) / "hosts"
        self.operator_is_at(self.first)
        box.start()
        set_up(box)
        alice = add_somebody(box, "Alice", "101")
        self.line = box.api.add(
            "lines",
            name="Opérateur",
            server=OPERATOR,
            port=5060,
            transport="udp",
            user="0199001234",
            password="secret-of-the-line",
            register_seconds=60,
            probe_seconds=1,
        )
        self.spare = add_trusted_line(box, self.second.host.address, probe_seconds=1)
        for line, number in ((self.line, NUMBER), (self.spare, "+33199005678")):
            routes = {"open": route(to_person(alice.person_id))}
            box.api.add("numbers", name=f"Par {line}", number=number, line_id=line, routes=routes)
        self.shows(self.line, "up")
        self.shows(self.spare, "up")
        self.phone: Baresip = phones.baresip("alice", alice, tone=440)
        self._calls = 0

    def operator_is_at(self, provider: Provider) -> None:
        self._hosts.write_text(f"127.0.0.1 localhost\n{provider.host.address} {OPERATOR}\n")

    def told(self, line: str) -> dict[str, Any]:
        return next(each for each in self.box.state()["lines"] if each["line_id"] == line)

    def shows(self, line: str, state: str, reason: str = "") -> dict[str, Any]:
        """The line, once it shows that."""
        is_so = lambda told: (told["state"], told["reason"]) == (state, reason)
        return until(
            lambda: (told := self.told(line)) and is_so(told) and told, f"{line} {state} {reason}", 60
        )

    def call(self) -> None:
        self._calls += 1
        self.phone.call(OUTSIDER)
        until(lambda: len(self.phone.seen("CALL_ESTABLISHED")) == self._calls, "the call answered")

    def hang_up(self) -> None:
        self.phone.hang_up()
        until(lambda: len(self.phone.seen("CALL_CLOSED")) == self._calls, "the call ended")

    def call_through(self, provider: Provider) -> None:
        """A call that reaches that provider."""
        before = len(provider.calls())
        self.call()
        assert len(provider.calls()) == before + 1
        self.hang_up()
        self.box.wait_quiet()

    def close(self) -> None:
        for provider in (self.first, self.elsewhere, self.second):
            provider.close()


@pytest.fixture
def office(box: Box, phones: Phones, network: Network, place: Path) -> Iterator[Office]:
    if not network.isolated:
        pytest.skip("needs network namespaces")
    made = Office(box, phones, network)
    yield made
    made.close()


def test_calls_get_out_and_the_lines_tell_the_truth_whatever_the_trunk_does(office: Office) -> None:
    first, elsewhere, second = office.first, office.elsewhere, office.second

    # It dies in a call; the next call leaves by the other line while ours still believes in it.
    office.call()
    first.die()
    office.hang_up()
    office.call()
    (_, gone), (taken,) = first.calls(), second.calls()
    assert taken.at - gone.at < MOST_SECONDS
    office.hang_up()
    told = office.shows(office.line, "unreachable", "no_answer")
    assert told["since"] and told["next_try"]
    assert "line_down" in {each["code"] for each in office.box.state()["warnings"]}
    assert office.told(office.spare)["state"] == "up"

    # It comes back at another address: found by its name, registered, and calls leave by it.
    office.operator_is_at(elsewhere)
    office.shows(office.line, "up")
    assert "line_down" not in {each["code"] for each in office.box.state()["warnings"]}
    office.call_through(elsewhere)

    # It has no service: the call leaves by the other line at once.
    elsewhere.manner = Manner.NO_SERVICE
    office.call_through(second)
    told = until(lambda: (one := office.told(office.line))["state"] == "unreachable" and one, "the line down")
    assert (told["reason"], told["sip_status"]) == ("busy", 503)
    elsewhere.manner = Manner.WELL
    office.shows(office.line, "up")

    # It answers calls, but no registration any more, for longer than it had granted.
    elsewhere.manner = Manner.NO_REGISTRATION
    office.shows(office.line, "unreachable", "no_answer")
    office.call_through(second)
    elsewhere.manner = Manner.WELL
    office.shows(office.line, "up")
    office.call_through(elsewhere)
