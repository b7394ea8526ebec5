"""The two doors: who comes in by which, what they may use, and how refusals are told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from appliance.control.bodies import answer
from appliance.control.errors import ApiError, FieldError, not_found, refusal
from appliance.control.routes import IDENTITY, Access, Identity, Route, box_of
from appliance.speech.speaker import SpeechError
from appliance.storage.errors import StorageError

# On everything that the web process passes on from the LAN; without it, the right to open the socket is
# enough.
DOOR_HEADER = "X-Autocom-Door"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


async def identify(request: web.Request) -> Identity | None:
    """Who sends a request; None for somebody who is not signed in."""
    if DOOR_HEADER not in request.headers:
        return Identity()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    box = box_of(request)
    session = await box.sessions.find(token.strip(), box.epoch())
    user = box.configuration.users.get(session.user_id) if session else None
    return Identity(user, token.strip()) if user else None


async def admit(request: web.Request, route: Route) -> None:
    """Raises ApiError 401, 403 or 404 unless this request may use this route."""
    identity = await identify(request)
    if route.access is Access.PUBLIC:
        return
    if identity is None:
        raise refusal(401, "sign_in_needed")
    request[IDENTITY] = identity
    if identity.is_administrator or route.access is Access.SIGNED_IN:
        return
    if route.access is Access.ADMINISTRATOR:
        raise refusal(403, "not_allowed")
    person = identity.person_id
    if person is None or route.owns is None or not await route.owns(request, person):
        # Not 403: what others have is none of a person's business, not even that it exists.
        raise not_found()


def guarded(route: Route) -> Handler:
    """The route's handler behind its door."""

    async def handle(request: web.Request) -> web.StreamResponse:
        await admit(request, route)
        return await route.handler(request)

    return handle


@web.middleware
async def tell_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal and failure as the API's JSON."""
    try:
        return await handler(request)
    except ApiError as error:
        return _refused(error)
    except StorageError as error:
        log.warning("%s %s: %s", request.method, request.path, error)
        entry = FieldError(code=error.code, message=str(error))
        return _refused(ApiError(507 if error.code == "disk_full" else 503, [entry]))
    except SpeechError as error:
        return _refused(refusal(503, str(error)))
    except web.HTTPRequestEntityTooLarge:
        return _refused(refusal(413, "too_large"))
    except web.HTTPMethodNotAllowed as error:
        refused = refusal(405, "method_not_allowed")
        return _refused(ApiError(405, refused.errors, {"Allow": error.headers["Allow"]}))
    except web.HTTPNotFound:
        return _refused(not_found())
    except (web.HTTPException, ConnectionError):
        # aiohttp answers the former, and knows that after the latter nobody is left to answer.
        raise
    except Exception:
        log.exception("%s %s", request.method, request.path)
        return _refused(refusal(500, "internal_error"))


def _refused(error: ApiError) -> web.Response:
    response = answer(error.body(), error.status)
    response.headers.update(error.headers)
    return response
