"""Delivery: takes what is due from the queue to the mail server, again and again until it is taken."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.configuration.voicemail import Mailbox, MailFormat
from appliance.mail.errors import MailError
from appliance.storage.audio_files import encode_mp3
from appliance.storage.database import Database
from appliance.storage.errors import StorageError
from appliance.storage.mail_queue import MailQueue, QueuedMail
from appliance.storage.messages import Message, MessageStore

if TYPE_CHECKING:
    from appliance.mail.compose import Attachment, Letter
    from appliance.mail.sender import Connection

log = logging.getLogger(__name__)

# Minutes to wait after each attempt; the last one for ever after.
BACK_OFF_MINUTES = (1, 2, 5, 15, 30, 60)


def _load() -> None:
    """Import what e-mail needs: slow and large, so at the first e-mail, and in a thread."""
    import appliance.mail.compose
    import appliance.mail.sender  # noqa: F401


def next_try(attempts: int, now: float) -> float:
    """When (epoch seconds) to try again after a failure that followed `attempts` others."""
    return now + 60.0 * BACK_OFF_MINUTES[min(attempts, len(BACK_OFF_MINUTES) - 1)]


class Delivery:
    """Sends the e-mails of the queue; `certificates`: a PEM file of authorities trusted beside the system's.

    `clock` gives epoch seconds, read again after each exchange with a server that may be slow.
    """

    def __init__(
        self,
        queue: MailQueue,
        messages: MessageStore,
        database: Database,
        configuration: Callable[[], Configuration],
        *,
        clock: Callable[[], float],
        certificates: Path | None = None,
    ) -> None:
        self._queue = queue
        self._messages = messages
        self._database = database
        self._configuration = configuration
        self._clock = clock
        self._certificates = certificates
        self._delivering = False

    async def deliver_due(self, now: float) -> int:
        """Send what is due at `now`; how many e-mails the server took. Raises StorageError only.

        A call while another one is at work does nothing.
        """
        if self._delivering:
            return 0
        self._delivering = True
        try:
            return await self._deliver(await self._queue.due(now))
        finally:
            self._delivering = False

    async def send_test(self, recipient: str, language: Language, token: str) -> None:
        """Send the test e-mail at once. Raises MailError."""
        await self._database.in_thread(_load)
        from appliance.mail.compose import compose_test, wire_bytes
        from appliance.mail.sender import connect

        configuration = self._configuration()
        server, office = configuration.mail_server, configuration.office
        if office is None or not server.sender:
            raise MailError("no_mail_server")
        data = wire_bytes(compose_test(office, language, server.sender, recipient, self._clock(), token))
        async with connect(server, self._certificates) as connection:
            await connection.send(data, server.sender, [recipient])

    async def _deliver(self, due: Sequence[QueuedMail]) -> int:
        configuration = self._configuration()
        if not due:
            return 0
        if not configuration.mail_server.enabled or configuration.office is None:
            await self._queue.explain("no_mail_server")
            return 0
        await self._database.in_thread(_load)
        from appliance.mail.sender import connect

        sent, waiting = 0, list(due)
        try:
            async with connect(configuration.mail_server, self._certificates) as connection:
                while waiting:
                    sent += await self._deliver_one(waiting[0], connection, configuration)
                    waiting.pop(0)
        except MailError as error:
            log.warning("mail not sent: %s", error)
            await self._postpone(waiting if sent == 0 else waiting[:1], error)
        return sent

    async def _deliver_one(
        self, queued: QueuedMail, connection: Connection, configuration: Configuration
    ) -> bool:
        """Send one e-mail; whether the server took it. Raises MailError for trouble with the connection."""
        message = await self._messages.get(queued.message_id)
        mailbox = configuration.mailboxes.get(message.mailbox_id) if message else None
        if message is None or mailbox is None or not mailbox.emails:
            await self._queue.mark_failed(queued.message_id, "no_recipient", "")
            return False
        await self._queue.mark_sending(message.id)
        try:
            await self._send(message, mailbox, connection, configuration)
        except MailError as error:
            if error.connection:
                raise
            if error.permanent:
                await self._queue.mark_failed(message.id, error.code, error.detail)
            else:
                await self._postpone([queued], error)
            return False
        return True

    async def _send(
        self, message: Message, mailbox: Mailbox, connection: Connection, configuration: Configuration
    ) -> None:
        from appliance.mail.compose import compose_message, wire_bytes

        office, sender = configuration.office, configuration.mail_server.sender
        if office is None or sender is None:
            raise MailError("no_mail_server", connection=True)
        attachment = await self._attachment(message, mailbox) if mailbox.attach else None
        letter = _letter(message, mailbox, sound_missing=mailbox.attach and attachment is None)
        language, now = mailbox.language or office.language, self._clock()

        def composed() -> bytes:
            return wire_bytes(
                compose_message(letter, office, language, sender, mailbox.emails, now, attachment)
            )

        refused = await connection.send(await self._database.in_thread(composed), sender, mailbox.emails)
        # The sound goes only when everybody who was to have it has it.
        delete = mailbox.delete_after_email and attachment is not None and not refused
        detail = "; ".join(f"{address}: {answer}" for address, answer in refused.items())
        await self._messages.mail_sent(
            message.id, self._clock(), delete=delete, error="some_refused" if refused else "", detail=detail
        )

    async def _attachment(self, message: Message, mailbox: Mailbox) -> Attachment | None:
        """The message's sound as the mailbox wants it; WAV when no MP3 can be made, None when it is gone."""
        from appliance.mail.compose import Attachment

        sound = self._messages.audio_path(message)
        encoded = sound.with_name(f".{message.id}.mp3")
        try:
            if mailbox.mail_format is MailFormat.MP3:
                await encode_mp3(sound, encoded)
                return Attachment(MailFormat.MP3, await self._database.in_thread(encoded.read_bytes))
        except StorageError as error:
            log.warning("message %s attached as WAV: %s", message.id, error)
        finally:
            encoded.unlink(missing_ok=True)
        try:
            return Attachment(MailFormat.WAV, await self._database.in_thread(sound.read_bytes))
        except OSError as error:
            log.error("the sound of message %s is not there: %s", message.id, error)
            return None

    async def _postpone(self, waiting: Sequence[QueuedMail], error: MailError) -> None:
        now = self._clock()
        tries = {queued.message_id: next_try(queued.attempts, now) for queued in waiting}
        await self._queue.postpone(tries, error.code, error.detail)


def _letter(message: Message, mailbox: Mailbox, *, sound_missing: bool) -> Letter:
    from appliance.mail.compose import Letter

    return Letter(
        message.id,
        mailbox.name,
        message.caller,
        message.caller_name,
        message.called,
        message.received_at,
        message.seconds,
        sound_missing,
    )
