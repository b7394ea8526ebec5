"""Opening hours: the week, public holidays, and days that differ."""

from __future__ import annotations

import copy
from typing import Any

from aiohttp import web

from webui import destinations, public_holidays
from webui.client import FieldError, Refused, read_errors
from webui.forms import Choice, Field, Form, nest
from webui.language import N_, current_language, gettext, locale, now
from webui.live_state import read_live
from webui.page import go_to
from webui.pages.claim import country_choices
from webui.records import Json, RecordPages, one_error
from webui.session import Visit, visit_of

DAYS = {
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
    "saturday": N_("Saturday"),
    "sunday": N_("Sunday"),
}
RANGES_SHOWN = 2

FIELDS = (
    Field("name", N_("Name"), N_("Such as “Office” or “Workshop”."), required=True, empty="text"),
    Field(
        "code",
        N_("Number for star codes"),
        N_("Dialled after the codes that open and close, to mean these hours: one or two digits."),
    ),
)


class OpeningHoursPages(RecordPages):
    """The pages of calendars."""

    collection = "calendars"
    path = "/opening-hours"
    template = "opening_hours"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        ranges = [{"start": "09:00", "end": "12:00"}, {"start": "14:00", "end": "18:00"}]
        week = {day: copy.deepcopy(ranges) if index < 5 else [] for index, day in enumerate(DAYS)}
        office = visit_of(request).office or {}
        country = office.get("country", "FR")
        return self.to_values({"week": week, "holidays": {"observed": True, "country": country}})

    def to_values(self, record: Json) -> Json:
        observed = dict(record.get("holidays") or {})
        handled = observed.get("destinations") or {}
        return {
            **record,
            "week": {day: _to_rows((record.get("week") or {}).get(day) or []) for day in DAYS},
            "holidays": {
                **observed,
                "worked": list(observed.get("open_on") or []),
                "handled": [
                    {"key": key, "destination": destinations.to_values(value)}
                    for key, value in handled.items()
                ],
            },
            "special_days": [
                {
                    **day,
                    "ranges": _to_rows(day.get("ranges") or []),
                    "destination": destinations.to_values(day.get("destination")),
                }
                for day in record.get("special_days") or []
            ],
            "feeds": [{"url": feed["url"], "state": feed["state"]} for feed in record.get("feeds") or []],
        }

    def from_values(self, values: Json, before: Json) -> Json:
        week = values.get("week") or {}
        for day in DAYS:
            week[day] = _filled(week.get(day))
        values["special_days"] = [row for row in _rows(values.get("special_days")) if _is_filled(row)]
        return {
            **super().from_values(values, before),
            "week": {day: week[day] for day in DAYS},
            "holidays": _observed(values.get("holidays") or {}),
            "special_days": [_special(row) for row in values["special_days"]],
            "feeds": _feeds(values, before),
        }

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        _pad(form.values)
        observed = form.values.get("holidays") or {}
        country, region = str(observed.get("country") or "FR"), str(observed.get("subdivision") or "")
        days = public_holidays.coming(country, region, now().date(), current_language())
        names = dict(public_holidays.regions(country))
        if region:
            # What was chosen under another name stays chosen.
            names.setdefault(region, region)
        form.choices = {
            "countries": [one for one in country_choices() if one.value in public_holidays.countries()],
            "regions": [
                Choice("", gettext("The whole country")),
                *(Choice(code, name) for code, name in names.items()),
            ],
            "holidays": [
                Choice("", gettext("Choose a holiday")),
                *(Choice(day.key, day.name) for day in days),
            ],
            "states": [
                Choice("closed", gettext("Closed")),
                Choice("holiday", gettext("Treated as a holiday")),
                Choice("open", gettext("Open")),
            ],
            "destinations": await destinations.choices(visit),
            "feed_states": [
                Choice("closed", gettext("Closed")),
                Choice("holiday", gettext("Treated as a holiday")),
            ],
        }
        return {
            "days": DAYS,
            "holidays": days,
            "locale": locale(),
            "used_by": await _users(visit, identifier),
            "feeds": (await visit.get(f"/calendars/{identifier}/feeds"))["items"] if identifier else [],
        }

    async def show_refused(
        self, request: web.Request, identifier: str, errors: tuple[FieldError, ...]
    ) -> web.Response:
        """The form as it is saved, with what was wrong with something else of the page."""
        answer = await visit_of(request).read(f"/calendars/{identifier}")
        form = Form(self.to_values(answer.data), self.fields, errors=errors, version=answer.etag or "")
        return await self._show(request, form, identifier, answer.data, status=422)

    async def saved(self, request: web.Request, record: Json, created: bool) -> web.StreamResponse:
        """A subscription that was just added is fetched at once."""
        if any(not feed["days"] for feed in record.get("feeds") or []):
            await visit_of(request).send("POST", f"/calendars/{record['id']}/feeds/refresh")
        return self.after_save(record, created)

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {
            "live": await read_live(visit),
            "days": DAYS,
            "numbers": (await visit.get("/numbers"))["items"],
            "override": Form({"state": "closed"}, choices=await override_choices(visit, items)),
        }

    async def _take(
        self, request: web.Request, identifier: str, before: Json, etag: str
    ) -> web.StreamResponse:
        values = nest(
            (name, value) for name, value in (await request.post()).items() if isinstance(value, str)
        )
        wish = str(values.pop("do", ""))
        if wish not in ("copy_week", "refresh"):
            return await super()._take(request, identifier, before, etag)
        if wish == "copy_week":
            week = values.setdefault("week", {})
            for day in list(DAYS)[1:5]:
                week[day] = copy.deepcopy(week.get("monday") or [])
        form = Form(values, self.fields, version=str(values.pop("version", "")) or etag)
        return await self._show(request, form, identifier, before)


async def override_choices(visit: Visit, calendars: list[Json]) -> dict[str, list[Choice]]:
    """What the form of manual overrides offers."""
    return {
        "calendars": [
            Choice("", gettext("The whole office")),
            *(Choice(one["id"], one["name"]) for one in calendars),
        ],
        "states": [
            Choice("closed", gettext("The office is closed")),
            Choice("open", gettext("The office is open")),
            Choice("destination", gettext("Calls are sent elsewhere")),
        ],
        "ends": [
            Choice("tomorrow", gettext("Tonight at midnight")),
            Choice("moment", gettext("At a day and time")),
            Choice("further", gettext("When you end it")),
        ],
        "destinations": await destinations.choices(visit),
    }


def _feeds(values: Json, before: Json) -> list[Json]:
    """The subscriptions of the form; each keeps what it said last as long as its address is the same."""
    known = {feed["url"]: feed["days"] for feed in before.get("feeds") or []}
    rows = [row for row in _rows(values.get("feeds")) if str(row.get("url") or "").strip()]
    values["feeds"] = rows
    return [
        {
            "url": (url := str(row["url"]).strip()),
            "state": row.get("state") or "closed",
            "days": known.get(url, []),
        }
        for row in rows
    ]


async def import_file(request: web.Request) -> web.StreamResponse:
    """Add the closures of a file to the days that differ."""
    visit, identifier = visit_of(request), request.match_info["id"]
    posted = await request.post()
    upload = posted.get("file")
    errors: tuple[FieldError, ...] = one_error("file", "no_file")
    if isinstance(upload, web.FileField) and upload.filename:
        headers = {"Authorization": f"Bearer {visit.token}", "Content-Type": "text/calendar"}
        path = f"/calendars/{identifier}/closures"
        answer = await visit.client.stream("POST", path, headers, upload.file)
        async with answer:
            if answer.status < 400:
                return go_to(f"{PAGES.path}/{identifier}", "closures")
            if answer.status == 401:
                raise Refused(401, ())
            errors = read_errors(await answer.json())
    return await PAGES.show_refused(request, identifier, errors)


async def refresh_feeds(request: web.Request) -> web.StreamResponse:
    """Fetch the subscriptions now."""
    identifier = request.match_info["id"]
    await visit_of(request).send("POST", f"/calendars/{identifier}/feeds/refresh")
    return go_to(f"{PAGES.path}/{identifier}")


def _rows(value: Any) -> list[Json]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _to_rows(ranges: list[Json]) -> list[Json]:
    return [{"start": str(one["start"])[:5], "end": str(one["end"])[:5]} for one in ranges]


def _filled(ranges: Any) -> list[Json]:
    return [
        {"start": row.get("start") or "", "end": row.get("end") or ""}
        for row in _rows(ranges)
        if row.get("start") or row.get("end")
    ]


def _is_filled(row: Json) -> bool:
    return any(row.get(key) for key in ("name", "first", "last"))


def _special(row: Json) -> Json:
    state = row.get("state") or "closed"
    row["ranges"] = _filled(row.get("ranges"))
    return {
        "name": row.get("name") or "",
        "first": row.get("first") or "",
        # One day off needs no second date.
        "last": row.get("last") or row.get("first") or "",
        "state": state,
        "ranges": row["ranges"] if state == "open" else [],
        "destination": destinations.from_values(row.get("destination")) if state != "open" else None,
    }


def _observed(values: Json) -> Json:
    offered = set(_texts(values.get("offered")))
    closed = set(_texts(values.get("closed_on")))
    # What another region's list holds is kept, though it is not on this page.
    elsewhere = [key for key in _texts(values.get("worked_elsewhere")) if key not in offered]
    handled = {}
    for row in _rows(values.get("handled")):
        where = destinations.from_values(row.get("destination"))
        if row.get("key") and where is not None:
            handled[str(row["key"])] = where
    return {
        "observed": bool(values.get("observed")),
        "country": values.get("country") or "FR",
        "subdivision": values.get("subdivision") or "",
        "open_on": sorted(offered - closed) + elsewhere,
        "destinations": handled,
    }


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value if one] if isinstance(value, list) else []


def _pad(values: Json) -> None:
    """Show at least two ranges a day, and give every special day its rows."""
    week = values.setdefault("week", {})
    for day in DAYS:
        rows = _rows(week.get(day))
        week[day] = rows + [{} for _ in range(RANGES_SHOWN - len(rows))]
    for row in _rows(values.get("special_days")):
        rows = _rows(row.get("ranges"))
        row["ranges"] = rows + [{} for _ in range(RANGES_SHOWN - len(rows))]
    observed = values.setdefault("holidays", {})
    if "offered" in observed:
        offered, closed = set(_texts(observed["offered"])), set(_texts(observed.get("closed_on")))
        observed["worked"] = sorted(offered - closed) + _texts(observed.get("worked_elsewhere"))


async def _users(visit: Visit, identifier: str) -> list[str]:
    if not identifier:
        return []
    items = [*(await visit.get("/numbers"))["items"], *(await visit.get("/people"))["items"]]
    return [str(one["name"]) for one in items if one.get("calendar_id") == identifier]


PAGES = OpeningHoursPages()
ROUTES = (
    web.post("/opening-hours/{id}/import", import_file),
    web.post("/opening-hours/{id}/feeds/refresh", refresh_feeds),
    *PAGES.routes(),
)
