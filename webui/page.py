"""The frame of every page: rendering, what each template can use, redirects with a word of confirmation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from yarl import URL

from webui import forward_words, language, wording
from webui.client import FieldError
from webui.forms import Choice
from webui.language import N_
from webui.phone_numbers import write_number
from webui.session import VISIT, visit_of


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `administrator` places are not shown to others."""

    path: str
    label: str
    icon: str
    administrator: bool = True


NAVIGATION = (
    (
        "",
        (
            Place("/", N_("Overview"), "overview", False),
            Place("/history", N_("Calls"), "history", False),
            Place("/call-backs", N_("Call-backs"), "incoming", False),
            Place("/contacts", N_("Contacts"), "person", False),
            Place("/voicemail", N_("Voicemail"), "voicemail", False),
            Place("/star-codes", N_("Star codes"), "keypad", False),
        ),
    ),
    (
        N_("Who answers"),
        (
            Place("/numbers", N_("Numbers"), "number"),
            Place("/people", N_("People and phones"), "person"),
            Place("/ring-groups", N_("Ring groups"), "group"),
            Place("/menus", N_("Menus"), "menu"),
            Place("/opening-hours", N_("Opening hours"), "hours"),
            Place("/caller-filter", N_("Caller filter"), "security"),
            Place("/sounds", N_("Sounds"), "announcement"),
        ),
    ),
    (
        N_("The box"),
        (
            Place("/lines", N_("Lines"), "line"),
            Place("/outbound", N_("Calls to the outside"), "outgoing"),
            Place("/mail", N_("E-mail"), "mail"),
            Place("/office", N_("Office"), "office"),
            Place("/users", N_("Sign-ins"), "user"),
            Place("/permissions", N_("Permissions"), "lock"),
            Place("/security", N_("Security"), "security"),
            Place("/backup", N_("Backup"), "backup"),
        ),
    ),
)

# Codes of errors that a page shows after a redirect: ?refused=no_phone.
REFUSALS = frozenset(
    {"no_phone", "no_line", "call_not_allowed", "unknown_called", "unknown_caller", "locked"}
)

# What a page says after a redirect: ?done=saved.
CONFIRMATIONS = {
    "saved": N_("Saved. It applies to the next call."),
    "created": N_("Created."),
    "deleted": N_("Deleted."),
    "override": N_("It applies from this moment on."),
    "override_ended": N_("The opening hours apply again."),
    "closures": N_("The closures of the file have been added to the days that differ."),
    "clock": N_("The box now trusts its clock."),
    "verified": N_("The mobile is verified. Switch on below that it is shown."),
    "calling": N_("Your phone rings: pick up, and the number is called."),
    "call_back": N_("They will be called."),
    "call_back_off": N_("The call-back is called off."),
    "call_back_tried": N_("The call-back is tried now."),
    "forward": N_("Noted."),
    "imported": N_("The contacts are in."),
    "blocked": N_("This caller is blocked from now on."),
    "unblocked": N_("This caller is no longer in the list."),
    "allowed": N_("This caller always gets through from now on."),
    "sent": N_("The test e-mail has been handed to the mail server."),
    "retried": N_("The e-mail is being sent again."),
    "seen": N_("Noted as seen."),
    "line_tried": N_("The line is being tried."),
    "unbanned": N_("The address is heard again."),
    "restored": N_("The backup is in place. Everything is as it was then."),
    "password": N_("The password is changed. Other browsers are signed out."),
}


def _groups(choices: Iterable[Choice]) -> list[tuple[str, list[Choice]]]:
    """Choices by their heading, in the order they come (Jinja's own groupby sorts)."""
    grouped: dict[str, list[Choice]] = {}
    for choice in choices:
        grouped.setdefault(choice.group, []).append(choice)
    return list(grouped.items())


FILTERS: dict[str, Callable[..., Any]] = {
    "number": write_number,
    "moment": lambda epoch: language.write_moment(language.moment(epoch)),
    "clock": lambda epoch: language.write_time(language.moment(epoch)),
    "day": lambda epoch: language.write_day(language.moment(epoch).date()),
    "duration": language.write_duration,
    "state": wording.say_state,
    "outcome": wording.say_outcome,
    "reason": wording.say_reason,
    "warning": wording.say_warning,
    "audio_fault": wording.say_audio_fault,
    "security_event": wording.say_security_event,
    "forward_words": forward_words.say_forward,
    "forward_colour": forward_words.colour_forward,
    "line_reason": wording.say_line_reason,
    "field_error": wording.say_error,
    "error_code": lambda code: wording.say_error(FieldError("", code, {})),
    "until": lambda epoch: language.write_until(language.moment(epoch)),
    "moment_of": language.write_moment,
    "until_iso": lambda text: language.write_until(datetime.fromisoformat(text)),
    "short_day": lambda text: language.write_short_date(date.fromisoformat(text)),
    "short_date": language.write_short_date,
    "full_day": language.write_full_day,
    "typed_number": lambda number: write_number(number) if number else "",
    "grouped": _groups,
    "allowed": lambda places, everything: [p for p in places if everything or not p.administrator],
}

FUNCTIONS: dict[str, Any] = {
    "navigation": NAVIGATION,
    "confirmations": CONFIRMATIONS,
    "refusals": REFUSALS,
    "present": language.now,
}


def _surroundings(request: web.Request) -> dict[str, Any]:
    visit = visit_of(request) if VISIT in request else None
    static: Any = request.app.router["static"]

    def asset(name: str) -> str:
        return str(static.url_for(filename=name, append_version=True))

    return {
        "visit": visit,
        "lang": language.current_language(),
        "path": request.path,
        "here": request.rel_url.raw_path_qs,
        "standing_on": page_around(request, request.path).partition("?")[0],
        "done": request.query.get("done", ""),
        "refused": request.query.get("refused", ""),
        "asset": asset,
    }


def asks_for_part(request: web.Request) -> bool:
    """Whether a script of ours asks, for a part of a page."""
    return "HX-Request" in request.headers


def page_around(request: web.Request, otherwise: str = "/") -> str:
    """The path and query of the page that a part fetched by a script belongs to; `otherwise` when unknown."""
    try:
        around = URL(request.headers["HX-Current-URL"]).raw_path_qs
    except (KeyError, ValueError):
        return otherwise
    return only_inside(around, otherwise)


def render(request: web.Request, template: str, context: Mapping[str, Any]) -> web.Response:
    """A page made of a template."""
    return aiohttp_jinja2.render_template(template, request, {**_surroundings(request), **context})


def go_to(path: str, done: str = "") -> web.Response:
    """A redirect after a form (303), with a confirmation to show there."""
    return web.Response(status=303, headers={"Location": with_query(path, done=done) if done else path})


def with_query(path: str, **more: str) -> str:
    """A path of ours with these in its query, in place of any of the same name."""
    return str(URL(path).update_query(more))


def only_inside(path: str, otherwise: str = "/") -> str:
    """`path` when it is one of ours, so that a link can't send people to another site."""
    if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable():
        return path
    return otherwise
