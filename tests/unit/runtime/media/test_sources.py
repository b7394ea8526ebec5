"""Sources of sound, frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from appliance.runtime.media.sources import Clip, Stream

FRAME = 320


def test_a_clip_ends_with_a_frame_filled_up() -> None:
    clip = Clip(b"ab" * 200)
    assert clip.take(1) == b"ab" * 160
    assert clip.take(1) == b"ab" * 40 + bytes(240)
    assert clip.take(1) is None


def test_a_loop_has_no_seam_and_an_empty_one_ends() -> None:
    clip = Clip(b"abcdef", loop=True)
    heard = b"".join(clip.take(2) or b"" for _ in range(3))
    assert heard == (b"abcdef" * 400)[: len(heard)]
    assert Clip(b"", loop=True).take(1) is None


async def test_a_stream_is_silent_while_it_waits_and_ends_when_it_ends() -> None:
    stream = Stream()
    assert stream.take(1) == bytes(FRAME)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 500

    await stream.feed(pieces())
    assert stream.take(1) == b"x" * FRAME
    assert stream.take(1) == b"x" * 180 + bytes(140)
    assert stream.take(1) is None


async def test_a_stream_takes_no_more_than_it_needs() -> None:
    stream = Stream()
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield bytes(1600)

    feeding = asyncio.ensure_future(stream.feed(pieces()))
    await asyncio.sleep(0)
    assert taken == 6
    for _ in range(10):
        stream.take(1)
    await asyncio.sleep(0)
    assert taken == 8
    feeding.cancel()
