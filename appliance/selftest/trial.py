"""The trial: a person and a phone made for its time, calls to the echo and a mailbox, all taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.control.socket_client import RefusedByBox, call
from appliance.selftest.stranger import Stranger, Unheard

NAME = "Selftest"
EXTENSIONS = range(9901, 10_000)
LEAST_HEARD = 1.0
ECHO_SECONDS, VOICE_SECONDS = 30.0, 15.0

# What is told of each step, in English and French.
TEXTS = {
    "register": {
        "en": "A softphone that knows nothing of this box registers as {extension}.",
        "fr": "Un téléphone logiciel étranger au boîtier s'enregistre au {extension}.",
    },
    "echo": {
        "en": "It calls the echo test ({code}) and hears its own tone for {seconds:.1f} s.",
        "fr": "Il appelle le test d'écho ({code}) et entend sa propre tonalité pendant {seconds:.1f} s.",
    },
    "voice": {
        "en": "It calls its mailbox ({code}) and hears a voice for {seconds:.1f} s.",
        "fr": "Il appelle sa messagerie ({code}) et entend une voix pendant {seconds:.1f} s.",
    },
    "well": {"en": "The box works.", "fr": "Le boîtier fonctionne."},
    "failed": {
        "en": "This did not happen: {step}. The box does not work as it should.",
        "fr": "Ceci n'a pas eu lieu : {step}. Le boîtier ne fonctionne pas comme il devrait.",
    },
}


class Trial:
    """One self-test of the box behind a socket; `say` is told the story in `language` (fr, en)."""

    def __init__(self, socket: Path, host: str, language: str, say: Callable[[str], None]) -> None:
        self._socket = socket
        self._host = host
        self._language = language
        self._say = say

    def run(self) -> bool:
        """Tell the story; whether everything was heard. Raises NoBox, RefusedByBox."""
        made: list[str] = []
        try:
            self._try(made)
        except Unheard as missing:
            self._tell("failed", step=str(missing))
            return False
        finally:
            for path in reversed(made):
                self._ask("DELETE", path)
        self._tell("well")
        return True

    def _try(self, made: list[str]) -> None:
        person = self._person()
        made.append(f"/people/{person['id']}")
        phone = self._ask("POST", "/phones", {"name": NAME, "person_id": person["id"]})
        made.append(f"/phones/{phone['id']}")
        mailbox = {"name": NAME, "owner": "person", "owner_id": person["id"]}
        made.append(f"/mailboxes/{self._ask('POST', '/mailboxes', mailbox)['id']}")
        server = (self._host, int(self._ask("GET", "/state")["sip_port"]))
        ports = (20_000 + secrets.randbelow(10_000), 30_000 + 2 * secrets.randbelow(5_000))
        stranger = Stranger(server, self._host, ports, (phone["sip_user"], phone["sip_password"]))
        try:
            stranger.register(lambda: self._is_online(phone["id"]))
            self._tell("register", extension=person["extension"])
            codes = self._ask("GET", "/star_codes")
            if codes["echo"]:
                self._heard("echo", codes["echo"], stranger.echo(codes["echo"], ECHO_SECONDS))
            if codes["mailbox"]:
                self._heard("voice", codes["mailbox"], stranger.voice(codes["mailbox"], VOICE_SECONDS))
        finally:
            stranger.stop()

    def _heard(self, step: str, code: str, seconds: float) -> None:
        if seconds < LEAST_HEARD:
            raise Unheard(step)
        self._tell(step, code=code, seconds=seconds)

    def _person(self) -> dict[str, Any]:
        refusal: RefusedByBox | None = None
        for extension in EXTENSIONS:
            try:
                made: dict[str, Any] = self._ask(
                    "POST", "/people", {"name": NAME, "extension": str(extension)}
                )
                return made
            except RefusedByBox as error:
                refusal = error
        assert refusal is not None
        raise refusal

    def _is_online(self, phone_id: str) -> bool:
        return any(
            one["phone_id"] == phone_id and one["online"] for one in self._ask("GET", "/state")["phones"]
        )

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return call(self._socket, method, path, body)

    def _tell(self, name: str, **parameters: Any) -> None:
        self._say(TEXTS[name][self._language].format_map(parameters))
