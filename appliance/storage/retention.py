"""Retention: what is deleted because its time is over."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.configuration.voicemail import Mailbox
from appliance.storage.messages import MessageStore
from appliance.storage.registrations import Registrations
from appliance.storage.sessions import Sessions

DAY = 86400.0
DELETED_ROWS_DAYS = 90
# A phone whose registration ended lately may come back in the same minute; nothing is gained by haste.
REGISTRATION_GRACE = DAY


class Retention:
    """Deletes messages after their mailbox's `keep_days`, ended sign-ins, what is left of deleted things."""

    def __init__(self, messages: MessageStore, sessions: Sessions, registrations: Registrations) -> None:
        self._messages = messages
        self._sessions = sessions
        self._registrations = registrations

    async def run(self, mailboxes: Mapping[str, Mailbox], now: float) -> int:
        """Delete what is due at `now` (epoch seconds); how many messages that were. Raises StorageError.

        A message whose e-mail has not gone yet is kept until it has.
        """
        deleted = 0
        for mailbox in mailboxes.values():
            if mailbox.keep_days is None:
                continue
            for message_id in await self._messages.older_than(mailbox.id, now - mailbox.keep_days * DAY):
                deleted += await self._messages.delete(message_id, now)
        await self._messages.forget_deleted(now - DELETED_ROWS_DAYS * DAY)
        await self._sessions.delete_expired(now)
        await self._registrations.delete_expired(now - REGISTRATION_GRACE)
        return deleted
