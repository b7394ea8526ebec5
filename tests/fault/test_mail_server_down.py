"""The mail server is away when a message is left: it waits, says why, and goes when the server is back."""

from __future__ import annotations

import asyncio

import pytest

from appliance.media import g711
from tests.audio_measure import sine
from tests.fault.conftest import NET, PROVIDER, LoneBox
from tests.interop.mail_server import MailServer
from tests.interop.network import Host
from tests.interop.waiting import until
from tests.support.raw_messages import description


@pytest.mark.feature("VM-3")
async def test_the_message_goes_once_the_server_is_back(lone: LoneBox) -> None:
    server = MailServer(Host("mail", f"{NET}.210", None), 25025)
    lone.api.change("/mail_server", **server.settings())
    call, mouth = await lone.outsider()
    call.invite(description(mouth.port, PROVIDER))
    answer = await call.accepted()
    files = lone.folder / "messages"
    await asyncio.to_thread(until, lambda: list(files.glob("*/*.wav")), "a recording begun", every=0.05)
    mouth.speak(answer.media, g711.encode("PCMA", sine(440, 1.0)))
    await asyncio.sleep(2.5)
    await call.hang_up()
    mouth.close()

    def message(**wanted: object) -> dict[str, object] | None:
        found = lone.api.get("/messages")["messages"]
        matches = found and all(found[0][name] == value for name, value in wanted.items())
        return found[0] if matches else None

    failed = await asyncio.to_thread(until, lambda: (m := message()) and m["mail_error"] and m, "told why")
    assert failed and failed["mail_next_try"]
    lone.kill()
    server.start()
    try:
        await asyncio.to_thread(lone.start)
        await asyncio.to_thread(lone.api.ask, "POST", f"/messages/{failed['id']}/mail")
        mail = await asyncio.to_thread(server.wait_message)
        attached = [part.get_content_type() for part in mail.iter_attachments()]
        assert mail["To"] == "accueil@office.example" and attached[0].startswith("audio/")
        await asyncio.to_thread(until, lambda: message(mail_state="sent"), "the message told as sent")
    finally:
        server.stop()
        call.phone.close()
