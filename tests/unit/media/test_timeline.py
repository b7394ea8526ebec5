"""Packets laid at their time."""

from __future__ import annotations

from appliance.media.timeline import Timeline

FRAME = 0.02


def piece(number: int) -> bytes:
    return bytes((number, 0)) * 160


def played(order: list[int], **arrival: float) -> bytes:
    """The sound of packets that arrive in that order, one each 20 ms."""
    timeline = Timeline(0.0)
    out = b""
    for index, number in enumerate(order):
        now = index * FRAME
        timeline.place(piece(number), 1, (number * 160 - 320) & 0xFFFFFFFF, now)
        out += timeline.take(now)
    return out + timeline.finish((len(order) + 1) * FRAME)


def test_in_order() -> None:
    assert played([1, 2, 3])[:960] == piece(1) + piece(2) + piece(3)


def test_out_of_order_and_doubled() -> None:
    assert played([1, 3, 2, 2, 4])[: 4 * 320] == piece(1) + piece(2) + piece(3) + piece(4)


def test_what_is_lost_is_silence() -> None:
    assert played([1, 2, 4, 5])[:1600] == piece(1) + piece(2) + bytes(320) + piece(4) + piece(5)[:320]


def test_before_the_first_packet_and_after_the_last_there_is_silence() -> None:
    timeline = Timeline(10.0)
    timeline.place(piece(1), 1, 0, 11.0)
    sound = timeline.take(12.0)
    assert len(sound) == int(1.8 * 16000)
    assert sound[16000:16320] == piece(1)
    assert not any(sound[16320:]) and not any(sound[:16000])
    assert len(timeline.finish(12.0)) == 3200


def test_only_what_can_no_longer_change_is_taken() -> None:
    timeline = Timeline(0.0)
    timeline.place(piece(1), 1, 0, 0.0)
    assert timeline.take(0.1) == b""
    assert timeline.take(0.22) == piece(1)
    timeline.place(piece(9), 1, 0, 0.23)
    assert timeline.take(0.3) == bytes(1280)


def test_timestamps_that_jump_cost_no_memory_and_no_sound() -> None:
    timeline = Timeline(0.0)
    timeline.place(piece(1), 1, 0, 0.0)
    timeline.place(piece(2), 1, 2**31 - 1, 0.02)
    timeline.place(piece(3), 1, 5, 0.04)
    timeline.place(piece(4), 2, 2**32 - 1, 0.06)
    sound = timeline.finish(0.1)
    assert len(sound) == 1600
    assert sound[:1280] == piece(1) + piece(2) + piece(3) + piece(4)


def test_a_day_of_timestamps_wraps_unnoticed() -> None:
    timeline = Timeline(0.0)
    now, timestamp, total = 0.0, 0, 0
    for _ in range(3):
        for _ in range(5):
            timeline.place(piece(1), 1, timestamp & 0xFFFFFFFF, now)
            timestamp += 4000
            now += 0.5
            total += len(timeline.take(now))
        timestamp += 2**32
    assert total == round((now - 0.2) * 8000) * 2


def test_a_new_source_follows_the_last() -> None:
    timeline = Timeline(0.0)
    timeline.place(piece(1), 1, 0, 0.0)
    timeline.place(piece(2), 2, 77777, 0.0)
    assert timeline.finish(0.04) == piece(1) + piece(2)
