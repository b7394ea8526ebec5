"""Files sent from the pages: a greeting of one's own, a backup put back."""

from __future__ import annotations

import io
import shutil
import wave

import pytest
from aiohttp import FormData

from tests.support.office_box import OfficeBox


def _recording(seconds: float = 1.0) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(0, 200, 2)) * int(160 * seconds))
    return file.getvalue()


async def _send(browser, path: str, fields: list[tuple[str, str]], name: str, filename: str, data: bytes):
    form = FormData()
    for field, value in fields:
        form.add_field(field, value)
    form.add_field(name, data, filename=filename, content_type="application/octet-stream")
    async with browser.http.post(browser.base + path, data=form, headers={"Origin": browser.base}) as answer:
        return answer.status, answer.url.path_qs, await answer.text()


@pytest.mark.feature("VM-2")
@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
async def test_a_greeting_is_uploaded_and_heard(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/mailboxes/office")
    status, path, text = await _send(
        administrator, "/mailboxes/office", page.fields, "greetings.open.file", "accueil.wav", _recording()
    )
    assert status == 200 and path == "/mailboxes/office?done=saved", text[-3000:]
    greeting = office.configuration.mailboxes["office"].greetings["open"]
    assert greeting.audio_id
    assert f"/api/v1/audios/{greeting.audio_id}/file" in text
    async with administrator.http.get(
        f"{administrator.base}/api/v1/audios/{greeting.audio_id}/file"
    ) as answer:
        assert (await answer.read())[:4] == b"RIFF"


@pytest.mark.feature("VM-2")
@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
async def test_a_file_that_is_no_sound_is_told_and_leaves_nothing_behind(
    office: OfficeBox, administrator
) -> None:
    sounds = set(office.configuration.audios)
    page = await administrator.get("/mailboxes/office")
    status, _, text = await _send(
        administrator, "/mailboxes/office", page.fields, "greetings.closed.file", "x.mp3", b"not a sound"
    )
    assert status == 422
    assert "son WAV, MP3 ou OGG" in text
    assert set(office.configuration.audios) == sounds
    assert "closed" not in office.configuration.mailboxes["office"].greetings


@pytest.mark.feature("VM-2")
async def test_a_greeting_is_typed(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/mailboxes/office")
    page = await administrator.submit(
        page, "/mailboxes/office", greetings__open__audio_id="text", greetings__open__text="Bonjour !"
    )
    assert page.path == "/mailboxes/office?done=saved"
    assert office.configuration.mailboxes["office"].greetings["open"].text == "Bonjour !"


async def test_a_backup_goes_out_and_comes_back(office: OfficeBox, administrator) -> None:
    async with administrator.http.get(f"{administrator.base}/api/v1/backup") as answer:
        archive = await answer.read()
        assert "attachment" in answer.headers["Content-Disposition"]
    status, path, _ = await _send(administrator, "/backup/restore", [], "file", "backup.tar.gz", archive)
    assert (status, path) == (200, "/backup?done=restored")
    assert office.restored_from is not None


@pytest.mark.parametrize(("data", "words"), [(b"", "fichier"), (b"nonsense", "sauvegarde")])
async def test_a_file_that_is_no_backup_is_refused(
    office: OfficeBox, administrator, data: bytes, words: str
) -> None:
    status, _, text = await _send(administrator, "/backup/restore", [], "file", "backup.tar.gz", data)
    assert status == 422
    assert words in text
    assert office.restored_from is None


@pytest.mark.feature("AUDIO-1")
@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
async def test_a_sound_is_typed_then_replaced_by_a_recording(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/sounds/new")
    page = await administrator.submit(page, name="Fermeture")
    assert page.status == 422
    assert "fermeture" not in office.configuration.audios
    page = await administrator.submit(page, "/sounds/new", text="Nous sommes en congés.")
    assert page.path == "/sounds?done=created"
    assert office.configuration.audios["fermeture"].text == "Nous sommes en congés."
    page = await administrator.get("/sounds/fermeture")
    fields = [(name, value) for name, value in page.fields if name != "text"]
    status, path, _ = await _send(administrator, "/sounds/fermeture", fields, "file", "a.wav", _recording())
    assert (status, path) == (200, "/sounds?done=saved")
    assert office.configuration.audios["fermeture"].source == "upload"
    page = await administrator.post("/sounds/fermeture/delete")
    assert page.path == "/sounds?done=deleted"


async def test_a_sound_takes_the_place_of_the_boxs_words(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/sounds/new?prompt=goodbye")
    page = await administrator.submit(page, "/sounds/new", name="Adieu", text="Au revoir et merci.")
    assert office.configuration.audios["adieu"].replaces_prompt == "goodbye"
    assert "remplacé" in page.text
