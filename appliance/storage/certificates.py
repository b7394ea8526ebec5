"""The box's own certificate authority and the server certificate of its secure SIP port (RFC 5922)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from pydantic import TypeAdapter

from appliance.storage.programs import run_program

# Apple's devices trust no server certificate for longer, whoever signed it.
SERVER_DAYS = 397
RENEW_DAYS = 30
FOLDER = "certificates"


@dataclass(frozen=True, slots=True)
class Certificates:
    """What is in use: the server's names and end, the authority (PEM), its fingerprint (SHA-256) and end."""

    names: tuple[str, ...]
    server_until: datetime
    authority_until: datetime
    authority_pem: bytes
    fingerprint: str

    def is_due(self, names: Iterable[str], now: datetime) -> bool:
        """Whether the server certificate is to be made again: its end is near, or the names have changed."""
        return self.names != sorted_names(names) or not _is_fresh(self.server_until, now, SERVER_DAYS)


CERTIFICATES = TypeAdapter(Certificates)


async def prepare(data: Path, names: Iterable[str], now: datetime) -> Certificates:
    """Make what is missing, unreadable, near its end or for other names, in a program of its own.

    Arguments as of `CertificateFiles.prepare`. Raises OSError.
    """
    program = ("-m", "appliance.storage.certificate_files")
    ended = await run_program(sys.executable, *program, str(data), now.isoformat(), *names)
    if ended.status:
        raise OSError(ended.output.decode(errors="replace").strip() or f"status {ended.status}")
    return CERTIFICATES.validate_json(ended.output)


def _is_fresh(until: datetime, now: datetime, days: int) -> bool:
    """Whether an end is neither near nor further than we ever set it (made under a clock that was ahead)."""
    return timedelta(days=RENEW_DAYS) < until - now <= timedelta(days=days + 1)


def sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, those that are no address first."""
    return tuple(sorted({name for name in names if name}, key=lambda name: (is_address(name), name)))


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def host_name() -> str:
    """The name of this machine where it can be one in a certificate, else empty."""
    name = os.uname().nodename.lower()
    letters = set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    return name if name and len(name) <= 253 and set(name) <= letters else ""


def server_file(data: Path) -> Path:
    """The file with the server's key and certificates."""
    return data / FOLDER / "server.pem"
