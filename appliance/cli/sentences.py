"""What commands say, in French or English; the French of reasons comes from the pages' catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from appliance.routing.trail import REASONS

# What commands say themselves: English, and the French for it.
FRENCH: Mapping[str, str] = {
    "a withheld number": "un numéro masqué",
    "(the box does not run: as if every phone were connected and every line up)": (
        "(le boîtier est arrêté : comme si tous les téléphones étaient connectés "
        "et toutes les lignes en service)"
    ),
    "Rings for {seconds} s; then, if nobody answers:": "Sonne {seconds} s ; puis, si personne ne répond :",
    "Takes a message": "Prend un message",
    "Waits in the queue for {seconds} s at most; then:": "Attend {seconds} s au plus ; puis :",
    "Notes a call-back, says: {text}": "Note la demande de rappel, dit : « {text} »",
    "Says: {text}": "Dit : « {text} »",
    "Plays a sound of the library": "Joue un son de la bibliothèque",
    "Asks for a key: {text}": "Demande une touche : « {text} »",
    "a sound of the library": "un son de la bibliothèque",
    "Gives a tone": "Donne une tonalité",
    "Ends the call ({sip_status})": "Met fin à l’appel ({sip_status})",
    "A service of the box answers": "Un service du boîtier répond",
}


class Sentences:
    """Sentences in one language; what has no translation is said in English."""

    def __init__(self, catalogue: Mapping[str, str], language: str) -> None:
        self._catalogue = catalogue
        self._language = language

    def text(self, english: str, **parameters: Any) -> str:
        """A sentence of the commands' own."""
        return self._translated(english).format_map(parameters)

    def reason(self, reason: Mapping[str, Any]) -> str:
        """A reason of routing."""
        template = REASONS.get(reason["code"])
        if template is None:
            return str(reason["code"])
        parameters = dict(reason["parameters"])
        if "until" in parameters:
            parameters["until"] = self._moment(str(parameters["until"]))
        return self._translated(template).format_map(parameters)

    def step(self, step: Mapping[str, Any]) -> str:
        """What the box does."""
        match step["kind"]:
            case "ring":
                return self.text("Rings for {seconds} s; then, if nobody answers:", seconds=step["seconds"])
            case "ask":
                return self.text("Asks for a key: {text}", text=self._words(step["speech"]))
            case "take_message":
                return self.text("Takes a message")
            case "wait":
                return self.text("Waits in the queue for {seconds} s at most; then:", seconds=step["seconds"])
            case "keep_call_back":
                return self.text("Notes a call-back, says: {text}", text=self._words(step["thanks"]))
            case "announce" | "say":
                return self._said(step["speech"])
            case "tone":
                return self.text("Gives a tone")
            case "service":
                return self.text("A service of the box answers")
            case _:
                return self.text("Ends the call ({sip_status})", sip_status=step.get("sip_status", ""))

    def _said(self, speech: Mapping[str, Any]) -> str:
        if speech["audio_id"]:
            return self.text("Plays a sound of the library")
        return self.text("Says: {text}", text=self._words(speech))

    def _words(self, speech: Mapping[str, Any]) -> str:
        from appliance.speech.prompts import PROMPTS, prompt_text

        if speech["audio_id"]:
            return self.text("a sound of the library")
        text = speech["text"]
        if not text and speech["prompt_name"] in PROMPTS:
            text = prompt_text(speech["prompt_name"], speech["language"], speech["parameters"])
        return str(text)

    def _moment(self, text: str) -> str:
        """A moment of the trail (2026-12-26 09:00) as people write it; a time of the same day stays."""
        try:
            moment = datetime.strptime(text, "%Y-%m-%d %H:%M")
        except ValueError:
            return text
        from babel.dates import format_date

        locale = "fr" if self._language == "fr" else "en_GB"
        return f"{moment:%H:%M}, {format_date(moment.date(), 'EEEE d MMMM y', locale=locale)}"

    def _translated(self, english: str) -> str:
        own = FRENCH.get(english) if self._language == "fr" else None
        return own or self._catalogue.get(english) or english


def sentences(language: str) -> Sentences:
    """The sentences in a language named as in $LANG (fr, fr_FR.UTF-8); English for any other."""
    code = "fr" if language.lower().startswith("fr") else "en"
    return Sentences(_catalogue(code) if code == "fr" else {}, code)


def _catalogue(language: str) -> Mapping[str, str]:
    """The pages' translations, read as a file: the pages' code stays out of this process."""
    pages = find_spec("webui")
    if pages is None or not pages.submodule_search_locations:
        return {}
    path = Path(pages.submodule_search_locations[0]) / "locale" / language / "LC_MESSAGES" / "webui.po"
    if not path.is_file():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return {
            message.id: message.string
            for message in read_po(file, language)
            if isinstance(message.id, str) and isinstance(message.string, str) and message.string
        }
