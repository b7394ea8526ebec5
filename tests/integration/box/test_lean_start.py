"""What few offices need is not loaded by all of them: it would stay in the memory of a small box."""

from __future__ import annotations

import asyncio
import subprocess
import sys

RARE = ("pylibsrtp", "OpenSSL", "cryptography", "holidays", "icalendar")


def loaded_by(*statements: str) -> list[str]:
    """Which of RARE a fresh interpreter has loaded after these statements."""
    program = "\n".join(
        ("import sys", *statements, f"print(*(name for name in {RARE} if name in sys.modules))")
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_the_box_starts_without_what_few_offices_need() -> None:
    assert loaded_by("import appliance.runtime.box", "import appliance.control.application") == []


def test_what_encrypts_is_loaded_ahead_of_a_call() -> None:
    load = "from appliance.runtime.media.encryption import load_library; load_library()"
    assert loaded_by("import appliance.runtime.box", load) == ["pylibsrtp"]


async def test_a_secure_connection_has_what_encrypts_loaded(running, monkeypatch) -> None:
    loop, loaded = asyncio.get_running_loop(), asyncio.Event()
    monkeypatch.setattr(
        "appliance.runtime.sip_sockets.load_library", lambda: loop.call_soon_threadsafe(loaded.set)
    )
    sockets = running.box.driver.sockets
    server = await loop.create_server(lambda: secure_connection(sockets), "127.0.0.1", 0)
    sockets.serve(server)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await asyncio.wait_for(loaded.wait(), 10)
    writer.close()


def secure_connection(sockets) -> asyncio.Protocol:
    """A connection that has passed the handshake."""
    from appliance.runtime.sip_sockets import SipConnection

    return SipConnection(sockets, "TLS")
