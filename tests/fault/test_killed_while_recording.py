"""The process is killed while a caller speaks: the message is there afterwards, less a second at most."""

from __future__ import annotations

import asyncio

import pytest

from appliance.media import g711
from tests.audio_measure import sine
from tests.fault.conftest import PROVIDER, LoneBox
from tests.interop.waiting import until
from tests.support.raw_messages import description

SPOKEN = 4.0


@pytest.mark.feature("VM-1")
async def test_the_message_is_kept(lone: LoneBox) -> None:
    call, mouth = await lone.outsider()
    call.invite(description(mouth.port, PROVIDER))
    answer = await call.accepted()
    mouth.speak(answer.media, g711.encode("PCMA", sine(440, 1.0)))
    files = lone.folder / "messages"
    await asyncio.to_thread(until, lambda: list(files.glob("*/*.wav")), "a recording begun", every=0.02)
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(SPOKEN)
    spoken = asyncio.get_running_loop().time() - began
    lone.kill()
    mouth.close()
    await asyncio.to_thread(lone.start)
    messages = lone.api.get("/messages")["messages"]
    assert len(messages) == 1
    assert messages[0]["caller"] == "+33639981234"
    assert messages[0]["seconds"] > spoken - 1.2, (messages[0]["seconds"], spoken)
    sound = lone.api.get(f"/messages/{messages[0]['id']}/audio")
    assert sound[:4] == b"RIFF" and len(sound) > 16000 * (spoken - 1.2)
    call.phone.close()
