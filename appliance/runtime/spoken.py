"""Sounds for calls: speeches made into PCM, the ones used lately kept in memory."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path

from appliance.media.music import melody
from appliance.media.wave_files import WaveError, read_wave
from appliance.routing.steps import Speech
from appliance.speech.speaker import Speaker, SpeechError

log = logging.getLogger(__name__)

KEPT_BYTES = 16 << 20
LONGEST_FILE = 64 << 20


class Spoken:
    """Gives the PCM of speeches and files: 8 kHz mono 16-bit; empty when there is none to be had."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._kept: OrderedDict[tuple[Path, float], bytes] = OrderedDict()
        self._size = 0
        self._melody = b""

    async def sound(self, speech: Speech) -> bytes:
        """The sound of a speech; without a voice the log says so, and the call goes on without words."""
        try:
            path = await self._speaker.sound(
                speech.language.value,
                audio_id=speech.audio_id,
                text=speech.text,
                prompt=speech.prompt_name or "",
                parameters=speech.parameters,
            )
        except (SpeechError, KeyError) as error:
            log.error("cannot say %s: %s", speech.prompt_name or speech.audio_id or "a text", error)
            return b""
        return await self.file(path)

    async def music(self, audio_id: str | None) -> bytes:
        """What those who wait hear: a sound of the library, else our own melody, made once in a thread."""
        if audio_id is not None and (chosen := await self.sound(Speech(audio_id=audio_id))):
            return chosen
        if not self._melody:
            self._melody = await asyncio.to_thread(melody)
        return self._melody

    async def file(self, path: Path) -> bytes:
        """The sound of a WAV file, read in a thread."""
        try:
            key = path, path.stat().st_mtime
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            pcm = await asyncio.to_thread(_read, path)
        except (OSError, WaveError) as error:
            log.error("cannot read the sound %s: %s", path.name, error)
            return b""
        self._keep(key, pcm)
        return pcm

    def _keep(self, key: tuple[Path, float], pcm: bytes) -> None:
        if len(pcm) > KEPT_BYTES // 4 or key in self._kept:
            return
        self._kept[key] = pcm
        self._size += len(pcm)
        while self._size > KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        return read_wave(file.read(LONGEST_FILE))
