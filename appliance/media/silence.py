"""Silence: how long nobody has spoken, whatever the noise of the line."""

from __future__ import annotations

from appliance.media import samples

# A frame is speech when it is this far above the noise, within bounds that hold on the quietest and
# noisiest lines.
ABOVE_NOISE_DB = 10.0
LOWEST_SPEECH_DB = -50.0
HIGHEST_THRESHOLD_DB = -35.0
NOISE_RISES_DB = (
    0.06  # each frame of 20 ms: 3 dB a second, so that a pause between words keeps the estimate down
)
FEWEST_FRAMES = 3  # a click is shorter


class SilenceDetector:
    """Measures the silence at the end of what it was fed."""

    __slots__ = ("_loud_frames", "_noise_db", "_rest", "quiet_seconds", "spoken_seconds")

    def __init__(self) -> None:
        self.quiet_seconds = 0.0
        self.spoken_seconds = 0.0
        self._noise_db = -60.0
        self._loud_frames = 0
        self._rest = b""

    def feed(self, sound: bytes) -> None:
        """Hear PCM of any length."""
        sound = self._rest + sound
        whole = len(sound) - len(sound) % samples.FRAME_BYTES
        for start in range(0, whole, samples.FRAME_BYTES):
            self._frame(sound[start : start + samples.FRAME_BYTES])
        self._rest = sound[whole:]

    def _frame(self, frame: bytes) -> None:
        level = samples.level_db(frame)
        self._noise_db = min(level, self._noise_db + NOISE_RISES_DB)
        threshold = min(max(self._noise_db + ABOVE_NOISE_DB, LOWEST_SPEECH_DB), HIGHEST_THRESHOLD_DB)
        self._loud_frames = self._loud_frames + 1 if level > threshold else 0
        if self._loud_frames >= FEWEST_FRAMES:
            self.quiet_seconds = 0.0
            self.spoken_seconds += 0.02
        else:
            self.quiet_seconds += 0.02
