"""A raw phone that is called: it does what it was told to with each call, in a thread of its own."""

from __future__ import annotations

import threading
from enum import Enum, auto

from tests.interop.phones.raw import Message, RawPhone
from tests.interop.waiting import NeverHappened


class Behaviour(Enum):
    """What the callee does with an INVITE."""

    RING = auto()  # 180, and wait for the caller to give up
    REFUSE = auto()  # 180, 486
    ANSWER = auto()  # 180, 200, and wait for the BYE
    ANSWER_AND_LEAVE = auto()  # 180, 200, BYE at the ACK
    DEAF = auto()  # nothing at all: a phone whose cable is out


class Callee:
    """Serves the calls of one registered RawPhone until closed."""

    def __init__(self, phone: RawPhone) -> None:
        self.phone = phone
        self.behaviour = Behaviour.RING
        self.byes_sent = 0
        self._invites: dict[str, Message] = {}
        self._left: set[str] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self.phone.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                message = self.phone.receive(0.2)
            except NeverHappened:
                continue
            if not message.status:
                self._handle(message)

    def _handle(self, request: Message) -> None:
        call = request.get("call-id")
        if request.method == "INVITE":
            self._invited(request, call)
        elif request.method == "CANCEL":
            self.phone.respond(request, 200, "OK")
            if invite := self._invites.pop(call, None):
                self.phone.respond(invite, 487, "Request Terminated")
        elif request.method == "ACK":
            self._acknowledged(request, call)
        else:
            self.phone.respond(request, 200, "OK")

    def _invited(self, request: Message, call: str) -> None:
        if self.behaviour is Behaviour.DEAF or call in self._invites:
            return
        self._invites[call] = request
        self.phone.respond(request, 180, "Ringing")
        if self.behaviour is Behaviour.REFUSE:
            self.phone.respond(request, 486, "Busy Here")
        elif self.behaviour in (Behaviour.ANSWER, Behaviour.ANSWER_AND_LEAVE):
            self.phone.respond(request, 200, "OK", body=self.phone.description())

    def _acknowledged(self, request: Message, call: str) -> None:
        invite = self._invites.pop(call, None)
        leave = self.behaviour is Behaviour.ANSWER_AND_LEAVE and call not in self._left
        if invite is not None and leave and "tag=callee" in request.get("to"):
            self._left.add(call)
            self.byes_sent += 1
            self.phone.send(
                f"BYE {invite.contact} SIP/2.0\n"
                f"Via: SIP/2.0/UDP {self.phone.here};branch=z9hG4bKl{call};rport\n"
                f"Max-Forwards: 70\nFrom: {request.get('to')}\nTo: {request.get('from')}\nCall-ID: {call}\n"
                "CSeq: 1 BYE\nContent-Length: 0\n\n"
            )
