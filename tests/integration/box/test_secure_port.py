"""SIP over TLS: the box's own certificate is trusted by who trusts its authority, and by nobody else."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.runtime.secure_port import SecurePort
from appliance.storage.certificates import prepare
from tests.integration.box.test_connections import answers, options


@pytest.fixture
async def secure(running):
    """The port of a box that has just opened it, and what phones trust."""
    port = SecurePort(running.folder, running.box.driver, running.box.clock, ["127.0.0.1"], 0)
    task = asyncio.ensure_future(port.run())
    await running.until(lambda: running.box.driver.sockets.secure_port, "the secure port", 60)
    yield running.box.driver.sockets.secure_port, port.certificates.authority_pem.decode(), port
    task.cancel()


async def test_a_phone_that_trusts_the_authority_is_answered(secure):
    port, authority, _ = secure
    context = ssl.create_default_context(cadata=authority)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(options(1).replace(b"/TCP", b"/TLS"))
    (answer,) = await answers(reader, 1)
    assert answer.status == 200
    writer.close()


async def test_who_does_not_know_the_authority_is_warned(secure):
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("127.0.0.1", secure[0], ssl=ssl.create_default_context())


async def test_other_addresses_get_another_certificate_on_the_open_port(running, secure, monkeypatch):
    number, authority, port = secure
    before = await shown(number, authority)
    monkeypatch.setattr(port, "_addresses", lambda: ["127.0.0.1", "192.0.2.77"])
    await port.look()
    after = await shown(number, authority)
    assert ("IP Address", "192.0.2.77") in after["subjectAltName"]
    assert after["serialNumber"] != before["serialNumber"]


async def test_files_that_cannot_be_written_are_told(tmp_path):
    (tmp_path / "certificates").write_text("in the way")
    with pytest.raises(OSError, match="certificates"):
        await prepare(tmp_path, ["127.0.0.1"], datetime.now(UTC))


async def shown(port: int, authority: str) -> dict[str, Any]:
    """The certificate that a connection opened now is shown."""
    context = ssl.create_default_context(cadata=authority)
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    certificate: dict[str, Any] = writer.get_extra_info("peercert")
    writer.close()
    return certificate
