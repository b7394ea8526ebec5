"""Alerts: what the office must know of at once, and that somebody has seen it."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.control.bodies import answer, nothing
from appliance.control.errors import not_found
from appliance.control.routes import Access, Route, box_of


class AlertEntry(BaseModel):
    """One alert: `code` of routing's reasons, `at` and `seen_at` in epoch seconds."""

    model_config = ConfigDict(frozen=True)

    id: int
    at: float
    code: str
    parameters: dict[str, str]
    seen_at: float | None = None


class AlertList(BaseModel):
    """The alerts, newest first."""

    alerts: tuple[AlertEntry, ...] = ()


async def list_alerts(request: web.Request) -> web.Response:
    """The last alerts."""
    found = await box_of(request).alerts.newest()
    entries = (
        AlertEntry(id=one.id, at=one.at, code=one.code, parameters=dict(one.parameters), seen_at=one.seen_at)
        for one in found
    )
    return answer(AlertList(alerts=tuple(entries)))


async def see_alert(request: web.Request) -> web.Response:
    """Take the banner of an alert down."""
    identifier = request.match_info["id"].removeprefix("-")
    if not identifier.isascii() or not identifier.isdigit() or len(identifier) > 12:
        raise not_found()
    await box_of(request).see_alert(int(request.match_info["id"]))
    return nothing()


ROUTES = (
    Route("GET", "/alerts", list_alerts, Access.ADMINISTRATOR, "The last alerts", "alerts", gives=AlertList),
    Route(
        "DELETE", "/alerts/{id}", see_alert, Access.ADMINISTRATOR, "Say that an alert was seen", "alerts",
        status=204,
    ),
)  # fmt: skip
