"""What settings are chosen from: countries, time zones, public holidays."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from appliance import numbers
from appliance.configuration import public_holidays
from appliance.configuration.fields import Language
from appliance.control.bodies import answer, query
from appliance.control.routes import Access, Route, box_of
from appliance.zones import zone_names

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class CountriesQuery(BaseModel):
    """In which language countries are named."""

    language: Language = Language.FRENCH


class CountryChoice(BaseModel):
    """A country: ISO 3166 code, calling code, name, the subdivisions that have holidays of their own."""

    code: str
    calling_code: int
    name: str
    subdivisions: tuple[str, ...] = ()


class Countries(BaseModel):
    """Every country, by name."""

    items: tuple[CountryChoice, ...]


class TimeZones(BaseModel):
    """Every time zone, by IANA name."""

    items: tuple[str, ...]


class HolidaysQuery(CountriesQuery):
    """Which public holidays."""

    country: CountryCode = "FR"
    subdivision: Annotated[str, Field(max_length=20)] = ""
    year: Annotated[int, Field(ge=1971, le=2100)] | None = None


class HolidayChoice(BaseModel):
    """A public holiday: its day, the key that calendars refer to, its name."""

    day: date
    key: str
    name: str


class Holidays(BaseModel):
    """The public holidays of a year, in order."""

    year: int
    items: tuple[HolidayChoice, ...]


async def list_countries(request: web.Request) -> web.Response:
    """Every country, by name."""
    wanted = query(request, CountriesQuery)
    subdivisions = await box_of(request).in_thread(public_holidays.countries)
    items = tuple(
        CountryChoice(
            code=one.region,
            calling_code=one.code,
            name=one.name,
            subdivisions=subdivisions.get(one.region, ()),
        )
        for one in numbers.countries(wanted.language.value)
    )
    return answer(Countries(items=items))


async def list_zones(request: web.Request) -> web.Response:
    """Every time zone."""
    return answer(TimeZones(items=tuple(sorted(zone_names()))))


async def list_holidays(request: web.Request) -> web.Response:
    """The public holidays of a year."""
    box, wanted = box_of(request), query(request, HolidaysQuery)
    year = wanted.year or box.now().year
    language = wanted.language.value
    found = await box.in_thread(
        lambda: public_holidays.public_holidays(wanted.country, wanted.subdivision, year, language)
    )
    items = tuple(
        HolidayChoice(day=day, key=one.key, name=one.name) for day, of_day in found.items() for one in of_day
    )
    return answer(Holidays(year=year, items=items))


LANGUAGE = {"language": "fr or en"}
HOLIDAYS = {
    "country": "ISO 3166 code",
    "subdivision": "as /countries has it",
    "year": "this one by default",
    **LANGUAGE,
}
TAG = "lists"
OPEN = Access.SIGNED_IN

ROUTES = (
    Route("GET", "/countries", list_countries, OPEN, "Countries", TAG, gives=Countries, query=LANGUAGE),
    Route("GET", "/time_zones", list_zones, OPEN, "Time zones", TAG, gives=TimeZones),
    Route(
        "GET",
        "/holidays",
        list_holidays,
        OPEN,
        "Public holidays of a year",
        TAG,
        gives=Holidays,
        query=HOLIDAYS,
    ),
)
