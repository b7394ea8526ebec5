"""The web application: its pages, what surrounds every request, and how it ends."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

import aiohttp_jinja2
import jinja2
from aiohttp import web

from webui import language, pages
from webui.client import API, Away, Client, Refused
from webui.page import FILTERS, FUNCTIONS, asks_for_part, go_to, render
from webui.passthrough import UNDER_WAY, end_streams, pass_through
from webui.phone_numbers import use_country
from webui.security import comes_from_elsewhere, harden
from webui.session import (
    CLIENT,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    VISIT,
    Visit,
    begin_visit,
    forget,
)
from webui.sip_door import open_sip_door
from webui.unsent import keep_typed

HERE = Path(__file__).parent
UPLOAD_LIMIT = 64 * 1024 * 1024
OPEN_TO_ALL = frozenset({"/claim", "/sign-in", "/language"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger("webui")


def make_app(client: Client) -> web.Application:
    """The application that serves the pages, knowing the box through `client` alone."""
    app = web.Application(middlewares=[protect, attend], client_max_size=UPLOAD_LIMIT)
    app[CLIENT] = client
    app[UNDER_WAY] = set()
    app.on_shutdown.append(end_streams)
    _set_up_templates(app)
    app.router.add_static("/static", HERE / "static", name="static")
    app.router.add_route("*", API + "/{path:.*}", pass_through)
    app.router.add_get("/alive", alive)
    open_sip_door(app, Path(client.socket))
    app.add_routes(pages.ROUTES)
    app.cleanup_ctx.append(_client_open)
    return app


def _set_up_templates(app: web.Application) -> None:
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters.update(FILTERS)
    environment.globals.update(FUNCTIONS)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=False
    )


async def _client_open(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[CLIENT].close()


async def alive(request: web.Request) -> web.Response:
    """Whether this process answers, whatever the telephone process does."""
    return web.Response(text="ok")


@web.middleware
async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Security headers on every answer; a plain page for what is missing, refused or broken."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            harden(error)
            raise
        response = _fault(request, error.status)
    except Exception:
        # The fault is in the log, with where it comes from; the browser gets a page that says what to do.
        log.exception("%s %s", request.method, request.path)
        response = _fault(request, 500)
    if request.path.startswith("/static/"):
        response.headers.setdefault(
            "Cache-Control", "public, max-age=31536000" if request.query else "no-cache"
        )
    harden(response)
    return response


@web.middleware
async def attend(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who is looking, in which language, and send them where they must go first."""
    if request.path.startswith((f"{API}/", "/static/", "/alive")) or request.path == "/sip":
        return await handler(request)
    request[VISIT] = Visit(request.app[CLIENT], None)
    _choose_language(request)
    if comes_from_elsewhere(request):
        return _fault(request, 403)
    try:
        visit = await begin_visit(request.app[CLIENT], request.cookies.get(SESSION_COOKIE))
        request[VISIT] = visit
        _choose_language(request)
        if _is_nobody(request, visit):
            return await _signed_out(request)
        _first_things_first(request, visit)
        return await handler(request)
    except Away:
        return await _away(request)
    except Refused as refusal:
        if refusal.status == 401:
            return await _signed_out(request)
        return _fault(request, refusal.status if refusal.status in (403, 404) else 409)


def _choose_language(request: web.Request) -> None:
    visit: Visit = request[VISIT]
    asked = request.cookies.get(LANGUAGE_COOKIE) or (visit.user or {}).get("language")
    language.use_language(language.choose_language(asked, request.headers.get("Accept-Language", "")))
    office = visit.office or {}
    language.use_zone(str(office.get("time_zone") or "Europe/Paris"))
    use_country(str(office.get("country") or "FR"))


def _first_things_first(request: web.Request, visit: Visit) -> None:
    """Claim, then sign in, then set up: raises the redirect to whichever is due."""
    path = request.path
    if path.startswith("/language"):
        return
    if not visit.claimed:
        _go(path, "/claim")
    elif path == "/claim":
        raise web.HTTPSeeOther("/")
    elif visit.user is not None and not visit.set_up and path != "/sign-out":
        _go(path, "/setup")


def _go(path: str, due: str) -> None:
    if path != due:
        raise web.HTTPSeeOther(due)


def _is_nobody(request: web.Request, visit: Visit) -> bool:
    """Whether whoever asks has to sign in first."""
    return visit.claimed and visit.user is None and request.path not in OPEN_TO_ALL


async def _signed_out(request: web.Request) -> web.StreamResponse:
    """Ask for a sign-in: what was typed is kept meanwhile, and no page of it lands inside another."""
    if asks_for_part(request):
        return web.Response(status=401)
    kept = await keep_typed(request, 401) if request.path != "/sign-out" else None
    where = request.rel_url.raw_path_qs if request.method == "GET" and request.path != "/" else ""
    answer = kept or go_to(f"/sign-in?next={quote(where, safe='')}" if where else "/sign-in")
    forget(answer)
    return answer


async def _away(request: web.Request) -> web.StreamResponse:
    """The telephone process is restarting: what was typed is kept, any other page comes back by itself."""
    kept = await keep_typed(request, 503) if not asks_for_part(request) else None
    answer = kept or _fault(request, 503)
    answer.headers["Retry-After"] = "2"
    return answer


def _fault(request: web.Request, status: int) -> web.StreamResponse:
    if VISIT not in request:
        return web.Response(status=status, text=str(status))
    response = render(request, "fault.html", {"status": status, "comes_back": request.method == "GET"})
    response.set_status(status)
    return response
