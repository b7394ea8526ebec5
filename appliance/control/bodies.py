"""Bodies in and out: JSON objects, query parameters, ETags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel

from appliance.control.errors import refusal
from appliance.control.routes import box_of
from appliance.control.validation import validated

M = TypeVar("M", bound=BaseModel)


def encode(value: Any) -> str:
    """JSON of anything the API answers with."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def answer(value: Any, status: int = 200, etag: str | None = None) -> web.Response:
    """A JSON answer from a model or anything JSON-able; nothing of it is kept by browsers."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    response = web.json_response(value, status=status, dumps=encode)
    response.headers["Cache-Control"] = "no-store"
    if etag is not None:
        response.etag = etag
    return response


def nothing() -> web.Response:
    """204: done, and nothing to tell."""
    return web.Response(status=204)


def etag_of(value: Any) -> str:
    """A tag that changes whenever the JSON does."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:20]


def check_if_match(request: web.Request, current: str) -> None:
    """Raises ApiError 412 when the request is for another state of the record than the current one."""
    wanted = request.if_match
    if wanted and not any(tag.value in (current, "*") for tag in wanted):
        raise refusal(412, "changed_meanwhile")


async def json_object(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request; raises ApiError 400."""
    try:
        value = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise refusal(400, "malformed_json") from None
    if not isinstance(value, dict):
        raise refusal(400, "malformed_json")
    return value


async def body(request: web.Request, model: type[M]) -> M:
    """The request's JSON as that model, numbers made international; raises ApiError 400 or 422."""
    return validated(model, await json_object(request), country_of(request))


def country_of(request: web.Request) -> str | None:
    """The office's country, or None before it is set up."""
    office = box_of(request).configuration.office
    return office.country if office else None


def query(request: web.Request, model: type[M]) -> M:
    """The request's query parameters as that model; empty ones are left out. Raises ApiError 422."""
    present: Mapping[str, str] = {key: value for key, value in request.query.items() if value != ""}
    return validated(model, present, country_of(request))
