"""Finding a provider's servers by DNS (RFC 3263), with answers kept for when the internet is lost."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from appliance.sip.locate import Answers, Naptr, Question, Srv, Target, Wish, order_targets, questions

log = logging.getLogger(__name__)

LOOKUP_SECONDS = 3.0
MOST_ROUNDS = 6


class Names:
    """Asks DNS and orders what it says; the last good list of a provider outlives a lost internet."""

    def __init__(self, tokens: Callable[[], str]) -> None:
        self._tokens = tokens
        self._kept: dict[Wish, list[Target]] = {}

    async def targets(self, wish: Wish) -> list[Target]:
        """Where to send, best first: the list found before when DNS is silent; may be empty."""
        answers = Answers()
        for _ in range(MOST_ROUNDS):
            open_questions = questions(wish, answers)
            if not open_questions:
                break
            await asyncio.gather(*(self._ask(question, answers) for question in open_questions))
        found = order_targets(wish, answers, self._tokens)
        if found:
            self._kept[wish] = found
        elif wish in self._kept:
            log.info("DNS does not answer for %s: the servers found before are used", wish.host)
        return self._kept.get(wish, [])

    async def _ask(self, question: Question, answers: Answers) -> None:
        if question.kind == "ADDRESS":
            answers.addresses[question.name] = await _addresses(question.name)
            return
        records = await _records(question.name, question.kind)
        if question.kind == "NAPTR":
            answers.naptr[question.name] = [_naptr(record) for record in records]
        else:
            answers.srv[question.name] = [_srv(record) for record in records]


async def _records(name: str, kind: str) -> Sequence[Any]:
    # Loaded at the first need and in a thread: phones are answered sooner after a start.
    resolving = await asyncio.to_thread(import_module, "dns.asyncresolver")
    failures = (resolving.dns.exception.DNSException, OSError)
    try:
        resolver = resolving.Resolver()
        answer = await resolver.resolve(name, kind, lifetime=LOOKUP_SECONDS, raise_on_no_answer=False)
        return list(answer.rrset or ())
    except failures as error:
        log.debug("DNS %s %s: %s", kind, name, error)
        return ()


async def _addresses(name: str) -> list[str]:
    """The system's own resolver, so that the hosts file counts."""
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        log.debug("DNS addresses of %s: %s", name, error)
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _naptr(record: Any) -> Naptr:
    return Naptr(
        record.order,
        record.preference,
        record.service.decode("ascii", "replace"),
        str(record.replacement),
        record.flags.decode("ascii", "replace"),
    )


def _srv(record: Any) -> Srv:
    return Srv(record.priority, record.weight, record.port, str(record.target))
