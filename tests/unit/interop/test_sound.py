"""Recordings of the phones count as finished when their program has closed them, and never before."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.interop.phones.pyvoip import as_16_bits
from tests.interop.sound import is_finished, read_mono, share_heard

HEAD = 44
BLOCK = bytes(range(256)) * 128
US = os.getpid()


def take(path: Path, octets: bytes) -> None:
    """Write a whole take as linphone does: at the end of what is there, the length told at the close."""
    before = path.read_bytes()[HEAD:] if path.exists() else b""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(before + octets)


@pytest.fixture
def ear(tmp_path: Path) -> Path:
    return tmp_path / "ear.wav"


@pytest.fixture
def written(ear: Path) -> Iterator[BinaryIO]:
    """A take going on: the head of a whole earlier one, nothing of this yet."""
    take(ear, BLOCK)
    with ear.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        yield file


def test_a_recording_is_finished_once_it_is_closed(ear: Path) -> None:
    assert not is_finished(ear, US), "not there yet"
    take(ear, BLOCK)
    assert is_finished(ear, US)
    assert is_finished(ear, None), "its program has ended"


def test_the_length_of_an_earlier_take_says_nothing_of_this_one(ear: Path, written: BinaryIO) -> None:
    assert not is_finished(ear, US), "heard, but not written yet: blocks are large"
    written.write(BLOCK)
    written.flush()
    assert not is_finished(ear, US)
    written.close()
    assert not is_finished(ear, US), "closed with the length of the earlier take: cut off by a kill"
    assert not is_finished(ear, None)


def test_it_is_the_writer_that_counts(ear: Path, written: BinaryIO) -> None:
    """Who only reads beside the writer makes no difference."""
    sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert is_finished(ear, sleeper.pid)
    finally:
        sleeper.communicate(b"\n")
    assert is_finished(ear, sleeper.pid), "a program that has ended holds nothing open"


@pytest.mark.parametrize("octets", [b"", b"RIFF", b"\0" * HEAD])
def test_what_holds_no_sound_is_not_finished(ear: Path, octets: bytes) -> None:
    ear.write_bytes(octets)
    assert not is_finished(ear, US)
    take(ear.with_name("empty.wav"), b"")
    assert not is_finished(ear.with_name("empty.wav"), US)


def test_unsigned_bytes_become_samples_of_the_same_sound(ear: Path, tmp_path: Path) -> None:
    with wave.open(str(ear), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes((128, 255, 0)))
    samples, rate = read_mono(as_16_bits(ear, tmp_path / "ear16.wav"))
    assert (list(samples), rate) == ([0, 127 << 8, -128 << 8], 8000)


def test_words_are_found_among_other_sounds_and_others_are_not() -> None:
    words, others = bytes(range(160)) * 4, bytes(reversed(range(160))) * 4
    silence = b"\xd5" * 1600
    assert share_heard(words + silence, silence + words + silence) == 1
    assert share_heard(words, silence + others) == 0
    assert share_heard(words + others, silence + words) == 0.5
