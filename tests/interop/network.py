"""A small office network for tests: each host has a network namespace, or a loopback address, of its own."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

_CLONE_NEWNET = 0x40000000
_ROUTER = "10.77.0.1"
_counter = itertools.count(1)
T = TypeVar("T")


class NamespacesRefused(Exception):
    """This machine does not let us make network namespaces."""


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise NamespacesRefused(f"ip {' '.join(words)}: {done.stderr.strip()}")


@dataclass
class Host:
    """One computer or phone of the test network: an address, and where programs and sockets of it live."""

    name: str
    address: str
    namespace: str | None

    def argv(self, *words: str) -> list[str]:
        """The command line that runs these words on this host."""
        return ["ip", "netns", "exec", self.namespace, *words] if self.namespace else list(words)

    def inside(self, make: Callable[[], T]) -> T:
        """What `make` returns when it runs on this host; a socket made there stays there."""
        if self.namespace is None:
            return make()
        result: list[T] = []
        failure: list[BaseException] = []

        def work() -> None:
            try:
                _enter(self.namespace or "")
                result.append(make())
            except BaseException as error:
                failure.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if failure:
            raise failure[0]
        return result[0]

    def open_socket(self, kind: int = socket.SOCK_DGRAM) -> socket.socket:
        """A new IPv4 socket on this host, not yet bound."""
        return self.inside(lambda: socket.socket(socket.AF_INET, kind))

    def bound_socket(self, port: int = 0, kind: int = socket.SOCK_DGRAM) -> socket.socket:
        made = self.open_socket(kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((self.address, port))
        return made

    def connect(self, address: tuple[str, int], timeout: float = 10.0) -> socket.socket:
        """A TCP connection from this host."""
        made = self.open_socket(socket.SOCK_STREAM)
        made.settimeout(timeout)
        made.connect(address)
        return made


def _enter(namespace: str) -> None:
    """Move the calling thread, and it alone, into a namespace made by `ip netns add`."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(descriptor, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)


@dataclass
class Network:
    """Hosts joined by one switch; the way in and out of every cable can be cut."""

    prefix: str
    isolated: bool
    hosts: dict[str, Host] = field(default_factory=dict)
    _settings: list[Path] = field(default_factory=list)
    _addresses: Iterator[int] = field(default_factory=lambda: itertools.count(2))

    def host(self, name: str) -> Host:
        """The host of that name, made and cabled at first need."""
        if name not in self.hosts:
            self.hosts[name] = self._cabled(name) if self.isolated else self._on_loopback(name)
        return self.hosts[name]

    def _on_loopback(self, name: str) -> Host:
        return Host(name, f"127.0.77.{next(self._addresses)}", None)

    def _cabled(self, name: str) -> Host:
        number = next(self._addresses)
        namespace = f"{self.prefix}-{name}"
        plug = f"at{number}"
        _ip("netns", "add", namespace)
        _ip(
            "-n", self.switch, "link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", namespace
        )
        _ip("-n", self.switch, "link", "set", plug, "master", "switch", "up")
        _ip("-n", namespace, "link", "set", "lo", "up")
        _ip("-n", namespace, "address", "add", f"10.77.0.{number}/24", "dev", "eth0")
        _ip("-n", namespace, "link", "set", "eth0", "up")
        # A way out that leads nowhere: some phones think themselves offline without one.
        _ip("-n", namespace, "route", "add", "default", "via", _ROUTER)
        return Host(name, f"10.77.0.{number}", namespace)

    def add_ipv6(self, host: Host) -> str:
        """Give a host an IPv6 address besides, of a network that is the switch's alone; returns it."""
        if host.namespace is None:
            raise NamespacesRefused("loopback has no other addresses")
        address = f"2001:db8:77::{host.address.rpartition('.')[2]}"
        _ip("-n", host.namespace, "address", "add", f"{address}/64", "dev", "eth0", "nodad")
        return address

    @property
    def switch(self) -> str:
        return f"{self.prefix}-switch"

    def unplug(self, host: Host) -> None:
        self._plug(host, "down")

    def plug_in(self, host: Host) -> None:
        self._plug(host, "up")

    def _plug(self, host: Host, state: str) -> None:
        if not self.isolated:
            raise NamespacesRefused("loopback has no cable")
        _ip("-n", self.switch, "link", "set", f"at{host.address.rsplit('.', 1)[1]}", state)

    def cut_open(self, host: Host) -> tuple[str, str]:
        """Cut a host's cable in two; returns the names of its loose ends: the host's, and the switch's."""
        number = host.address.rsplit(".", 1)[1]
        here, there, plug = f"at{number}", f"bad{number}", f"to{number}"
        _ip("-n", self.switch, "link", "set", here, "nomaster")
        _ip("-n", self.switch, "link", "add", there, "type", "veth", "peer", "name", plug)
        _ip("-n", self.switch, "link", "set", plug, "master", "switch", "up")
        _ip("-n", self.switch, "link", "set", there, "up")
        return here, there

    def on_switch(self, make: Callable[[], T]) -> T:
        """What `make` returns when it runs on the switch."""
        return Host("switch", _ROUTER, self.switch).inside(make)

    def build(self) -> None:
        _ip("netns", "add", self.switch)
        _ip("-n", self.switch, "link", "set", "lo", "up")
        _ip("-n", self.switch, "link", "add", "switch", "type", "bridge", "forward_delay", "0")
        _ip("-n", self.switch, "link", "set", "switch", "up")
        _ip("-n", self.switch, "address", "add", f"{_ROUTER}/24", "dev", "switch")

    def settings_of(self, host: Host) -> Path:
        """The folder whose files stand in /etc for programs that are started on that host from then on."""
        folder = Path("/etc/netns") / (host.namespace or "")
        if host.namespace is None:
            raise NamespacesRefused("loopback has the /etc of the machine")
        folder.mkdir(parents=True, exist_ok=True)
        self._settings.append(folder)
        return folder

    def remove(self) -> None:
        """Take every namespace of this network away, with the cables in it."""
        for namespace in [host.namespace for host in self.hosts.values()] + [self.switch]:
            if namespace and self.isolated:
                subprocess.run(
                    ["ip", "netns", "delete", namespace], capture_output=True, stdin=subprocess.DEVNULL
                )
        for folder in self._settings:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def open_network() -> Iterator[Network]:
    """A network that is gone again afterwards, whatever happens; on loopback where namespaces are refused."""
    network = Network(prefix=f"autocom-test-{os.getpid()}-{next(_counter)}", isolated=True)
    try:
        if shutil.which("ip") is None:
            raise NamespacesRefused("there is no ip command")
        network.build()
    except NamespacesRefused:
        network.remove()
        network.isolated = False
    try:
        yield network
    finally:
        network.remove()
