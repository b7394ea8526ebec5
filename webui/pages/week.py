"""The week: who answers each number in every hour of it, so that a hole is seen."""

from __future__ import annotations

from datetime import date, timedelta

from aiohttp import web

from webui.drawing.week import WeekPicture, picture
from webui.language import now
from webui.page import render
from webui.session import Visit, visit_of


async def read_weeks(visit: Visit, day: date, number_id: str = "") -> tuple[date, list[WeekPicture]]:
    """The Monday of that day's week, and the picture of each number, or of one."""
    told = await visit.get("/week", day=day.isoformat(), **({"number": number_id} if number_id else {}))
    monday = date.fromisoformat(told["monday"])
    return monday, [picture(each, monday) for each in told["items"]]


def asked_day(request: web.Request) -> date:
    """The day in the page's address; today when there is none that makes sense."""
    try:
        day = date.fromisoformat(request.query.get("week", ""))
        return day if 1990 <= day.year <= 2090 else now().date()
    except ValueError:
        return now().date()


async def week_page(request: web.Request) -> web.Response:
    """All numbers, one under the other."""
    monday, pictures = await read_weeks(visit_of(request), asked_day(request))
    week = timedelta(days=7)
    context = {
        "monday": monday,
        "pictures": pictures,
        "before": (monday - week).isoformat(),
        "after": (monday + week).isoformat(),
    }
    return render(request, "week.html", context)


ROUTES = (web.get("/week", week_page),)
