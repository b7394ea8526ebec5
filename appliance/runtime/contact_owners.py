"""Transfers that make somebody else responsible for a contact (CRM-4)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from appliance.calls.call import Call
from appliance.configuration.configuration import Configuration
from appliance.control.events import EventHub
from appliance.runtime.background import Background
from appliance.storage.contacts import ContactBook
from appliance.storage.errors import StorageError

log = logging.getLogger(__name__)


class ContactOwners:
    """Looks at each call that ended; the change is made behind."""

    def __init__(
        self,
        contacts: ContactBook,
        background: Background,
        events: EventHub,
        configuration: Callable[[], Configuration],
    ) -> None:
        self._contacts = contacts
        self._background = background
        self._events = events
        self._configuration = configuration

    def ended(self, call: Call, _now: float) -> None:
        """Whoever a contact was sent on to, and who took the call, is responsible from now on.

        The contact has called, or was called.
        """
        office = self._configuration().office
        if office is None or not office.transfer_changes_owner:
            return
        known = call.arrived.known or self._contacts.look_up(call.arrived.called)
        if known is None:
            return
        person_id = taken_over_by(call)
        if person_id is not None and person_id != known.owner_id:
            self._background.start(self._change(known.contact_id, person_id), "owner of a contact")

    async def _change(self, contact_id: str, person_id: str) -> None:
        try:
            await self._contacts.change(
                contact_id, lambda contact: contact.model_copy(update={"owner_id": person_id})
            )
        except StorageError as error:
            log.error("the person responsible for a contact could not be changed: %s", error)
            return
        self._events.publish("contact", id=contact_id)


def taken_over_by(call: Call) -> str | None:
    """The person who took the call by the last transfer; None when none was made, or none was taken."""
    moves = [step["what"] for step in call.steps if step["step"] == "Transfer"]
    if not moves or moves[-1] == "came_back":
        return None
    return call.answered_by_id
