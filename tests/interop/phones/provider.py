"""A provider of the tests: answers REGISTER, OPTIONS and calls, and fails in the way it is told to."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from tests.interop.network import Host
from tests.interop.phones.raw import Message
from tests.interop.phones.rtp import RtpEnd
from tests.interop.waiting import Happenings

FIRST_AUDIO_PORT = 7000


class Manner(StrEnum):
    """How it behaves."""

    WELL = "well"
    SILENT = "silent"
    NO_SERVICE = "no_service"
    NO_REGISTRATION = "no_registration"


@dataclass(frozen=True)
class Heard:
    """A request that came: when (monotonic seconds) and what."""

    at: float
    request: Message

    @property
    def method(self) -> str:
        return self.request.method


class Provider:
    """One UDP socket on a host; `heard` holds every request, also those that it leaves unanswered."""

    def __init__(self, host: Host, *, tone: int, granted: int = 60) -> None:
        self.host = host
        self.manner = Manner.WELL
        self.granted = granted
        self.service_route = ""
        self.contact_seen = ""
        self.seen_from: tuple[str, int] | None = None
        self.heard: Happenings[Heard] = Happenings(f"provider on {host.name}")
        self.keep_alives: Happenings[bytes] = Happenings(f"keep-alives to {host.name}")
        self._tone = tone
        self._ears: list[RtpEnd] = []
        self._socket = host.bound_socket(5060)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        for ear in self._ears:
            ear.close()
        self._socket.close()

    def die(self) -> None:
        """Fall silent in everything, the calls under way too."""
        self.manner = Manner.SILENT
        for ear in self._ears:
            ear.close()
        self._ears.clear()

    def wait(self, method: str) -> Heard:
        """The next request of that method that was not waited for before."""
        return self.heard.wait(lambda heard: heard.method == method, method)

    def speaks_first(self) -> RtpEnd:
        """The audio end of the last call, which sends to where the INVITE wants it without hearing first."""
        ear, body = self._ears[-1], self.calls()[-1].request.body
        host, port = re.search(r"c=IN IP4 (\S+)", body), re.search(r"m=audio (\d+)", body)
        assert host is not None and port is not None, body
        ear.peer = host[1], int(port[1])
        return ear

    def calls(self) -> list[Heard]:
        """The calls that came, each once, in order."""
        found: dict[str, Heard] = {}
        for heard in self.heard.all():
            found.setdefault(heard.request.get("call-id"), heard)
        return [heard for heard in found.values() if heard.method == "INVITE"]

    def _serve(self) -> None:
        while True:
            try:
                data, source = self._socket.recvfrom(65536)
                if data.strip(b"\r\n\0 "):
                    self._take(Message.of(data), source)
                else:
                    self.keep_alives.add(data)
            except OSError:
                return

    def _take(self, message: Message, source: tuple[str, int]) -> None:
        if message.status:
            return
        self.heard.add(Heard(time.monotonic(), message))
        method, manner = message.method, self.manner
        if manner is Manner.SILENT or method == "ACK":
            return
        if manner is Manner.NO_REGISTRATION and method == "REGISTER":
            return
        if manner is Manner.NO_SERVICE:
            self._answer(message, source, "503 Service Unavailable")
        elif method == "INVITE":
            self._answer(message, source, "180 Ringing")
            self._answer(message, source, "200 OK", body=self._description())
        elif method == "REGISTER":
            contact = re.sub(r";expires=\d+", "", message.get("contact"))
            if self.contact_seen:
                contact = re.sub(r"(?<=@)[^;>]+", self.contact_seen, contact)
            route = f"Service-Route: {self.service_route}\n" if self.service_route else ""
            self._answer(message, source, "200 OK", f"Contact: {contact};expires={self.granted}\n{route}")
        else:
            self._answer(message, source, "200 OK")

    def _description(self) -> str:
        here, port = self.host.address, FIRST_AUDIO_PORT + 2 * len(self._ears)
        self._ears.append(RtpEnd(self.host, port, tone=self._tone))
        return (
            f"v=0\no=trunk 1 1 IN IP4 {here}\ns=-\nc=IN IP4 {here}\nt=0 0\n"
            f"m=audio {port} RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"
        )

    def _answer(
        self, request: Message, source: tuple[str, int], status: str, fields: str = "", body: str = ""
    ) -> None:
        to = request.get("to")
        to = to if "tag=" in to else f"{to};tag=provider"
        first, *further = request.fields.get("via", [])
        if self.seen_from is not None:
            # As behind a router: what it has put in the place of the box's own address and port.
            host, port = self.seen_from
            first = f"{re.sub(';rport(=[0-9]*)?', '', first)};received={host};rport={port}"
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in (first, *further))]
        lines += [f"From: {request.get('from')}", f"To: {to}", f"Call-ID: {request.get('call-id')}"]
        lines.append(f"CSeq: {request.get('cseq')}")
        if request.method == "INVITE":
            lines.append(f"Contact: <sip:trunk@{self.host.address}:5060>")
        kind = "Content-Type: application/sdp\n" if body else ""
        length = len(body) + body.count("\n")
        text = "\n".join(lines) + f"\n{fields}{kind}Content-Length: {length}\n\n{body}"
        self._socket.sendto(text.replace("\n", "\r\n").encode(), source)
