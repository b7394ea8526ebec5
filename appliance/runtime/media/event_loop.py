"""An event loop in which a relayed packet costs no turn of the loop.

A turn of asyncio's loop costs more than the packet that wakes it, and almost every packet of a call is only
passed on. Here sockets of audio are read inside the wait itself; the loop's turn comes when a packet means
more than that, when anything else is ready, or when a timer is due.
"""

from __future__ import annotations

import asyncio
import logging
import select
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from selectors import SelectorKey
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

log = logging.getLogger(__name__)

# Reads one packet; returns whether it was passed on and concerns nobody else.
Action = Callable[[], bool]


class PacketReader:
    """Reads whatever sockets of audio are ready. `others` is set when something else was."""

    def __init__(self) -> None:
        self._actions: dict[int, Action] = {}
        self.others = False
        self.poll = select.epoll()

    def watch(self, sock: socket.socket, action: Action) -> None:
        """Call `action` whenever the socket can be read."""
        self._actions[sock.fileno()] = action
        self.poll.register(sock.fileno(), select.EPOLLIN)

    def unwatch(self, sock: socket.socket) -> None:
        """Stop watching an open socket."""
        del self._actions[sock.fileno()]
        self.poll.unregister(sock.fileno())

    def read(self, timeout: float = 0.0) -> bool:
        """Read one packet from each ready socket; returns whether all of them were only passed on."""
        alone = True
        for handle, _ in self.poll.poll(timeout):
            action = self._actions.get(handle)
            if action is None:
                self.others, alone = True, False
                continue
            try:
                alone = action() and alone
            except Exception:
                # One packet's fault must not stop the calls of the others.
                log.exception("a packet could not be dealt with")
        return alone

    def close(self) -> None:
        """Free the descriptor."""
        self.poll.close()


class PacketSelector(selectors.BaseSelector):
    """The loop's selector, which deals with packets while it waits for everything else."""

    def __init__(self) -> None:
        self._others = selectors.EpollSelector()
        self.packets = PacketReader()
        self.packets.poll.register(self._others.fileno(), select.EPOLLIN)

    def register(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> SelectorKey:
        """As `selectors.BaseSelector.register`."""
        return self._others.register(fileobj, events, data)

    def unregister(self, fileobj: FileDescriptorLike) -> SelectorKey:
        """As `selectors.BaseSelector.unregister`."""
        return self._others.unregister(fileobj)

    def modify(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> SelectorKey:
        """As `selectors.BaseSelector.modify`."""
        return self._others.modify(fileobj, events, data)

    def get_map(self) -> Mapping[FileDescriptorLike, SelectorKey]:
        """As `selectors.BaseSelector.get_map`."""
        return self._others.get_map()

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """As `selectors.BaseSelector.select`; also returns, early, after a packet that concerns others."""
        read = self.packets.read
        self.packets.others = False
        if timeout is None:
            while read(-1):
                pass
        elif timeout <= 0:
            read()
        else:
            end = time.monotonic() + timeout
            while read(timeout) and (timeout := end - time.monotonic()) > 0:
                pass
        return self._others.select(0) if self.packets.others else []

    def close(self) -> None:
        """Free the descriptors."""
        self.packets.close()
        self._others.close()


class PacketEventLoop(asyncio.SelectorEventLoop):
    """The event loop for a process with a media engine: `asyncio.Runner(loop_factory=PacketEventLoop)`."""

    def __init__(self) -> None:
        selector = PacketSelector()
        self.packets = selector.packets
        super().__init__(selector)
