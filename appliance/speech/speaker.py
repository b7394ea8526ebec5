"""The voice: speech made out of text by espeak-ng, once, and kept; the office's own sounds come first."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from appliance.configuration.configuration import Configuration
from appliance.configuration.voicemail import Audio
from appliance.speech.prompts import PROMPTS, prompt_text
from appliance.storage.audio_files import TELEPHONE_WAV, AudioLibrary
from appliance.storage.programs import ProgramMissing, run_program

log = logging.getLogger(__name__)

VOICES = {"fr": "fr", "en": "en-gb"}
# Calm words a minute, and a voice a little lower than espeak-ng's own: what carries best over 8 kHz.
SPEED, PITCH = "145", "42"
# Changed whenever the way a text becomes sound does, so that what was kept is made anew.
RECIPE = "espeak-ng 1"
LONGEST_TEXT = 2000
KEPT_DAYS = 60
NOTHING: Mapping[str, str] = MappingProxyType({})


class SpeechError(Exception):
    """Nothing could be said; its argument tells why: no_voice (program missing), voice_failed."""


class Speaker:
    """Gives the sound of texts, prompts and library audios, as WAV files of 8 kHz, mono, 16 bits.

    What is made is kept in `folder` under a hash of text and language. Coroutines raise SpeechError.
    """

    def __init__(
        self, folder: Path, library: AudioLibrary, configuration: Callable[[], Configuration]
    ) -> None:
        self._folder = folder
        self._library = library
        self._configuration = configuration
        self._making = asyncio.Lock()

    async def wav_for(self, text: str, language: str) -> Path:
        """The sound of a text, made now if it was not made before."""
        path = self._folder / f"{_hash(text, language)}.wav"
        if path.exists():
            return path
        async with self._making:  # one voice at a time is enough, and never the same text twice
            if not path.exists():
                await self._make(text, language, path)
        return path

    async def prompt(self, name: str, language: str, parameters: Mapping[str, str] = NOTHING) -> Path:
        """The sound of a prompt: the office's own if it has one in that language, else spoken.

        `parameters` as for `prompts.prompt_text`. Raises KeyError when there is no such prompt.
        """
        words = prompt_text(name, language, parameters)
        for audio in self._configuration().audios.values():
            if audio.replaces_prompt == name and audio.language == language:
                own = await self._audio(audio)
                if own is not None:
                    return own
        return await self.wav_for(words, language)

    async def sound(
        self,
        language: str,
        *,
        audio_id: str | None = None,
        text: str = "",
        prompt: str = "",
        parameters: Mapping[str, str] = NOTHING,
    ) -> Path:
        """The sound of the first of these there is: an audio of the library, a text, a prompt.

        Raises KeyError when there is none.
        """
        audio = self._configuration().audios.get(audio_id) if audio_id else None
        own = await self._audio(audio) if audio else None
        if own is not None:
            return own
        if text.strip():
            return await self.wav_for(text, language)
        return await self.prompt(prompt, language, parameters)

    async def prepare(self, language: str) -> None:
        """Make every prompt of a language that is not made yet, so that no caller waits for it."""
        for name, texts in PROMPTS.items():
            if "{" not in texts[language]:
                await self.prompt(name, language)

    def prune(self, now: float) -> int:
        """Delete what was made over KEPT_DAYS ago (blocking); how many. What is still said is made again."""
        old = [path for path in self._folder.glob("*.wav") if path.stat().st_mtime < now - KEPT_DAYS * 86400]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    async def _audio(self, audio: Audio) -> Path | None:
        """The sound of a library audio; None when its upload is not there or its text empty."""
        if audio.source == "upload":
            path = self._library.path(audio.id)
            return path if path.exists() else None
        return await self.wav_for(audio.text, audio.language) if audio.text.strip() else None

    async def _make(self, text: str, language: str, path: Path) -> None:
        temporary = path.with_name(f".{path.name}")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        try:
            await speak_to_file(text, language, temporary)
            os.replace(temporary, path)
        except ProgramMissing as missing:
            raise SpeechError("no_voice") from missing
        except OSError as error:
            raise SpeechError("voice_failed") from error
        finally:
            temporary.unlink(missing_ok=True)


async def speak_to_file(text: str, language: str, path: Path) -> None:
    """Make a telephone WAV file, evenly loud, out of a text. Raises SpeechError, ProgramMissing."""
    words = spoken_text(text)
    if not any(character.isalnum() for character in words):
        raise SpeechError("voice_failed")
    voice = ("-v", VOICES.get(language, language), "-s", SPEED, "-p", PITCH)
    spoken = await run_program("espeak-ng", *voice, "-b", "1", "--stdin", "--stdout", given=words.encode())
    if spoken.status != 0 or len(spoken.output) <= 44:
        raise SpeechError("voice_failed")
    rate, samples = _samples(spoken.output)
    # A little silence first: the first tenth of a second is often lost while the audio path opens.
    effects = ("highpass", "120", "gain", "-n", "-3", "pad", "0.2", "0.2")
    raw = ("-t", "raw", "-r", str(rate), "-e", "signed-integer", "-b", "16", "-c", "1", "-")
    target = (*TELEPHONE_WAV, "-t", "wav", str(path))
    made = await run_program("sox", "-V1", *raw, *target, *effects, given=samples)
    if made.status != 0:
        raise SpeechError("voice_failed")


def spoken_text(text: str) -> str:
    """A text as it is handed to the voice: without control characters or marks of its own, not endless."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(plain.replace("[[", " ").replace("]]", " ").split())[:LONGEST_TEXT]


def _samples(wav: bytes) -> tuple[int, bytes]:
    """The rate and the samples of what espeak-ng writes, whose header leaves the length open."""
    rate = int(struct.unpack_from("<I", wav, 24)[0])
    start = wav.find(b"data", 12, 200)
    if wav[:4] != b"RIFF" or start < 0 or not 4000 <= rate <= 96000:
        raise SpeechError("voice_failed")
    return rate, wav[start + 8 :]


def _hash(text: str, language: str) -> str:
    key = "\0".join((RECIPE, SPEED, PITCH, language, spoken_text(text)))
    return hashlib.sha256(key.encode()).hexdigest()[:32]
