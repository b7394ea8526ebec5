"""The aiohttp application that serves the API: every route behind its door."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from aiohttp import web

from appliance.control import (
    accounts,
    alerts,
    archives,
    call_backs,
    call_history,
    caller_filter,
    closures,
    contact_import,
    contacts,
    coverage,
    diagnosis,
    dialling,
    explaining,
    line_tries,
    lists,
    mailing,
    memberships,
    mobile_codes,
    operator_forwards,
    overriding,
    permissions,
    phone_passwords,
    placing_calls,
    prompt_texts,
    records,
    security,
    shown_numbers,
    sound_library,
    starting_points,
    voice_messages,
    watching,
    working_days,
)
from appliance.control.accounts import ATTEMPTS
from appliance.control.attempts import Attempts
from appliance.control.box import Box
from appliance.control.contact_import import WAITING
from appliance.control.doors import guarded, tell_errors
from appliance.control.hashing import HASHING
from appliance.control.openapi import document_route
from appliance.control.routes import BOX, PREFIX, Route

LARGEST_JSON = 1024 * 1024
LINGERING_SECONDS = 1.0
SHUTDOWN_SECONDS = 2.0


def all_routes() -> tuple[Route, ...]:
    """The route table. Fixed paths come before those with a name in them."""
    routes = (
        *accounts.ROUTES,
        *mailing.ROUTES,
        *sound_library.ROUTES,
        *phone_passwords.ROUTES,
        *permissions.ROUTES,
        *closures.ROUTES,
        *call_backs.ROUTES,
        *operator_forwards.ROUTES,
        *line_tries.ROUTES,
        *records.ROUTES,
        *working_days.ROUTES,
        *memberships.ROUTES,
        *mobile_codes.ROUTES,
        *shown_numbers.ROUTES,
        *watching.ROUTES,
        *explaining.ROUTES,
        *overriding.ROUTES,
        *starting_points.ROUTES,
        *coverage.ROUTES,
        *contact_import.ROUTES,
        *contacts.ROUTES,
        *caller_filter.ROUTES,
        *lists.ROUTES,
        *call_history.ROUTES,
        *diagnosis.ROUTES,
        *dialling.ROUTES,
        *security.ROUTES,
        *alerts.ROUTES,
        *voice_messages.ROUTES,
        *placing_calls.ROUTES,
        *prompt_texts.ROUTES,
        *archives.ROUTES,
    )
    return (*routes, document_route(routes))


def make_application(box: Box) -> web.Application:
    """The application; the runtime serves it on the Unix socket (mode 0600).

    Event streams end when the application shuts down, so that stopping never waits for a browser.
    """
    application = web.Application(middlewares=[tell_errors], client_max_size=LARGEST_JSON)
    application[BOX] = box
    application[ATTEMPTS] = Attempts()
    application[HASHING] = asyncio.Lock()
    application[WAITING] = OrderedDict()
    for route in all_routes():
        application.router.add_route(route.method, PREFIX + route.path, guarded(route))
    application.on_shutdown.append(_end_streams)
    return application


def make_runner(box: Box) -> web.AppRunner:
    """What serves the application; stopping it waits no longer than a moment for slow browsers."""
    return web.AppRunner(
        make_application(box),
        handle_signals=False,
        access_log=None,
        lingering_time=LINGERING_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )


async def _end_streams(application: web.Application) -> None:
    application[BOX].events.close()
