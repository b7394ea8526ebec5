"""Browser phones' connections as the web process passes them on: frames, and who is there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.runtime.browser_connections import FrameReader, frame, introduced
from appliance.sip.flow import Flow
from appliance.sip.framing import FramingError


@given(st.lists(st.binary(max_size=300)), st.integers(1, 50))
def test_frames_come_out_as_they_went_in_however_the_stream_is_cut(messages: list[bytes], size: int) -> None:
    stream = b"".join(map(frame, messages))
    reader = FrameReader()
    found = [each for at in range(0, len(stream), size) for each in reader.feed(stream[at : at + size])]
    assert found == messages


def test_a_frame_longer_than_any_message_is_refused() -> None:
    with pytest.raises(FramingError):
        FrameReader().feed(b"\x00\x10\x00\x00")


def test_the_first_frame_says_who_is_there() -> None:
    told = {"transport": "WSS", "remote": ["192.168.1.9", 50123], "local": ["192.168.1.2", 8080]}
    assert introduced(json.dumps(told).encode()) == Flow("WSS", ("192.168.1.2", 8080), ("192.168.1.9", 50123))


@given(st.binary(max_size=100))
def test_anything_else_is_refused(first: bytes) -> None:
    with pytest.raises(FramingError):
        introduced(first)


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"transport": "UDP", "remote": ["192.168.1.9", 1], "local": ["192.168.1.2", 1]},
        {"transport": "WS", "remote": ["somewhere", 1], "local": ["192.168.1.2", 1]},
        {"transport": "WS", "remote": [1, 1], "local": ["192.168.1.2", "x"]},
        {"transport": "WS", "remote": None, "local": None},
    ],
)
def test_what_says_it_wrongly_is_refused(told: object) -> None:
    with pytest.raises(FramingError):
        introduced(json.dumps(told).encode())
