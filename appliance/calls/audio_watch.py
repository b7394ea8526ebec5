"""The watch over a conversation's audio: a side that is not heard is noted, with the likely cause."""

from __future__ import annotations

from asyncio import sleep

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.legs.leg import Leg
from appliance.media.reporting import MediaStatistics
from appliance.sip.sdp import Direction

SILENT_SECONDS = 3.0
# After so long without a sound of anybody all must be gone; on hold, silence is what they have agreed to.
GONE_SECONDS, GONE_ON_HOLD_SECONDS = 300.0, 4 * 3600.0
LOOK_SECONDS = 30.0


async def watch_audio(board: Switchboard, call: Call, legs: tuple[Leg, ...]) -> None:
    """Note each leg that sends no audio for SILENT_SECONDS while nobody is on hold; runs until cancelled."""
    noted: set[int] = set()
    while len(noted) < len(legs):
        await sleep(SILENT_SECONDS)
        if any(leg.sound.direction is not Direction.SENDRECV for leg in legs):
            continue
        for leg in legs:
            code = cause_of_silence(leg.statistics) if id(leg) not in noted else None
            if code is not None:
                noted.add(id(leg))
                call.missed_sound(leg, code, board.epoch())


def cause_of_silence(statistics: MediaStatistics | None) -> str | None:
    """Why a leg is probably not heard; None when it is, or when its audio was never opened."""
    if statistics is None:
        return None
    if not statistics.packets_received:
        if statistics.undeciphered:
            return "audio_undeciphered"
        return "audio_from_elsewhere" if statistics.strangers else "audio_never_came"
    since = statistics.seconds_since_received
    return "audio_stopped" if since is not None and since >= SILENT_SECONDS else None


async def until_silent(*legs: Leg) -> None:
    """Return once no leg has been heard for so long that all must be gone."""
    waited = 0.0
    while True:
        await sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
        heard = (leg.media.seconds_since_heard for leg in legs)
        silence = min(waited if seconds is None else seconds for seconds in heard)
        held = any(leg.sound.direction is not Direction.SENDRECV for leg in legs)
        if silence >= (GONE_ON_HOLD_SECONDS if held else GONE_SECONDS):
            return
