"""Several voices, each heard by the others: who hears whom, and packets that come unevenly."""

import pytest

from appliance.media import samples
from appliance.media.mixing import MOST_BEHIND, Voice, heard_by_each

pytestmark = pytest.mark.feature("RING-10")


def frame(value: int) -> bytes:
    return value.to_bytes(2, "little", signed=True) * samples.FRAME_SAMPLES


def test_each_hears_the_others_and_not_themselves():
    assert heard_by_each([frame(1), frame(10), frame(100)]) == [frame(110), frame(101), frame(11)]


def test_loud_voices_together_stay_within_sixteen_bits():
    assert heard_by_each([frame(30000), frame(30000), frame(1)])[2] == frame(32767)


@pytest.mark.parametrize("voices", [0, 1])
def test_who_is_alone_hears_silence(voices):
    assert heard_by_each([frame(5)] * voices) == [samples.SILENCE] * voices


def test_a_voice_begins_a_frame_behind_and_survives_a_late_packet():
    voice = Voice()
    voice.add(frame(1), 7, 160)
    assert voice.frame() == samples.SILENCE
    voice.add(frame(2), 7, 320)
    assert [voice.frame() for _ in range(3)] == [frame(1), frame(2), samples.SILENCE]


def test_packets_that_come_twice_or_too_late_are_dropped_also_where_the_timestamp_wraps():
    voice = Voice()
    for value, timestamp in ((1, 0xFFFFFFFF - 159), (2, 0), (2, 0), (1, 0xFFFFFFFF - 159), (3, 160)):
        voice.add(frame(value), 7, timestamp)
    assert [voice.frame() for _ in range(4)] == [frame(1), frame(2), frame(3), samples.SILENCE]


def test_another_source_is_taken_up_at_once():
    voice = Voice()
    voice.add(frame(1), 7, 10_000)
    voice.add(frame(2), 8, 0)
    assert [voice.frame(), voice.frame()] == [frame(1), frame(2)]


def test_a_burst_leaves_the_voice_no_further_behind_than_is_allowed():
    voice = Voice()
    for number in range(50):
        voice.add(frame(number), 7, 160 * number)
    heard = [voice.frame() for _ in range(MOST_BEHIND // samples.FRAME_BYTES + 1)]
    assert heard == [*map(frame, range(44, 50)), samples.SILENCE]


def test_who_is_muted_is_not_heard_later_either():
    voice = Voice()
    voice.muted = True
    voice.add(frame(1), 7, 0)
    voice.add(frame(2), 7, 160)
    assert voice.frame() == samples.SILENCE
    voice.muted = False
    assert voice.frame() == frame(2)
