"""What the process uses at this moment."""

from __future__ import annotations

import asyncio
import os

from appliance.control.live import Resources


def resources_now(
    calls: int, unwritten: int, legs: int, ports: int, subscriptions: int, transactions: int
) -> Resources:
    """The counts of the parts of the box, with tasks, file descriptors and memory."""
    return Resources(
        calls=calls,
        unwritten=unwritten,
        legs=legs,
        ports=ports,
        subscriptions=subscriptions,
        transactions=transactions,
        tasks=len(asyncio.all_tasks()),
        file_descriptors=len(os.listdir("/proc/self/fd")),
        memory_bytes=_resident_bytes(),
    )


def _resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
