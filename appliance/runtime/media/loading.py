"""Sound files read in a thread."""

from __future__ import annotations

import asyncio
from pathlib import Path

from appliance.media.wave_files import read_wave


async def load_pcm(path: Path) -> bytes:
    """A WAVE file as PCM (8000 Hz, mono, 16 bits). Raises OSError and WaveError."""
    return await asyncio.to_thread(_read, path)


def _read(path: Path) -> bytes:
    return read_wave(path.read_bytes())
