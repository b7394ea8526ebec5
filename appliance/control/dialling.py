"""What may be dialled besides extensions and codes: prefixes, other systems' extensions, short numbers."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel

from appliance.configuration.dialling import ShortNumber
from appliance.control.bodies import answer
from appliance.control.routes import Access, Route, box_of


class Prefixed(BaseModel):
    """A prefix and the line that it chooses."""

    name: str
    prefix: str


class ExtensionsThere(BaseModel):
    """Another phone system and its extensions that are dialled as they are."""

    name: str
    extensions: tuple[str, ...]


class Dialling(BaseModel):
    """What everybody of the office may dial, of lines in use."""

    prefixes: tuple[Prefixed, ...]
    extensions_there: tuple[ExtensionsThere, ...]
    short_numbers: tuple[ShortNumber, ...]


async def read_dialling(request: web.Request) -> web.Response:
    """What may be dialled."""
    configuration = box_of(request).configuration
    lines = [line for line in configuration.lines.values() if line.enabled]
    return answer(
        Dialling(
            prefixes=tuple(Prefixed(name=each.name, prefix=each.prefix) for each in lines if each.prefix),
            extensions_there=tuple(
                ExtensionsThere(name=each.name, extensions=each.extensions_there)
                for each in lines
                if each.extensions_there
            ),
            short_numbers=configuration.outbound.short_numbers,
        )
    )


ROUTES = (
    Route(
        "GET",
        "/dialling",
        read_dialling,
        Access.SIGNED_IN,
        "Prefixes, extensions of other phone systems and short numbers that may be dialled",
        "outbound",
        gives=Dialling,
    ),
)
