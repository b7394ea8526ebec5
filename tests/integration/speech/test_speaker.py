"""The voice: real speech made by espeak-ng, kept, and replaced by the office's own sounds."""

from __future__ import annotations

import asyncio
import os
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.voicemail import Audio
from appliance.speech.speaker import Speaker, SpeechError, spoken_text
from appliance.storage.audio_files import AudioLibrary, wav_seconds
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database


class Voice:
    """A speaker with the settings that a test gives it."""

    def __init__(self, folder: DataFolder, database: Database) -> None:
        self.configuration = Configuration()
        self.library = AudioLibrary(folder.audios, database)
        self.speaker = Speaker(folder.prompts, self.library, lambda: self.configuration)

    def have(self, *audios: Audio) -> None:
        self.configuration = Configuration(audios=MappingProxyType({one.id: one for one in audios}))


@pytest.fixture
def voice(tmp_path: Path) -> Iterator[Voice]:
    folder = DataFolder(tmp_path)
    folder.prepare()
    database = Database(folder.database, pause=0.0)
    yield Voice(folder, database)
    database.close()


def loudest(path: Path) -> int:
    with wave.open(str(path)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        samples = sound.readframes(sound.getnframes())
    return max(abs(value) for (value,) in struct.iter_unpack("<h", samples))


@pytest.mark.feature("VM-2")
@pytest.mark.parametrize(
    ("language", "text"), [("fr", "Bonjour, laissez-nous un message."), ("en", "Hello, leave us a message.")]
)
async def test_a_text_becomes_speech_evenly_loud(voice: Voice, language: str, text: str) -> None:
    path = await voice.speaker.wav_for(text, language)
    assert 1.0 < wav_seconds(path) < 6.0
    assert 20000 < loudest(path) < 24000


async def test_speech_is_made_once(voice: Voice) -> None:
    first = await asyncio.gather(*(voice.speaker.wav_for("Bonjour", "fr") for _ in range(4)))
    made = first[0].stat().st_mtime_ns
    assert set(first) == {await voice.speaker.wav_for("Bonjour", "fr")}
    assert first[0].stat().st_mtime_ns == made
    assert await voice.speaker.wav_for("Bonjour", "en") != first[0]


async def test_the_offices_own_sound_takes_the_place_of_a_prompt(voice: Voice) -> None:
    spoken = await voice.speaker.prompt("message_saved", "fr")
    own = Audio(id="merci", name="Merci", source="upload", replaces_prompt="message_saved")
    voice.have(own)
    assert await voice.speaker.prompt("message_saved", "fr") == spoken  # nothing uploaded yet
    await voice.library.store("merci", spoken.read_bytes())
    assert await voice.speaker.prompt("message_saved", "fr") == voice.library.path("merci")
    assert await voice.speaker.prompt("message_saved", "en") != voice.library.path("merci")


async def test_the_first_sound_there_is_is_taken(voice: Voice) -> None:
    voice.have(Audio(id="a1", name="Texte", text="Texte de la bibliothèque"), Audio(id="a2", name="Vide"))
    of_library = await voice.speaker.wav_for("Texte de la bibliothèque", "fr")
    of_text = await voice.speaker.wav_for("Un texte", "fr")
    of_prompt = await voice.speaker.prompt("office_closed", "fr")
    sound = voice.speaker.sound
    assert await sound("fr", audio_id="a1", text="Un texte", prompt="office_closed") == of_library
    assert await sound("fr", audio_id="a2", text="Un texte", prompt="office_closed") == of_text
    assert await sound("fr", audio_id="gone", text=" ", prompt="office_closed") == of_prompt
    with pytest.raises(KeyError):
        await sound("fr")


async def test_every_prompt_can_be_made(voice: Voice) -> None:
    await voice.speaker.prepare("fr")
    made = list((voice.speaker._folder).glob("*.wav"))
    assert len(made) > 30 and all(wav_seconds(path) > 0.5 for path in made)


@pytest.mark.parametrize("text", ["", "   ", "...", "\x00\x01", "-- "])
async def test_nothing_to_say_is_an_error(voice: Voice, text: str) -> None:
    with pytest.raises(SpeechError):
        await voice.speaker.wav_for(text, "fr")
    assert not list(voice.speaker._folder.iterdir())


@pytest.mark.parametrize(
    "text", ["--help", "-f /etc/passwd", "<speak>x</speak>", "$(reboot) `reboot`", "a" * 9000]
)
async def test_a_text_is_only_ever_said(voice: Voice, text: str) -> None:
    assert wav_seconds(await voice.speaker.wav_for(text, "en")) > 0.3


async def test_without_the_program_there_is_no_voice(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SpeechError, match="no_voice"):
        await voice.speaker.wav_for("Bonjour", "fr")


async def test_a_caller_who_leaves_stops_the_making(voice: Voice) -> None:
    making = asyncio.ensure_future(voice.speaker.wav_for("Bonjour " * 200, "fr"))
    await asyncio.sleep(0)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert wav_seconds(await voice.speaker.wav_for("Au revoir", "fr")) > 0.3
    assert len(list(voice.speaker._folder.iterdir())) == 1


async def test_what_is_old_is_forgotten_and_made_again(voice: Voice) -> None:
    path = await voice.speaker.wav_for("Bonjour", "fr")
    os.utime(path, (0.0, 0.0))
    kept = await voice.speaker.wav_for("Au revoir", "fr")
    assert voice.speaker.prune(kept.stat().st_mtime) == 1 and not path.exists() and kept.exists()
    assert await voice.speaker.wav_for("Bonjour", "fr") == path


def test_control_characters_and_marks_are_not_said() -> None:
    assert spoken_text("a\r\n\tb [[x]] \x07c") == "a b x c"
