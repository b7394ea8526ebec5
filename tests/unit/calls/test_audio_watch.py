"""The watch over the audio: who is silent is noted once, with the likely cause; nobody on hold is."""

from dataclasses import replace

import pytest

from appliance.calls import audio_watch
from appliance.calls.audio_watch import cause_of_silence, watch_audio
from appliance.media.reporting import MediaStatistics
from appliance.sip.sdp import Direction
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call

HEARD = MediaStatistics(packets_received=9, seconds_since_received=0.1)


@pytest.mark.parametrize(
    ("statistics", "code"),
    [
        (None, None),
        (HEARD, None),
        (MediaStatistics(), "audio_never_came"),
        (MediaStatistics(strangers=4), "audio_from_elsewhere"),
        (MediaStatistics(encrypted=True, undeciphered=4), "audio_undeciphered"),
        (replace(HEARD, seconds_since_received=3.5), "audio_stopped"),
    ],
)
def test_the_likely_cause(statistics, code):
    assert cause_of_silence(statistics) == code


class EnoughLooks(Exception):
    """The watch has looked as often as the test wants."""


async def watched(monkeypatch, caller, callee, looks=5):
    """What has been noted after so many looks; no time passes."""
    left = iter(range(looks))

    async def next_look(_):
        if next(left, None) is None:
            raise EnoughLooks

    monkeypatch.setattr(audio_watch, "sleep", next_look)
    call = scripted_call(caller)
    with pytest.raises(EnoughLooks):
        await watch_audio(ScriptedBoard([]), call, (caller, callee))
    return [(fault.label, fault.code) for fault in call.audio_faults]


async def test_a_silent_side_is_noted_once(monkeypatch):
    caller, callee = ScriptedCaller([], "caller"), ScriptedCallee([], "Bruno")
    caller.statistics = replace(HEARD, seconds_since_received=0.0)
    callee.statistics = MediaStatistics()
    assert await watched(monkeypatch, caller, callee) == [("Bruno", "audio_never_came")]


async def test_silence_on_hold_is_as_agreed(monkeypatch):
    caller, callee = ScriptedCaller([], "caller"), ScriptedCallee([], "Bruno")
    caller.statistics = callee.statistics = MediaStatistics()
    callee.sound = replace(callee.sound, direction=Direction.SENDONLY)
    assert await watched(monkeypatch, caller, callee) == []
