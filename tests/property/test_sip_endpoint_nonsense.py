"""An endpoint amid calls, hearing broken, misplaced and made-up messages: it neither raises nor keeps any."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from appliance.sip.endpoint import Login
from appliance.sip.errors import SipSyntaxError
from appliance.sip.events import IncomingInvite, IncomingRequest, Refused
from appliance.sip.message import Request, make_response
from appliance.sip.parser import parse_message
from tests.unit.sip.playbook import ANSWER, OFFER, Box

CORPUS = [
    path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "sip-messages").rglob("*.dat"))
]
STATUSES = (100, 180, 180, 200, 200, 200, 202, 302, 401, 407, 422, 481, 486, 487, 491, 500, 503, 603, 699)
METHODS = (
    "INVITE",
    "ACK",
    "CANCEL",
    "BYE",
    "UPDATE",
    "INFO",
    "OPTIONS",
    "PRACK",
    "REGISTER",
    "NOTIFY",
    "FROB",
)
CHALLENGE = (("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'),)


class Chaos:
    """One endpoint with calls both ways, and whatever the dice say."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.box = Box(self.dice.choice(["UDP", "TCP"]))
        self.sessions: list[str] = []
        self.requests: list[Request] = []
        self.dialogs: list[tuple[str, str | None]] = [("call", None), ("call", "x")]

    def mutate(self, data: bytes) -> bytes:
        octets = bytearray(data)
        if self.dice.random() < 0.7:
            return data
        for _ in range(self.dice.randrange(4)):
            at = self.dice.randrange(len(octets) + 1)
            match self.dice.randrange(3):
                case 0:
                    del octets[at : at + self.dice.randrange(20)]
                case 1:
                    octets[at:at] = self.dice.choice(
                        [b"\r\n", b";", b'"', b"\xff", b"<", b",", b"=", b"tag=x"]
                    )
                case _:
                    octets[at : at + 1] = bytes([self.dice.randrange(256)])
        return bytes(octets)

    def hear(self, data: bytes) -> None:
        self.box.endpoint.receive(self.mutate(data), self.box.flow, self.box.now)

    def step(self) -> None:
        self.dice.choice(
            [self._corpus, self._request, self._response, self._response, self._command, self._command]
        )()
        self.collect()

    def _corpus(self) -> None:
        self.hear(self.dice.choice(CORPUS))

    def _request(self) -> None:
        call, tag = self.dice.choice(self.dialogs)
        to_tag = f";tag={tag}" if tag else ""
        number = self.dice.randrange(4)
        method = self.dice.choice(METHODS)
        text = (
            f"{method} sip:box@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK{number}\r\n"
            f"From: <sip:peer@10.0.0.2>;tag=peer\r\nTo: <sip:box@10.0.0.1>{to_tag}\r\nCall-ID: {call}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:peer@10.0.0.2>\r\nContent-Length: 0\r\n\r\n"
        )
        self.hear(text.encode("utf-8", "surrogateescape"))

    def _response(self) -> None:
        if not self.requests:
            return
        status = self.dice.choice(STATUSES)
        tag = self.dice.choice(["peer", "fork", None])
        headers = CHALLENGE if status == 401 else (("Contact", "<sip:peer@10.0.0.2>"),)
        self.hear(
            bytes(make_response(self.dice.choice(self.requests[-8:]), status, to_tag=tag, headers=headers))
        )

    def _command(self) -> None:
        endpoint, now = self.box.endpoint, self.box.now
        session = self.dice.choice(self.sessions) if self.sessions else "none"
        match self.dice.randrange(12):
            case 0 | 1:
                body = self.dice.choice([OFFER, b""])
                self.sessions.append(self.box.calls(Login("u", "p"), body=body))
                self.requests.append(self.box.sent("INVITE"))
            case 2:
                endpoint.hang_up(session, now)
            case 3:
                endpoint.cancel(session, now)
            case 4:
                endpoint.reinvite(session, self.dice.choice([OFFER, b""]), now)
            case 5:
                endpoint.answer_reinvite(session, ANSWER, now)
            case 6:
                endpoint.refuse_reinvite(session, 488, now)
            case 7:
                endpoint.acknowledge(session, ANSWER, now)
            case 8:
                endpoint.accept(session, ANSWER, now)
            case 9:
                endpoint.send_in_dialog(session, "INFO", b"x", (("Content-Type", "a/b"),), now)
            case 10:
                self.box.wait(self.dice.random() * 5)
            case 11 if self.dice.random() < 0.1:
                endpoint.flow_failed(self.box.flow, now)
            case _:
                endpoint.ring(session, now)

    def collect(self) -> None:
        for outgoing in self.box.endpoint.take_outgoing():
            try:
                message = parse_message(outgoing.data)
            except SipSyntaxError:
                continue  # The refusal of a broken request echoes what was broken.
            if isinstance(message, Request):
                self.requests.append(message)
                self.dialogs.append((message.call_id, message.from_.tag))
            elif message.to.tag is not None:
                self.dialogs.append((message.call_id, message.to.tag))
            del self.dialogs[2:-8]
        for event in self.box.endpoint.take_events():
            if isinstance(event, IncomingInvite):
                self.sessions.append(event.session)
            elif isinstance(event, IncomingRequest):
                self.box.endpoint.reply(event.key, self.dice.choice(STATUSES), self.box.now)
            elif isinstance(event, Refused):
                assert event.status >= 300


@pytest.mark.parametrize("seed", range(20))
def test_nothing_raises_and_nothing_stays(seed: int) -> None:
    chaos = Chaos(seed)
    for _ in range(300):
        chaos.step()
    endpoint = chaos.box.endpoint
    for session in list(endpoint._sessions):
        endpoint.hang_up(session, chaos.box.now)
    while (due := endpoint.next_timer()) is not None:
        endpoint.advance(due)
    assert endpoint.is_idle
