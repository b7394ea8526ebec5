"""The secure SIP port: its certificates are made beside the calls, and renewed while it is open."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, datetime
from pathlib import Path

from appliance.runtime.addresses import EVERY_IPV4, EVERY_IPV6, own_addresses
from appliance.runtime.clock import Clock
from appliance.runtime.sip_driver import SipDriver
from appliance.storage.certificates import Certificates, host_name, prepare, server_file

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0


class SecurePort:
    """Opens SIP over TLS on `hosts` and `port`; `certificates` is None until that is done.

    A port that is taken or a disk that is full costs the office TLS, not its calls: it is tried again.
    """

    def __init__(self, data: Path, driver: SipDriver, clock: Clock, hosts: list[str], port: int) -> None:
        self._data = data
        self._driver = driver
        self._clock = clock
        self._hosts = hosts
        self._port = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.certificates: Certificates | None = None

    async def run(self) -> None:
        """Open the port and keep its certificate good, until cancelled."""
        while True:
            try:
                await self.look()
            except OSError as error:
                log.error("the secure SIP port %s is not in order: %s", self._port, error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Renew what is due, and open the port when it is not open. Raises OSError."""
        names = [host_name(), *self._addresses()]
        now = datetime.fromtimestamp(self._clock.epoch(), UTC)
        if self.certificates is None or self.certificates.is_due(names, now):
            made = await prepare(self._data, names, now)
            # Connections that stand keep theirs; those to come are shown this one.
            await asyncio.to_thread(self._context.load_cert_chain, server_file(self._data))
            self.certificates = made
            log.info("secure SIP: certificate for %s until %s", ", ".join(made.names), made.server_until)
        if not self._driver.sockets.secure_port:
            await self._driver.sockets.listen_secure(self._hosts, self._port, self._context)
            log.info("open for secure calls on SIP port %s", self._driver.sockets.secure_port)

    def _addresses(self) -> list[str]:
        bound = [host for host in self._hosts if host not in (EVERY_IPV4, EVERY_IPV6)]
        return bound or [*own_addresses()]
