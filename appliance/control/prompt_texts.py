"""The prompts of the box: their words in each language, their sound, and the sounds that take their place."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from appliance.configuration.fields import Language
from appliance.control.bodies import answer, query
from appliance.control.errors import not_found
from appliance.control.routes import Access, Route, box_of
from appliance.control.sounds import sound_answer
from appliance.speech.prompts import PROMPTS


class Prompt(BaseModel):
    """A prompt: its words by language, and by language the audio of the library that takes its place."""

    name: str
    texts: dict[str, str]
    replaced_by: dict[str, str]


class Prompts(BaseModel):
    """Every prompt of the box."""

    items: tuple[Prompt, ...]


class PromptQuery(BaseModel):
    """In which language to hear it."""

    language: Annotated[Language, Field()] = Language.FRENCH


async def list_prompts(request: web.Request) -> web.Response:
    """Every prompt with its words."""
    audios = box_of(request).configuration.audios.values()
    replaced: dict[str, dict[str, str]] = {}
    for audio in audios:
        if audio.replaces_prompt:
            replaced.setdefault(audio.replaces_prompt, {}).setdefault(audio.language.value, audio.id)
    items = tuple(
        Prompt(name=name, texts=dict(texts), replaced_by=replaced.get(name, {}))
        for name, texts in PROMPTS.items()
    )
    return answer(Prompts(items=items))


async def play_prompt(request: web.Request) -> web.StreamResponse:
    """A prompt as callers hear it."""
    name, wanted = request.match_info["name"], query(request, PromptQuery)
    if name not in PROMPTS:
        raise not_found()
    return await sound_answer(request, await box_of(request).speaker.prompt(name, wanted.language))


ROUTES = (
    Route(
        "GET", "/prompts", list_prompts, Access.ADMINISTRATOR, "List the prompts", "prompts", gives=Prompts
    ),
    Route(
        "GET",
        "/prompts/{name}/audio",
        play_prompt,
        Access.ADMINISTRATOR,
        "Hear a prompt (ranges allowed)",
        "prompts",
        gives_type="audio/wav",
        query={"language": "fr or en"},
    ),
)
