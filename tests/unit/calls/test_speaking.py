"""Speaking to legs that have agreed on a codec of which the box makes no sound."""

import pytest

from appliance.calls.speaking import OURS, is_heard, takes_words
from appliance.calls.transfer import agree
from appliance.legs.sessions import Sound
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import Codec
from tests.support.scripted_calls import ScriptedCaller

pytestmark = pytest.mark.feature("RING-10")

WIDE = Sound((Codec(9, "G722", 8000),))
NARROW = Sound(DEFAULT_CODECS)
FIRST_WIDE = Sound((*WIDE.codecs, *DEFAULT_CODECS))
FIRST_NARROW = Sound((*DEFAULT_CODECS, *WIDE.codecs))


def leg(sound: Sound, reply: Sound | int = NARROW) -> ScriptedCaller:
    made = ScriptedCaller([], "somebody")
    made.sound, made.reply, made.answered = sound, reply, True
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


@pytest.mark.parametrize("sound", [WIDE, FIRST_WIDE, FIRST_NARROW])
async def test_who_may_send_what_we_do_not_make_out_is_asked_for_g711_alone(sound):
    either = leg(sound)
    assert not await is_heard(either) and either.proposals == [OURS]


async def test_who_sends_g711_alone_is_asked_nothing():
    narrow = leg(NARROW)
    assert await is_heard(narrow) and not narrow.proposals


async def test_who_takes_our_sound_beside_another_codec_keeps_both_to_hear_us():
    for sound in (FIRST_WIDE, FIRST_NARROW):
        both = leg(sound)
        assert await takes_words(both) and not both.proposals


async def test_of_two_who_do_not_understand_each_other_the_one_without_g711_is_asked():
    for one, other in ((leg(WIDE), leg(NARROW)), (leg(NARROW), leg(WIDE))):
        await agree(one, other)
        wide, narrow = (one, other) if one.sound is WIDE else (other, one)
        assert wide.proposals == [NARROW] and not narrow.proposals


OPUS = Codec(96, "opus", 48000, 2)


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (FIRST_WIDE, NARROW, NARROW),
        (FIRST_NARROW, Sound(DEFAULT_CODECS[:1]), NARROW),
        (Sound((OPUS, *FIRST_WIDE.codecs)), FIRST_WIDE, FIRST_WIDE),
        (Sound((OPUS, *WIDE.codecs)), WIDE, WIDE),
    ],
)
async def test_who_may_send_what_the_other_has_not_is_asked_for_what_both_have(one, other, common):
    for reverse in (False, True):
        more, less = leg(one), leg(other)
        await (agree(less, more) if reverse else agree(more, less))
        assert more.proposals == [common] and not less.proposals


async def test_each_is_asked_to_leave_out_what_the_other_has_not():
    one, other = leg(Sound((OPUS, *DEFAULT_CODECS))), leg(FIRST_WIDE)
    await agree(one, other)
    assert one.proposals == [NARROW] and other.proposals == [NARROW]


async def test_two_who_have_the_same_in_another_order_are_left_alone():
    one, other = leg(FIRST_WIDE), leg(FIRST_NARROW)
    await agree(one, other)
    assert not one.proposals and not other.proposals


async def test_the_other_is_asked_when_that_one_refuses():
    wide, narrow = leg(WIDE, 488), leg(NARROW)
    await agree(wide, narrow)
    assert wide.proposals == [NARROW] and narrow.proposals == [WIDE]
