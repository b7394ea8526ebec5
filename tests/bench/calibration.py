"""A fixed piece of work, again and again: its CPU milliseconds, a line each, tell how fast the machine is."""

from __future__ import annotations

import time


def work() -> int:
    """Some hundred thousand steps of plain integer arithmetic."""
    state = 1
    for _ in range(150_000):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    return state


def main() -> None:
    while True:
        began = time.process_time()
        work()
        print(f"{(time.process_time() - began) * 1000:.2f}", flush=True)
        time.sleep(0.34)


if __name__ == "__main__":
    main()
