"""Memberships: who has signed out of which ring group; they are members still, and are not rung (RING-5)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from appliance.storage.errors import StorageError
from appliance.storage.memberships import MembershipStore

if TYPE_CHECKING:
    from appliance.runtime.box import Box

log = logging.getLogger(__name__)

NO_GROUP: frozenset[str] = frozenset()


class Memberships:
    """Implements `control.box.Memberships`; kept on the disk behind."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._store = MembershipStore(box.database)
        self._out: dict[str, frozenset[str]] = {}

    async def restore(self) -> None:
        """Take back who had signed out before the restart. Raises StorageError."""
        for group_id, person_id in await self._store.load():
            self._out[person_id] = self.out_of(person_id) | {group_id}

    def out_of(self, person_id: str) -> frozenset[str]:
        """The ids of the groups that a person has signed out of."""
        return self._out.get(person_id, NO_GROUP)

    def sign(self, group_id: str, person_id: str, signed_in: bool) -> bool:
        """Sign a member in or out at once; False for who is no member. Kept on the disk soon."""
        group = self._box.configuration.groups.get(group_id)
        if group is None or all(member.person_id != person_id for member in group.members):
            return False
        before = self.out_of(person_id)
        self._out[person_id] = before - {group_id} if signed_in else before | {group_id}
        since = None if signed_in else self._box.epoch()
        self._box.background.start(self._keep(group_id, person_id, since), "a membership")
        self._box.events.publish("person", id=person_id)
        return True

    async def _keep(self, group_id: str, person_id: str, since: float | None) -> None:
        try:
            await self._store.save(group_id, person_id, since)
        except StorageError as error:
            log.error("the membership of %s in %s could not be kept: %s", person_id, group_id, error)
