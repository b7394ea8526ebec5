"""Music: our melody is sound of the right shape, neither loud nor silent."""

from array import array

from appliance.media.music import NOTES, melody


def test_the_melody_is_some_seconds_of_quiet_sound():
    sound = array("h", melody())
    assert abs(len(sound) / 8000 - sum(seconds for _, seconds in NOTES)) < 0.01
    assert 1000 < max(sound) < 8000
    assert abs(sound[0]) < 10 and abs(sound[-1]) < 100, "it repeats without a click"
