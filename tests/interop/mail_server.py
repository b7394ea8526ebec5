"""A real SMTP server of the tests, on a host of the test network; it may be away, and keeps what it takes."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.interop.network import Host
from tests.interop.waiting import PATIENCE, Happenings

PORT = 2525


class MailServer:
    """aiosmtpd on a host's address; each message accepted is a happening."""

    def __init__(self, host: Host, port: int = PORT) -> None:
        self.host = host
        self.port = port
        self.taken: Happenings[EmailMessage] = Happenings(f"mail server on {host.name}")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.add(message)
        return "250 OK"

    def start(self) -> None:
        listening = self.host.bound_socket(self.port, socket.SOCK_STREAM)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(listening, ready), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def _serve(self, listening: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.new_event_loop()

        async def open_server() -> Any:
            return await asyncio.get_running_loop().create_server(
                lambda: SMTP(self, hostname="mail.test", enable_SMTPUTF8=True), sock=listening
            )

        server = self._loop.run_until_complete(open_server())
        ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()

    def stop(self) -> None:
        if self._loop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop = self._thread = None

    def wait_message(self, timeout: float = PATIENCE) -> EmailMessage:
        """The next message taken that was not returned before."""
        return self.taken.wait(lambda message: True, "message", timeout)

    def settings(self) -> dict[str, Any]:
        """What the office types about this server."""
        return {
            "enabled": True,
            "host": self.host.address,
            "port": self.port,
            "security": "none",
            "sender": "autocom@office.example",
        }
