"""Turns: whom each group has rung last, and since when everybody has been off the phone (RING-5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from appliance.calls.call import Call
from appliance.configuration.configuration import Configuration
from appliance.routing.steps import Ring
from appliance.runtime.background import Background
from appliance.storage.errors import StorageError
from appliance.storage.turns import TurnStore

log = logging.getLogger(__name__)


class Turns:
    """Follows the calls; kept on the disk behind, for members of groups only."""

    def __init__(
        self,
        store: TurnStore,
        background: Background,
        epoch: Callable[[], float],
        configuration: Callable[[], Configuration],
    ) -> None:
        self._store = store
        self._background = background
        self._epoch = epoch
        self._configuration = configuration
        self._last_rung: dict[str, str] = {}
        self._idle_since: dict[str, float] = {}
        self._talking: dict[str, frozenset[str]] = {}

    @property
    def last_rung(self) -> Mapping[str, str]:
        """The member whom each group has rung last."""
        return self._last_rung

    @property
    def idle_since(self) -> Mapping[str, float]:
        """When people were last on the phone, in epoch seconds."""
        return self._idle_since

    async def restore(self) -> None:
        """Take back what was kept before the restart. Raises StorageError."""
        self._last_rung, self._idle_since = await self._store.load()

    def rings(self, step: Ring, _call: Call | None = None) -> None:
        """A step is being rung: it is one member's turn when it rings nobody else."""
        people = {target.person_id for target in step.targets if target.person_id}
        if step.group_id and len(people) == 1:
            (person_id,) = people
            self._last_rung[step.group_id] = person_id
            self._keep(self._store.save_rung(step.group_id, person_id))

    def follow(self, call: Call) -> None:
        """A call has changed: who has left it has been idle since this moment."""
        now = frozenset(call.people_on_the_phone)
        self._left(self._talking.get(call.id, frozenset()) - now)
        self._talking[call.id] = now

    def ended(self, call: Call, _now: float) -> None:
        """A call is over for everybody."""
        self._left(self._talking.pop(call.id, frozenset()))

    def _left(self, people: frozenset[str]) -> None:
        if not people:
            return
        members = {
            member.person_id for group in self._configuration().groups.values() for member in group.members
        }
        since = self._epoch()
        self._idle_since.update(dict.fromkeys(people, since))
        if told := people & members:
            self._keep(self._store.save_idle(told, since))

    def _keep(self, saving: Coroutine[Any, Any, None]) -> None:
        self._background.start(self._kept(saving), "the turns of a group")

    async def _kept(self, saving: Coroutine[Any, Any, None]) -> None:
        try:
            await saving
        except StorageError as error:
            log.error("whose turn it is could not be kept: %s", error)
