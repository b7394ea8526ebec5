"""Jobs by the clock: mail retries, retention, prompts made ahead (APScheduler)."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from appliance.configuration.overrides import without_ended
from appliance.control.box import Conflict
from appliance.speech.speaker import SpeechError
from appliance.storage.errors import StorageError

if TYPE_CHECKING:
    from appliance.runtime.box import Box

log = logging.getLogger(__name__)

MAIL_SECONDS = 20
RETENTION_HOURS = 1
EXPIRY_SECONDS = 5
CLOCK_SECONDS = 5
CLOCK_KEPT_MINUTES = 10
DISK_SECONDS = 10
FEED_HOURS = 1
LADDER_SECONDS = 20
CALL_BACK_SECONDS = 10


class Jobs:
    """What the box does by itself, at its times."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._scheduler: Any = None

    async def start(self) -> None:
        """Start the clockwork, loaded in a thread: phones are answered sooner after a start."""
        scheduling = await asyncio.to_thread(import_module, "apscheduler.schedulers.asyncio")
        self._scheduler = scheduling.AsyncIOScheduler(timezone=UTC)
        add = self._scheduler.add_job
        add(self.deliver_mail, "interval", seconds=MAIL_SECONDS, id="mail", coalesce=True, max_instances=1)
        add(self.tidy, "interval", days=1, id="tidy", coalesce=True, max_instances=1)
        add(self.retain, "interval", hours=RETENTION_HOURS, id="retention", coalesce=True, max_instances=1)
        add(
            self.forget_phones,
            "interval",
            seconds=EXPIRY_SECONDS,
            id="phones",
            coalesce=True,
            max_instances=1,
        )
        add(
            self._box.ladders.keep,
            "interval",
            seconds=LADDER_SECONDS,
            id="ladders",
            coalesce=True,
            max_instances=1,
        )
        add(
            self._box.feeds.refresh_due,
            "interval",
            hours=FEED_HOURS,
            id="feeds",
            coalesce=True,
            max_instances=1,
        )
        add(
            self._box.call_backs.attempt_due,
            "interval",
            seconds=CALL_BACK_SECONDS,
            id="call-backs",
            coalesce=True,
            max_instances=1,
        )
        add(self.look_at_disk, "interval", seconds=DISK_SECONDS, id="disk", coalesce=True, max_instances=1)
        add(self.look_at_clock, "interval", seconds=CLOCK_SECONDS, id="clock", coalesce=True, max_instances=1)
        add(
            self._box.clock_trust.keep,
            "interval",
            minutes=CLOCK_KEPT_MINUTES,
            id="clock kept",
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()
        self._box.background.start(self.look_at_clock(), "overrides at start")
        self._box.background.start(self._box.feeds.refresh_due(), "calendars elsewhere")
        self._box.background.start(self.retain(), "retention at start")
        self._box.background.start(self.prepare_prompts(), "prompts", endless=True)

    def stop(self) -> None:
        """Stop the clockwork; what is under way goes on."""
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def mail_soon(self) -> None:
        """Look at the mail queue now instead of at its next time."""
        self._soon("mail")

    def call_back_soon(self) -> None:
        """Look now at who is to be called back."""
        self._soon("call-backs")

    def _soon(self, job: str) -> None:
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    async def deliver_mail(self) -> None:
        """Send the e-mails that are due."""
        box = self._box
        try:
            waiting = await box.mail_queue.next_due()
            if waiting is not None and waiting <= box.clock.epoch():
                await box.delivery.deliver_due(box.clock.epoch())
                box.events.publish("mail")
            await box.alert_delivery.deliver_due(box.clock.epoch())
        except StorageError as error:
            log.error("the mail queue cannot be read: %s", error)

    async def retain(self) -> None:
        """Delete what its mailbox keeps no longer."""
        box = self._box
        try:
            if await box.retention.run(box.configuration.mailboxes, box.clock.epoch()):
                box.events.publish("message")
        except StorageError as error:
            log.error("retention failed: %s", error)

    async def forget_phones(self) -> None:
        """Take the phones and the watchers whose time has run out off their lists."""
        self._box.phones.sweep()
        self._box.lamps.sweep()

    async def look_at_disk(self) -> None:
        """Try whether the disk still takes what is written."""
        if await asyncio.to_thread(self._box.health.look):
            self._box.events.publish("warning")

    async def look_at_clock(self) -> None:
        """Judge the clock, and put away the overrides whose time is over."""
        box = self._box
        if box.clock_trust.look():
            box.events.publish("warning")
        if not box.clock_trust.trusted:
            return
        before, version = box.configuration, box.version
        after = without_ended(before, box.now())
        if after is before:
            return
        try:
            await box.change(after, expected=version, who="box")
        except Conflict:
            log.info("an override that is over is put away a little later")
        except StorageError as error:
            log.error("an override that is over cannot be put away: %s", error)

    async def tidy(self) -> None:
        """Drop the sounds of words that nobody has heard for long, and settings that no call ran with."""
        box = self._box
        await box.in_thread(lambda: box.speaker.prune(box.clock.epoch()))
        try:
            used = await box.history.versions_used()
            await box.in_thread(lambda: box.settings.forget(used))
        except StorageError as error:
            log.error("old versions of the settings cannot be put away: %s", error)

    async def prepare_prompts(self) -> None:
        """Make the prompts before the first caller needs them."""
        for language in ("fr", "en"):
            try:
                await self._box.speaker.prepare(language)
            except SpeechError as error:
                log.error("the prompts cannot be made: %s", error)
                return
