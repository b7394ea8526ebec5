"""The C library's heap: kept in one piece, and given back to the system when there is less to hold.

Only glibc is asked, whatever starts the process: a setting of the environment would have to be repeated in
the service, the image and every shell.
"""

from __future__ import annotations

import ctypes
from functools import cache

# malloc.h: M_ARENA_MAX
ARENA_MAX = -8


@cache
def _library() -> ctypes.CDLL | None:
    """The C library if it is glibc: no other has these two functions."""
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def keep_in_one_piece() -> None:
    """Let all threads share one heap: what one has freed, another can take. Before there are any."""
    library = _library()
    if library is not None:
        library.mallopt(ARENA_MAX, 1)


def give_back() -> None:
    """Give the system what lies free; other threads wait for it."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)
