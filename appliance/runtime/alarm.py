"""The alarm: tells the office at once of what is grave, by an event, a banner and an e-mail."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from appliance.control.events import EventHub
from appliance.control.live import Warn
from appliance.routing.trail import Reason
from appliance.runtime.background import Background
from appliance.storage.alerts import Alert, Alerts
from appliance.storage.errors import StorageError

log = logging.getLogger(__name__)

# The same alert about the same person is not given again within this time, save for emergencies.
QUIET_SECONDS = 600.0
ALWAYS_GIVEN = frozenset({"emergency_called", "emergency_not_carried"})
# What is told of each number once a day, of so many at most: who pretends to be the operator could name any.
OF_NUMBERS, DAY_SECONDS, MOST_NUMBERS = frozenset({"number_unknown"}), 86_400.0, 5
# So long after an emergency call the emergency services may call back.
CALL_BACK_SECONDS = 3600.0
MOST_BANNERS = 5


class Alarm:
    """Keeps the alerts that nobody has seen, and gives new ones; `give` never waits."""

    def __init__(
        self,
        store: Alerts,
        background: Background,
        events: EventHub,
        epoch: Callable[[], float],
        zone: Callable[[], tzinfo],
        mail_soon: Callable[[], None],
    ) -> None:
        self.store = store
        self._background = background
        self._events = events
        self._epoch = epoch
        self._zone = zone
        self._mail_soon = mail_soon
        self._unseen: dict[int, Alert] = {}
        self._given: dict[tuple[str, str], float] = {}
        self._emergency_at = float("-inf")
        self.on_emergency: Callable[[], None] = lambda: None

    async def restore(self) -> None:
        """Take up the alerts that nobody had seen before the restart, and when an emergency was called."""
        self._unseen = {alert.id: alert for alert in await self.store.unseen()}
        emergencies = (alert.at for alert in await self.store.newest() if alert.code in ALWAYS_GIVEN)
        self._emergency_at = max(emergencies, default=self._emergency_at)

    def give(self, reason: Reason) -> None:
        """Alert the office of something that has happened in a call."""
        now = self._epoch()
        if not self._is_news(reason, now):
            return
        if reason.code in ALWAYS_GIVEN:
            self._emergency_at = now
            self.on_emergency()
        log.warning("alert: %s", reason.sentence())
        self._background.start(self._keep(now, reason.code, reason.parameters), "alert")

    def _is_news(self, reason: Reason, now: float) -> bool:
        """Whether that has not been told lately, and is now."""
        of_number = reason.code in OF_NUMBERS
        key = (reason.code, reason.parameters.get("number" if of_number else "who", ""))
        quiet = DAY_SECONDS if of_number else QUIET_SECONDS
        recent = {each: at for each, at in self._given.items() if now - at < DAY_SECONDS}
        if reason.code not in ALWAYS_GIVEN and now - recent.get(key, float("-inf")) < quiet:
            return False
        if of_number and sum(code in OF_NUMBERS for code, _ in recent) >= MOST_NUMBERS:
            return False
        self._given = {**recent, key: now}
        return True

    def emergency_lately(self) -> bool:
        """Whether the emergency services may be calling back."""
        return self._epoch() - self._emergency_at < CALL_BACK_SECONDS

    async def _keep(self, now: float, code: str, parameters: Mapping[str, str]) -> None:
        try:
            alert = await self.store.add(now, code, parameters)
        except StorageError as error:
            log.error("an alert could not be written down: %s", error)
            alert = Alert(-len(self._unseen) - 1, now, code, dict(parameters))
        self._unseen[alert.id] = alert
        self._events.publish("alert", id=alert.id, code=code, parameters=dict(parameters))
        self._mail_soon()

    async def see(self, identifier: int) -> None:
        """Take an alert's banner down; raises StorageError."""
        self._unseen.pop(identifier, None)
        await self.store.mark_seen(identifier, self._epoch())
        self._events.publish("alert", id=identifier, code="seen")

    def warnings(self) -> tuple[Warn, ...]:
        """The banners, the newest first."""
        newest = sorted(self._unseen.values(), key=lambda alert: -alert.at)[:MOST_BANNERS]
        return tuple(
            Warn(
                code=alert.code,
                parameters={
                    **alert.parameters,
                    "alert": str(alert.id),
                    "moment": datetime.fromtimestamp(alert.at, self._zone()).strftime("%Y-%m-%d %H:%M"),
                },
            )
            for alert in newest
        )
