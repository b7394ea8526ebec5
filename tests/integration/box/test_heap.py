"""The C library's heap, seen from a process of its own: one for all threads, and given back when asked."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from appliance.runtime import heap

glibc = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_info"), reason="only glibc has what is asked of it"
)

# Blocks of more than 512 octets do not come from Python's own allocator.
HEAPS_OF_THREADS = """
import ctypes, sys, threading
from appliance.runtime import heap
{before}
def allocate():
    kept.append([bytes(1000) for _ in range(1000)])
    all_there.wait()
kept, all_there = [], threading.Barrier(4)
threads = [threading.Thread(target=allocate) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library = ctypes.CDLL(None)
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""

GIVEN_BACK = """
from appliance.runtime import heap
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])
blocks = [bytes(1000) for _ in range(60_000)]
held = blocks[-1]
blocks.clear()
before = resident()
heap.give_back()
print(before, resident())
"""


def printed_by(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@glibc
def test_all_threads_share_one_heap() -> None:
    assert printed_by(HEAPS_OF_THREADS.format(before="")).count("<heap ") > 1
    assert printed_by(HEAPS_OF_THREADS.format(before="heap.keep_in_one_piece()")).count("<heap ") == 1


@glibc
def test_what_lies_free_below_what_is_kept_goes_back_to_the_system() -> None:
    before, after = map(int, printed_by(GIVEN_BACK).split())
    assert after < before / 2


def test_another_c_library_is_asked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    heap._library.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    try:
        assert heap._library() is None
        heap.keep_in_one_piece()
        heap.give_back()
    finally:
        heap._library.cache_clear()
