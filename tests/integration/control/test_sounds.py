"""The audio library, prompts, and texts to hear. These tests run espeak-ng and sox."""

from __future__ import annotations

import io
import wave

import aiohttp
import pytest

from tests.integration.control.conftest import Answer, Api
from tests.support.office_box import OfficeBox
from tests.support.sample_traffic import tone


def _seconds(content: bytes) -> float:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return file.getnframes() / 8000


async def _upload(api: Api, audio: str, content: bytes) -> Answer:
    form = aiohttp.FormData()
    form.add_field("comment", "a field before the file")
    form.add_field("file", content, filename="welcome.wav", content_type="audio/wav")
    return await api("POST", f"/audios/{audio}/file", data=form)


@pytest.mark.feature("VM-2")
async def test_a_sound_is_uploaded_and_heard(box: OfficeBox, administrator: Api) -> None:
    await administrator("POST", "/audios", {"name": "Welcome", "text": "Bonjour"})
    uploaded = await _upload(administrator, "welcome", tone(1.5))
    assert uploaded.status == 200, uploaded.json
    assert uploaded.json["audio"]["source"] == "upload"
    assert uploaded.json["seconds"] == pytest.approx(1.5, abs=0.05)
    assert _seconds((await administrator("GET", "/audios/welcome/file")).content) == pytest.approx(
        1.5, abs=0.05
    )
    assert (await administrator("GET", "/audios/welcome/file?original")).content == tone(1.5)
    assert (await administrator("DELETE", "/audios/welcome")).status == 204
    assert box.audio_files.get("welcome") is None


async def test_a_sound_may_be_sent_as_the_whole_body(administrator: Api) -> None:
    await administrator("POST", "/audios", {"name": "Welcome", "text": "Bonjour"})
    sent = await administrator(
        "POST", "/audios/welcome/file", data=tone(1.0), headers={"Content-Type": "audio/wav"}
    )
    assert sent.status == 200


async def test_what_is_no_sound_is_refused_at_its_field(administrator: Api) -> None:
    await administrator("POST", "/audios", {"name": "Welcome", "text": "Bonjour"})
    assert (await _upload(administrator, "welcome", b"not a sound")).codes == {"file": "audio_unknown_format"}
    assert (await _upload(administrator, "welcome", b"")).codes == {"file": "not_an_upload"}
    assert (await _upload(administrator, "nothing", tone(1.0))).status == 404
    odd = {"Content-Type": "multipart/form-data"}
    assert (await administrator("POST", "/audios/welcome/file", data=b"x", headers=odd)).status == 422
    assert (await administrator("GET", "/audios/welcome")).json["source"] == "text"


async def test_a_sound_that_is_too_large_is_refused(administrator: Api) -> None:
    await administrator("POST", "/audios", {"name": "Welcome", "text": "Bonjour"})
    large = await _upload(administrator, "welcome", bytes(21 * 1024 * 1024))
    assert (large.status, large.codes) == (413, {"file": "too_large"})


async def test_a_text_is_heard_as_callers_hear_it(administrator: Api) -> None:
    await administrator("POST", "/audios", {"name": "Hello", "text": "Bonjour à tous", "language": "fr"})
    assert _seconds((await administrator("GET", "/audios/hello/file")).content) > 0.5
    said = await administrator("POST", "/speech", {"text": "Good morning", "language": "en"})
    assert _seconds(said.content) > 0.5
    assert (await administrator("POST", "/speech", {"text": ""})).status == 422


async def test_prompts_are_listed_and_heard(administrator: Api) -> None:
    prompts = (await administrator("GET", "/prompts")).json["items"]
    assert all(set(prompt["texts"]) == {"fr", "en"} for prompt in prompts)
    name = prompts[0]["name"]
    assert _seconds((await administrator("GET", f"/prompts/{name}/audio?language=en")).content) > 0.5
    assert (await administrator("GET", "/prompts/unheard_of/audio")).status == 404
    own = {"name": "Ours", "text": "Notre message", "language": "fr", "replaces_prompt": name}
    await administrator("POST", "/audios", own)
    replaced = {
        one["name"]: one["replaced_by"] for one in (await administrator("GET", "/prompts")).json["items"]
    }
    assert replaced[name] == {"fr": "ours"}
