"""Speaking to legs that have agreed on a codec of which the box makes no sound."""

import pytest

from appliance.calls.speaking import OURS, takes_words
from appliance.calls.transfer import agree
from appliance.legs.sessions import Sound
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import Codec
from tests.support.scripted_calls import ScriptedCaller

pytestmark = pytest.mark.feature("RING-10")

WIDE = Sound((Codec(9, "G722", 8000),))
NARROW = Sound(DEFAULT_CODECS)


def leg(sound: Sound, reply: Sound | int = NARROW) -> ScriptedCaller:
    made = ScriptedCaller([], "somebody")
    made.sound, made.reply, made.answered = sound, reply, True
    made.can_be_spoken_to = sound is not WIDE
    return made


async def test_who_takes_our_sound_is_asked_nothing():
    narrow = leg(NARROW)
    assert await takes_words(narrow) and not narrow.proposals


@pytest.mark.parametrize("answered", [True, False])
async def test_who_refuses_or_was_not_answered_takes_none(answered):
    wide = leg(WIDE, 488)
    wide.answered = answered
    assert not await takes_words(wide)
    assert wide.proposals == ([OURS] if answered else [])


async def test_of_two_who_do_not_understand_each_other_the_one_without_g711_is_asked():
    for one, other in ((leg(WIDE), leg(NARROW)), (leg(NARROW), leg(WIDE))):
        await agree(one, other)
        wide, narrow = (one, other) if one.sound is WIDE else (other, one)
        assert wide.proposals == [NARROW] and not narrow.proposals


async def test_the_other_is_asked_when_that_one_refuses():
    wide, narrow = leg(WIDE, 488), leg(NARROW)
    await agree(wide, narrow)
    assert wide.proposals == [NARROW] and narrow.proposals == [WIDE]
