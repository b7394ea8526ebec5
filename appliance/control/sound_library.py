"""The files of the audio library: uploading one, listening to one, hearing a text spoken."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language, SpokenText
from appliance.configuration.voicemail import Audio
from appliance.control.bodies import answer, body
from appliance.control.changes import edit
from appliance.control.errors import ApiError, FieldError, not_found, refusal
from appliance.control.representation import shown
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.control.sounds import sound_answer
from appliance.control.uploads import uploaded_chunks
from appliance.storage.audio_files import LARGEST_UPLOAD
from appliance.storage.errors import StorageError


class Uploaded(BaseModel):
    """The sound as its record stands now, and how long it is."""

    audio: Audio
    seconds: float


class Said(BaseModel):
    """A text to hear as callers would."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[SpokenText, Field(min_length=1)]
    language: Language = Language.FRENCH


def _audio(request: web.Request) -> Audio:
    audio = box_of(request).configuration.audios.get(request.match_info["id"])
    if audio is None:
        raise not_found()
    return audio


async def upload_file(request: web.Request) -> web.Response:
    """Keep a WAV, MP3 or OGG file (at most 20 MB) for a record of the library, which it makes an upload."""
    box, audio = box_of(request), _audio(request)
    data = b"".join([chunk async for chunk in uploaded_chunks(request, LARGEST_UPLOAD)])
    try:
        stored = await box.audio_files.store(audio.id, data)
    except StorageError as error:
        if not error.code.startswith("audio_"):
            raise
        raise ApiError(422, [FieldError(field="file", code=error.code, message=str(error))]) from error

    def change(configuration: Configuration) -> Configuration:
        current = configuration.audios.get(audio.id)
        if current is None:
            raise not_found()
        return configuration.with_record("audios", audio.id, current.model_copy(update={"source": "upload"}))

    made = await edit(box, change, who=identity_of(request).name, record=("audios", audio.id))
    return answer({"audio": shown(made.audios[audio.id]), "seconds": stored.seconds})


async def play_file(request: web.Request) -> web.StreamResponse:
    """What callers hear of a sound, or with `?original` the file as it was uploaded."""
    box, audio = box_of(request), _audio(request)
    if audio.source == "text":
        return await sound_answer(request, await box.speaker.wav_for(audio.text, audio.language))
    stored = await box.in_thread(lambda: box.audio_files.get(audio.id))
    if stored is None:
        raise refusal(404, "no_audio")
    return await sound_answer(request, stored.original if "original" in request.query else stored.path)


async def say(request: web.Request) -> web.StreamResponse:
    """A text as the box would speak it."""
    said = await body(request, Said)
    return await sound_answer(request, await box_of(request).speaker.wav_for(said.text, said.language))


ROUTES = (
    Route(
        "POST",
        "/audios/{id}/file",
        upload_file,
        Access.ADMINISTRATOR,
        "Upload a sound",
        "audios",
        takes={"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}},
        takes_type="multipart/form-data",
        gives=Uploaded,
    ),
    Route(
        "GET",
        "/audios/{id}/file",
        play_file,
        Access.ADMINISTRATOR,
        "Hear a sound (ranges allowed)",
        "audios",
        gives_type="audio/wav",
        query={"original": "present: the file as it was uploaded"},
    ),
    Route(
        "POST",
        "/speech",
        say,
        Access.SIGNED_IN,
        "Hear a text spoken",
        "audios",
        takes=Said,
        gives_type="audio/wav",
    ),
)
