"""The pbx process: from its options to its end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from importlib import import_module
from typing import TYPE_CHECKING

from appliance.configuration import public_holidays
from appliance.control.options import PbxOptions
from appliance.runtime import garbage
from appliance.runtime.almanac import own_almanac
from appliance.runtime.box import Box
from appliance.runtime.clock import Clock
from appliance.runtime.media.event_loop import PacketEventLoop
from appliance.runtime.recent_log import RECENT_LOG
from appliance.storage.backup import complete_restore
from appliance.storage.data_folder import DataFolder
from appliance.storage.errors import StorageError

if TYPE_CHECKING:
    from aiohttp import web

log = logging.getLogger(__name__)

CANNOT_START = 1


def run_pbx(options: PbxOptions) -> int:
    """Run the pbx until it is told to stop; returns the exit status of the process."""
    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger().addHandler(RECENT_LOG)
    for noisy in ("apscheduler", "aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        folder = DataFolder(options.data)
        folder.prepare()
        folder.lock()
        complete_restore(options.data)
        with asyncio.Runner(loop_factory=PacketEventLoop) as runner:
            return runner.run(_serve(options, folder, Clock.from_environment()))
    except (StorageError, OSError, ValueError) as error:
        log.error("cannot start: %s", error)
        return CANNOT_START


async def _serve(options: PbxOptions, folder: DataFolder, clock: Clock) -> int:
    public_holidays.use(own_almanac(folder.path))
    box = Box(options, folder, clock)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, box.stopping.set)
    await box.start()
    # Asked ahead of the first settings: who checks them on the loop cannot wait for it.
    box.background.start(asyncio.to_thread(public_holidays.countries), "the countries of public holidays")
    # The API is loaded while the phones are answered already.
    application = await asyncio.to_thread(import_module, "appliance.control.application")
    runner = application.make_runner(box)
    await runner.setup()
    await _open_socket(options, runner)
    garbage.end_start()
    quiet = garbage.collect_when_quiet(lambda: len(box.calls), clock.monotonic)
    box.background.start(quiet, "the garbage collector", endless=True)
    try:
        await box.stopping.wait()
    finally:
        try:
            await runner.cleanup()
        finally:
            await box.close()
    return box.exit_status


async def _open_socket(options: PbxOptions, runner: web.AppRunner) -> None:
    from aiohttp import web

    path = options.socket_path
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        await web.UnixSite(runner, str(path)).start()
    finally:
        os.umask(before)
