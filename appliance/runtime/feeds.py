"""Subscriptions: the closures that calendars elsewhere tell, fetched every day (TIME-2).

What was fetched last is kept in the settings, so that neither a restart nor a lost internet changes an hour.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from appliance.configuration.calendars import Calendar, Feed, SpecialDays
from appliance.configuration.closures import AHEAD, NoCalendar, closures
from appliance.configuration.configuration import Configuration
from appliance.control.box import Conflict
from appliance.control.live import FeedState
from appliance.storage.errors import StorageError

if TYPE_CHECKING:
    from appliance.runtime.box import Box

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0
CHUNK = 64 * 1024
DAY_SECONDS = 86400.0
BEFORE = timedelta(days=31)


class Feeds:
    """Fetches what calendars subscribe to, one after the other; never in the way of a call."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._states: dict[tuple[str, str], FeedState] = {}
        self._fetching = asyncio.Lock()

    def states(self, calendar_id: str) -> tuple[FeedState, ...]:
        """How each subscription of a calendar stands."""
        calendar = self._box.configuration.calendars.get(calendar_id)
        return tuple(
            self._states.get((calendar_id, feed.url)) or FeedState(url=feed.url, days=len(feed.days))
            for feed in (calendar.feeds if calendar else ())
        )

    async def refresh(self, calendar_id: str | None = None) -> None:
        """Fetch the subscriptions of one calendar, or of all; what fails is told by `states`."""
        async with self._fetching:
            for calendar in tuple(self._box.configuration.calendars.values()):
                if calendar_id in (None, calendar.id):
                    for feed in calendar.feeds:
                        await self._refresh(calendar.id, feed)

    async def refresh_due(self) -> None:
        """Fetch those that failed last time, or have not been tried for a day."""
        due = {
            calendar.id
            for calendar in self._box.configuration.calendars.values()
            for state in self.states(calendar.id)
            if state.error or (state.checked_at or 0.0) + DAY_SECONDS <= self._box.epoch()
        }
        for calendar_id in due:
            await self.refresh(calendar_id)

    async def _refresh(self, calendar_id: str, feed: Feed) -> None:
        box = self._box
        code, days, left_out = "", feed.days, 0
        try:
            found = await self._read(feed)
            days, left_out = found.days, found.left_out
            if days != feed.days:
                await self._keep(calendar_id, feed.url, days)
        except FeedError as error:
            code = error.code
            log.warning("the calendar %s cannot be read: %s", feed.place, code)
        except StorageError as error:
            code = error.code
            log.error("what the calendar %s says cannot be kept: %s", feed.place, error)
        self._states[calendar_id, feed.url] = FeedState(
            url=feed.url, checked_at=box.epoch(), error=code, days=len(days), left_out=left_out
        )
        box.events.publish("feed", calendar_id=calendar_id)

    async def _read(self, feed: Feed) -> Any:
        data = await fetch(feed.url)
        today = self._box.now().date()
        first, last = today - BEFORE, today + AHEAD
        zone = ZoneInfo(self._box.settings.zone)
        try:
            return await asyncio.to_thread(closures, data, first, last, zone, feed.state)
        except NoCalendar as error:
            raise FeedError(error.code) from error

    async def _keep(self, calendar_id: str, url: str, days: tuple[SpecialDays, ...]) -> None:
        for _ in range(5):
            box = self._box
            after = _with_days(box.configuration, calendar_id, url, days)
            try:
                await box.change(after, expected=box.version, who="box")
                return
            except Conflict:
                continue


def _with_days(
    configuration: Configuration, calendar_id: str, url: str, days: tuple[SpecialDays, ...]
) -> Configuration:
    calendar: Calendar | None = configuration.calendars.get(calendar_id)
    if calendar is None:
        return configuration
    feeds = tuple(
        feed.model_copy(update={"days": days}) if feed.url == url else feed for feed in calendar.feeds
    )
    changed = calendar.model_copy(update={"feeds": feeds})
    return configuration.with_record("calendars", calendar_id, changed)


class FeedError(Exception):
    """A subscription that cannot be read, by a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def fetch(url: str, *, largest: int = 1024 * 1024, patience: float = PATIENCE_SECONDS) -> bytes:
    """What a web address holds; raises FeedError."""
    import aiohttp

    address = f"https{url.removeprefix('webcal')}" if url.startswith("webcal:") else url
    try:
        timeout = aiohttp.ClientTimeout(total=patience)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            async with http.get(address, max_redirects=4, headers={"Accept": "text/calendar"}) as answer:
                if answer.status != 200:
                    raise FeedError("feed_refused")
                return await _read_all(answer.content.iter_chunked, largest)
    except TimeoutError as error:
        raise FeedError("feed_too_slow") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FeedError("feed_unreachable") from error


async def _read_all(chunks: Callable[[int], Any], largest: int) -> bytes:
    data = bytearray()
    async for chunk in chunks(CHUNK):
        data += chunk
        if len(data) > largest:
            raise FeedError("feed_too_large")
    return bytes(data)
