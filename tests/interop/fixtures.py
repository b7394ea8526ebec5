"""What tests with real phones share: a network, the box on it, phones that are stopped afterwards."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.interop.box import Box
from tests.interop.network import Network, open_network
from tests.interop.office import PASSWORD, Somebody, add_somebody, set_up
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.linphone import Linphone
from tests.interop.phones.pyvoip import PyVoipPhone
from tests.interop.phones.sipp import Sipp


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: paths of Unix sockets are."""
    folder = Path(tempfile.mkdtemp(prefix="autocom-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def network() -> Iterator[Network]:
    with open_network() as opened:
        yield opened


@pytest.fixture
def box(network: Network, place: Path, request: pytest.FixtureRequest) -> Iterator[Box]:
    """A box not yet started, on a host of its own; its log is shown when the test fails."""
    made = Box(network.host("box"), place / "data")
    try:
        yield made
    finally:
        if made.running():
            made.stop()
        if made.log_path.exists():
            print(f"--- the box said\n{made.log()[-6000:]}")


Phone = Baresip | Linphone | PyVoipPhone
P = TypeVar("P", Baresip, Linphone, PyVoipPhone)


class Phones:
    """Makes phones on hosts of their own, and stops them all at the end."""

    def __init__(self, network: Network, place: Path, server: Callable[[], str]) -> None:
        self._network = network
        self._place = place
        self._server = server
        self._made: list[Phone] = []

    def sipp(self, name: str, user: str = "", password: str = PASSWORD) -> Sipp:
        return Sipp(self._network.host(name), self._place / name, user=user, password=password)

    def baresip(
        self, name: str, somebody: Somebody, *, tone: int, transport: str = "udp", codecs: str = "PCMA,PCMU"
    ) -> Baresip:
        """A Baresip of that person, registered."""
        phone = Baresip(self._network.host(name), self._place / name, tone=tone)
        phone.account(somebody.user, PASSWORD, self._server(), transport=transport, codecs=codecs)
        return self._registered(phone)

    def linphone(
        self,
        name: str,
        somebody: Somebody,
        *,
        tone: int,
        transport: str = "udp",
        session_seconds: int = 0,
        g722: bool = False,
    ) -> Linphone:
        phone = Linphone(self._network.host(name), self._place / name, tone=tone)
        phone.account(somebody.user, PASSWORD, self._server(), transport=transport)
        phone.session_seconds = session_seconds
        phone.has_g722 = g722
        return self._registered(phone)

    def pyvoip(self, name: str, somebody: Somebody, *, tone: int) -> PyVoipPhone:
        phone = PyVoipPhone(self._network.host(name), self._place / name, tone=tone)
        phone.account(somebody.user, PASSWORD, self._server())
        return self._registered(phone)

    def _registered(self, phone: P) -> P:
        self._made.append(phone)
        phone.start()
        phone.register()
        return phone

    def stop(self) -> None:
        """Switch them all off; none says good-bye, which takes seconds."""
        for phone in self._made:
            log = phone.log()
            phone.stop(abruptly=True)
            print(f"--- {type(phone).__name__} on {phone.host.name} said\n{log[-1500:]}")


@pytest.fixture
def phones(network: Network, place: Path, box: Box) -> Iterator[Phones]:
    made = Phones(network, place, lambda: box.server)
    try:
        yield made
    finally:
        made.stop()


@contextlib.contextmanager
def shared_office(*extensions: str) -> Iterator[tuple[Box, Phones, list[Somebody]]]:
    """A running box with a person at each extension, for the tests of a whole module."""
    place = Path(tempfile.mkdtemp(prefix="autocom-test-"))
    with open_network() as network:
        box = Box(network.host("box"), place / "data")
        made = Phones(network, place, lambda: box.server)
        try:
            box.start()
            set_up(box)
            yield box, made, [add_somebody(box, f"Poste {number}", number) for number in extensions]
        finally:
            made.stop()
            box.stop()
            print(f"--- the box said\n{box.log()[-6000:]}")
            shutil.rmtree(place, ignore_errors=True)
