"""The settings in force: configuration, its version, the plan compiled from it; changed by nobody else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace

from appliance.configuration.configuration import Configuration
from appliance.control.box import Conflict
from appliance.routing.plan import Plan, compile_plan
from appliance.runtime.clock import Clock
from appliance.storage.configuration_store import ConfigurationStore, Loaded

log = logging.getLogger(__name__)


class Settings:
    """Loads the settings once, then changes them on the disk first and in force after."""

    def __init__(self, store: ConfigurationStore, clock: Clock) -> None:
        self._store = store
        self._epoch = clock.epoch
        self._now = clock.now
        self._writing = asyncio.Lock()
        self.listeners: list[Callable[[Configuration, Configuration], None]] = []
        self.loaded: Loaded = store.load()
        self.configuration = self.loaded.configuration
        self.version = self.loaded.version
        self.plan: Plan = compile_plan(self.configuration)
        if self.loaded.damaged:
            log.error(
                "the settings file was damaged (%s): running with the last good one", self.loaded.detail
            )

    @property
    def zone(self) -> str:
        """The office's time zone."""
        office = self.configuration.office
        return office.time_zone if office else "Europe/Paris"

    async def prepare(self) -> None:
        """Work out the opening hours of these days before the first caller needs them."""
        await asyncio.to_thread(self.plan.prepare, self._now(self.zone))

    def _compile(self, configuration: Configuration) -> Plan:
        plan = compile_plan(configuration)
        plan.prepare(self._now(self.zone))
        return plan

    def past(self, version: int) -> Configuration | None:
        """An earlier version, None when it is not kept; blocks."""
        try:
            return self._store.load_version(version)
        except KeyError:
            return None

    def forget(self, used: Collection[int]) -> None:
        """Drop the old versions that no call of the history ran with; blocks. Raises StorageError."""
        self._store.forget_unused(used)

    async def change(self, new: Configuration, expected: int, who: str) -> int:
        """Make `new` the settings; returns its version.

        Raises Conflict and StorageError; nothing is changed then.
        """
        async with self._writing:
            if expected != self.version:
                raise Conflict
            plan = await asyncio.to_thread(self._compile, new)
            version = await asyncio.to_thread(self._store.save, new, who, now=self._epoch())
            old, self.configuration = self.configuration, new
            self.version, self.plan = version, plan
            # What was damaged is replaced by what holds together.
            self.loaded = replace(self.loaded, damaged=False)
        for listener in self.listeners:
            listener(old, new)
        return version
