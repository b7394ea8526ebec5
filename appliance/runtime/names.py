"""Finding a provider's servers by DNS (RFC 3263), with answers kept for when the internet is lost."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any

from appliance.sip.locate import Answers, Naptr, Question, Srv, Target, Wish, order_targets, questions

log = logging.getLogger(__name__)

LOOKUP_SECONDS = 3.0
MOST_ROUNDS = 6
# The system's resolver holds a thread for long when DNS is gone: never those that read the callers' words.
_resolving = ThreadPoolExecutor(2, "names")


class Silence(Exception):
    """DNS does not answer; that a name does not exist is an answer."""


class Names:
    """Asks DNS and orders what it says; the last good list of a provider outlives a lost internet."""

    def __init__(self, tokens: Callable[[], str]) -> None:
        self._tokens = tokens
        self._kept: dict[Wish, list[Target]] = {}
        self._unanswered: set[Wish] = set()

    def was_silent(self, wish: Wish) -> bool:
        """Whether DNS gave no answer when last asked for that server."""
        return wish in self._unanswered

    async def targets(self, wish: Wish) -> list[Target]:
        """Where to send, best first: the list found before when DNS is silent; may be empty."""
        answers, silences = Answers(), 0
        for _ in range(MOST_ROUNDS):
            open_questions = questions(wish, answers)
            if not open_questions:
                break
            silences += sum(
                await asyncio.gather(*(self._ask(question, answers) for question in open_questions))
            )
        self._unanswered.discard(wish)
        if silences:
            self._unanswered.add(wish)
        found = order_targets(wish, answers, self._tokens)
        if found:
            self._kept[wish] = found
        elif wish in self._kept:
            log.info("DNS does not answer for %s: the servers found before are used", wish.host)
        return self._kept.get(wish, [])

    async def _ask(self, question: Question, answers: Answers) -> bool:
        """Put the answer down; returns whether there was none."""
        name, silent = question.name, False
        records: Sequence[Any] = ()
        try:
            if question.kind == "ADDRESS":
                answers.addresses[name] = await _addresses(name)
                return False
            records = await _records(name, question.kind)
        except Silence as silence:
            log.debug("DNS %s %s: %s", question.kind, name, silence)
            silent = True
        if question.kind == "NAPTR":
            answers.naptr[name] = [_naptr(record) for record in records]
        elif question.kind == "SRV":
            answers.srv[name] = [_srv(record) for record in records]
        else:
            answers.addresses[name] = ()
        return silent


async def _records(name: str, kind: str) -> Sequence[Any]:
    # Loaded at the first need and in a thread: phones are answered sooner after a start.
    resolving = await asyncio.to_thread(import_module, "dns.asyncresolver")
    try:
        resolver = resolving.Resolver()
        answer = await resolver.resolve(name, kind, lifetime=LOOKUP_SECONDS, raise_on_no_answer=False)
        return list(answer.rrset or ())
    except (OSError, resolving.dns.exception.Timeout, resolving.dns.resolver.NoNameservers) as error:
        raise Silence(str(error)) from None
    except resolving.dns.exception.DNSException as error:
        log.debug("DNS %s %s: %s", kind, name, error)
        return ()


async def _addresses(name: str) -> list[str]:
    """The system's own resolver, so that the hosts file counts."""
    ask = partial(socket.getaddrinfo, name, None, type=socket.SOCK_DGRAM)
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await asyncio.get_running_loop().run_in_executor(_resolving, ask)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise Silence(str(error)) from None
        log.debug("DNS addresses of %s: %s", name, error)
        return []
    except (OSError, TimeoutError) as error:
        raise Silence(str(error)) from None
    except UnicodeError as error:
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
