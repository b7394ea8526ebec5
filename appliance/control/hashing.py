"""Passwords hashed and compared in a thread, one at a time: argon2 takes much of a small box's memory."""

from __future__ import annotations

import asyncio

from aiohttp import web

from appliance.control.errors import ApiError, FieldError
from appliance.control.passwords import check_length, is_password, password_hash
from appliance.control.routes import box_of

HASHING: web.AppKey[asyncio.Lock] = web.AppKey("hashing", asyncio.Lock)


async def hashed(request: web.Request, password: object, field: str = "password") -> str:
    """The hash of a new password; raises ApiError 422 when it is too short or too long."""
    if not isinstance(password, str):
        raise ApiError(422, [FieldError(field=field, code="string_type", message="This must be a text")])
    check_length(password, field)
    async with request.app[HASHING]:
        return await box_of(request).in_thread(lambda: password_hash(password))


async def matches(request: web.Request, kept_hash: str | None, password: str) -> bool:
    """Whether the hash is of this password; takes as long without a hash."""
    async with request.app[HASHING]:
        return await box_of(request).in_thread(lambda: is_password(kept_hash, password))
