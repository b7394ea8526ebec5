"""Finding a server: from DNS answers to an ordered list of where to send (RFC 3263, RFC 2782).

Pure: `questions` says what to ask next, the caller asks and puts the results into `Answers`, until
nothing is left to ask; then `order_targets` orders what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal
from zlib import crc32

from appliance.sip.dialog import is_address
from appliance.sip.flow import DEFAULT_PORTS, unbracketed

SUPPORTED = ("UDP", "TCP")
_SERVICES = {"SIP+D2U": "UDP", "SIP+D2T": "TCP", "SIPS+D2T": "TLS"}
_SRV_NAMES = {"UDP": "_sip._udp.", "TCP": "_sip._tcp.", "TLS": "_sips._tcp."}


@dataclass(frozen=True, slots=True)
class Wish:
    """The server looked for. `transport` None: DNS decides; `port` None: DNS or the default decides."""

    host: str
    port: int | None = None
    transport: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One DNS query. Kind ADDRESS means A and AAAA."""

    kind: Literal["NAPTR", "SRV", "ADDRESS"]
    name: str


@dataclass(frozen=True, slots=True)
class Naptr:
    """One NAPTR record (RFC 3403)."""

    order: int
    preference: int
    service: str
    replacement: str
    flags: str = "s"


@dataclass(frozen=True, slots=True)
class Srv:
    """One SRV record (RFC 2782)."""

    priority: int
    weight: int
    port: int
    target: str


@dataclass(slots=True)
class Answers:
    """What DNS said, by name in small letters without the final dot; an empty list is an answer too."""

    naptr: dict[str, Sequence[Naptr]] = field(default_factory=dict)
    srv: dict[str, Sequence[Srv]] = field(default_factory=dict)
    addresses: dict[str, Sequence[str]] = field(default_factory=dict)

    def knows(self, question: Question) -> bool:
        """Whether the question has been answered."""
        known: dict[str, Mapping[str, object]] = {"NAPTR": self.naptr, "SRV": self.srv}
        return question.name in known.get(question.kind, self.addresses)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send: `host` is an IP address without brackets."""

    transport: str
    host: str
    port: int


def dns_name(name: str) -> str:
    """A name as `Answers` keeps it."""
    return name.lower().removesuffix(".")


def questions(wish: Wish, answers: Answers, supported: Sequence[str] = SUPPORTED) -> list[Question]:
    """What is still to be asked; empty when `order_targets` has all it needs."""
    wanted = _wanted(wish, answers, supported)
    return [question for question in dict.fromkeys(wanted) if not answers.knows(question)]


def _wanted(wish: Wish, answers: Answers, supported: Sequence[str]) -> list[Question]:
    host = dns_name(wish.host)
    if is_address(unbracketed(host)):
        return []
    if wish.port is not None:
        return [Question("ADDRESS", host)]
    if wish.transport is None and host not in answers.naptr:
        return [Question("NAPTR", host)]
    services = _services(wish, answers, supported)
    wanted = [Question("SRV", name) for _, name in services]
    if any(name not in answers.srv for _, name in services):
        return wanted
    records = [record for _, name in services for record in answers.srv[name]]
    names = [dns_name(record.target) for record in records] or [host]
    return wanted + [Question("ADDRESS", name) for name in names if name and not is_address(name)]


def _services(wish: Wish, answers: Answers, supported: Sequence[str]) -> list[tuple[str, str]]:
    """(transport, SRV name) in the order to be tried (RFC 3263 4.1)."""
    host = dns_name(wish.host)
    if wish.transport is not None:
        return [(wish.transport, _SRV_NAMES.get(wish.transport, "_sip._tcp.") + host)]
    services = []
    for record in sorted(answers.naptr.get(host, ()), key=lambda record: (record.order, record.preference)):
        transport = _SERVICES.get(record.service.upper())
        if transport in supported and transport is not None and record.flags.lower() == "s":
            services.append((transport, dns_name(record.replacement)))
    return services or [(transport, _SRV_NAMES[transport] + host) for transport in supported]


def order_targets(
    wish: Wish, answers: Answers, tokens: Callable[[], str], supported: Sequence[str] = SUPPORTED
) -> list[Target]:
    """Where to try, in order, without doubles; empty when DNS knows no address.

    Unanswered questions count as empty. `tokens` chooses among SRV records of one priority.
    """
    host = unbracketed(dns_name(wish.host))
    transport = wish.transport or "UDP"
    if is_address(host) or wish.port is not None:
        return _at(host, transport, wish.port or DEFAULT_PORTS[transport], answers)
    services = _services(wish, answers, supported)
    found: list[Target] = []
    for service_transport, name in services:
        for record in _in_order(answers.srv.get(name, ()), tokens):
            found += _at(dns_name(record.target), service_transport, record.port, answers)
    if not any(answers.srv.get(name) for _, name in services):
        found = _at(host, transport, DEFAULT_PORTS[transport], answers)
    return list(dict.fromkeys(found))


def _at(host: str, transport: str, port: int, answers: Answers) -> list[Target]:
    addresses = [host] if is_address(host) else answers.addresses.get(host, ())
    return [Target(transport, address, port) for address in addresses]


def _in_order(records: Sequence[Srv], tokens: Callable[[], str]) -> list[Srv]:
    """Lowest priority first; among equals at random by weight (RFC 2782)."""
    ordered: list[Srv] = []
    ranked = sorted(records, key=lambda record: (record.priority, record.weight))
    for _, group in groupby(ranked, key=lambda record: record.priority):
        waiting = list(group)
        while waiting:
            ordered.append(waiting.pop(_pick(waiting, tokens)))
    return ordered


def _pick(records: Sequence[Srv], tokens: Callable[[], str]) -> int:
    total = sum(record.weight for record in records)
    point = crc32(tokens().encode()) % (total + 1)
    for index, record in enumerate(records):
        point -= record.weight
        if point <= 0:
            return index
    return len(records) - 1
