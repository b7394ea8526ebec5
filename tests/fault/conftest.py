"""Tests that break something on purpose: in the network of the interop tests, or to a box on loopback."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import box, network, phones, place
from tests.interop.network import Host
from tests.interop.office import NUMBER, PASSWORD, add_somebody, add_trusted_line, route, set_up, to_mailbox
from tests.support.raw_audio import RawAudio
from tests.support.raw_sip import RawCall, RawPhone, connected

__all__ = ["box", "network", "phones", "place"]

# A network of loopback addresses of this run alone: several may go on at once.
NET = f"127.89.{os.getpid() % 250}"
PROVIDER = f"{NET}.200"
PROVIDER_PORT = 25299
_numbers = itertools.count(1)


class LoneBox(Box):
    """A box in a process of its own on loopback, with an office: two phones, a number that takes messages."""

    mailbox = ""

    @property
    def address(self) -> tuple[str, int]:
        return self.host.address, self.sip_port

    def make_office(self) -> None:
        set_up(self)
        for name, extension in (("Alice", "101"), ("Bruno", "102")):
            add_somebody(self, name, extension)
        self.mailbox = self.api.add(
            "mailboxes",
            name="Messages",
            owner="office",
            greetings={"open": {"text": "Oui ?"}},
            emails=["accueil@office.example"],
        )
        line = add_trusted_line(self, PROVIDER, port=PROVIDER_PORT)
        self.api.add(
            "numbers",
            name="Standard",
            number=NUMBER,
            line_id=line,
            routes={"open": route(to_mailbox(self.mailbox))},
        )

    async def phone(self, user: str) -> RawPhone:
        """A phone of that user, registered."""
        phone = await RawPhone.open(self.address, user, PASSWORD, host=f"{NET}.201")
        answer = await phone.register()
        assert answer.status == 200, answer
        return phone

    async def conversation(self) -> tuple[RawCall, RawCall]:
        """Alice and Bruno, who have taken a call."""
        alice, bruno = await self.phone("101"), await self.phone("102")
        return await connected(alice, bruno, "102")

    async def outsider(self) -> tuple[RawCall, RawAudio]:
        """A call from outside that is ready to be sent, and its audio."""
        # From another port each time: the one of the test before may still be open.
        provider = await RawPhone.open(self.address, "outsider", host=PROVIDER)
        return provider.call(NUMBER, from_user="+33639981234"), await RawAudio.open(PROVIDER)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="autocom-fault-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def lone(folder: Path) -> Iterator[LoneBox]:
    """A lone box, started and set up; its log is shown when the test fails."""
    host = Host("box", f"{NET}.{next(_numbers)}", None)
    made = LoneBox(host, folder / "data", sip_port=25260, rtp="46100-46900")
    made.start()
    made.make_office()
    yield made
    print(f"--- the box said\n{made.log()[-5000:]}")
    if made.running():
        made.stop()
