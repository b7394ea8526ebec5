"""The box's almanac of public holidays: the package is asked in a program of its own."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from concurrent.futures import CancelledError
from importlib.metadata import version
from pathlib import Path

from appliance.storage.almanac import Ask, KeptAlmanac
from appliance.storage.programs import ProgramMissing, run_program

log = logging.getLogger(__name__)

PROGRAM = ("-m", "appliance.storage.holiday_program")


def own_almanac(data: Path) -> KeptAlmanac:
    """The almanac kept in a data folder; call it on the loop."""
    return KeptAlmanac(data, version("holidays"), asking(asyncio.get_running_loop()))


def asking(loop: asyncio.AbstractEventLoop) -> Ask:
    """Asks the program from threads, which wait for it; on the loop itself nothing is asked."""
    own_thread = threading.get_ident()

    def ask(*words: str) -> bytes | None:
        if threading.get_ident() == own_thread:
            return None
        running = asyncio.run_coroutine_threadsafe(run_program(sys.executable, *PROGRAM, *words), loop)
        try:
            ended = running.result()
        except (OSError, ProgramMissing, CancelledError) as error:
            log.warning("the public holidays are worked out in this process: %s", error)
            return None
        if ended.status:
            log.warning("the program for public holidays ended with status %s", ended.status)
            return None
        return ended.output

    return ask
