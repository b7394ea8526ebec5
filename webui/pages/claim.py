"""The first visit: claim the box with its code, then say what the office is."""

from __future__ import annotations

from zoneinfo import available_timezones

from aiohttp import web

from webui.client import Refused
from webui.forms import Choice, Field, Form, nest, record_of
from webui.language import N_, current_language, gettext, locale, plain
from webui.page import go_to, render
from webui.session import remember, visit_of

CLAIM_FIELDS = (
    Field(
        "code",
        N_("Claim code"),
        N_("The box printed it when it started, and keeps it in the file claim-code of its data folder."),
        required=True,
    ),
    Field(
        "name",
        N_("Your name"),
        N_("You sign in with it."),
        required=True,
        autocomplete="username",
        empty="text",
    ),
    Field(
        "password",
        N_("Choose a password"),
        N_("At least 8 characters. A short sentence is easy to remember and hard to guess."),
        kind="password",
        required=True,
        autocomplete="new-password",
        empty="text",
    ),
)

SETUP_FIELDS = (
    Field(
        "name",
        N_("Name of the office"),
        N_("As it appears on these pages and in e-mails."),
        required=True,
        empty="text",
    ),
    Field(
        "country",
        N_("Country"),
        N_("It sets how numbers are read, the tones callers hear and the public holidays."),
        kind="select",
        choices="countries",
    ),
    Field(
        "time_zone", N_("Time zone"), N_("Opening hours follow this clock."), kind="select", choices="zones"
    ),
    Field(
        "language",
        N_("Language callers hear"),
        N_("Each number and each person can have its own later."),
        kind="select",
        choices="languages",
    ),
)

# Asia/Calcutta and the like are other names of zones that are listed already.
_REGIONS = {
    "Africa": N_("Africa"),
    "America": N_("America"),
    "Antarctica": N_("Antarctica"),
    "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic Ocean"),
    "Australia": N_("Australia"),
    "Europe": N_("Europe"),
    "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific Ocean"),
}


def language_choices() -> list[Choice]:
    """The two languages, each by its own name."""
    return [Choice("fr", "Français"), Choice("en", "English")]


def country_choices() -> list[Choice]:
    """Every country, by its name in the page's language."""
    territories = locale().territories
    named = [(str(name), str(code)) for code, name in territories.items() if len(str(code)) == 2]
    unreal = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}
    return [
        Choice(code, name)
        for name, code in sorted(named, key=lambda one: plain(one[0]))
        if code.isalpha() and code not in unreal
    ]


def zone_choices() -> list[Choice]:
    """Every time zone by continent and city, as the page's language calls them."""
    named = locale().time_zones
    found = []
    for zone in available_timezones():
        region, _, city = zone.partition("/")
        if city and region in _REGIONS:
            own = named.get(zone, {}).get("city")
            label = str(own or city.replace("_", " ").replace("/", ", "))
            found.append(Choice(zone, label, gettext(_REGIONS[region])))
    return [*sorted(found, key=lambda one: (one.group, plain(one.label), one.value)), Choice("UTC", "UTC")]


async def claim_page(request: web.Request) -> web.Response:
    """Ask for the claim code, a name and a password."""
    code = request.query.get("code", "")
    return render(request, "claim.html", {"form": Form({"code": code}, CLAIM_FIELDS)})


async def claim(request: web.Request) -> web.StreamResponse:
    """Make the first administrator and sign them in."""
    visit = visit_of(request)
    values = nest((await request.post()).items())
    body = {**record_of(CLAIM_FIELDS, values), "language": current_language()}
    try:
        answer = await visit.send("POST", "/claim", body, browser=request.remote or "")
    except Refused as refusal:
        values.pop("password", None)
        form = Form(values, CLAIM_FIELDS, errors=refusal.errors)
        response = render(request, "claim.html", {"form": form})
        response.set_status(422)
        return response
    redirect = go_to("/setup")
    remember(redirect, request, answer.data["token"])
    return redirect


def _setup_form(values: dict[str, object]) -> Form:
    choices = {"countries": country_choices(), "zones": zone_choices(), "languages": language_choices()}
    return Form(values, SETUP_FIELDS, choices)


async def setup_page(request: web.Request) -> web.Response:
    """Ask what the office is."""
    values: dict[str, object] = {
        "country": "FR",
        "time_zone": "Europe/Paris",
        "language": current_language(),
    }
    return render(request, "setup.html", {"form": _setup_form(values)})


async def setup(request: web.Request) -> web.StreamResponse:
    """Set the office up with its first calendar and mailbox."""
    values = nest((await request.post()).items())
    try:
        await visit_of(request).send("POST", "/setup", record_of(SETUP_FIELDS, values))
    except Refused as refusal:
        if refusal.status == 409:
            return go_to("/")
        form = _setup_form(values)
        form.errors = refusal.errors
        response = render(request, "setup.html", {"form": form})
        response.set_status(422)
        return response
    return go_to("/")


ROUTES = (
    web.get("/claim", claim_page),
    web.post("/claim", claim),
    web.get("/setup", setup_page),
    web.post("/setup", setup),
)
