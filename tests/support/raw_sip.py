"""A SIP client of bare messages: it says exactly what a test tells it to, and stops wherever it is told to.

Nothing is sent that was not asked for: no ACK, no retransmission, no answer. It shares no code with the box.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable

from tests.support.raw_messages import RawMessage, assemble, authorization, description, tag_of

PATIENCE = 20.0  # seconds; only spent when a test fails
_numbers = itertools.count(1)


class NothingCame(AssertionError):
    """What was waited for did not come."""


class Inbox:
    """Messages not yet asked for, and those who wait for some."""

    def __init__(self) -> None:
        self.unread: list[RawMessage] = []
        self.seen: list[RawMessage] = []
        self._waiting: list[tuple[Callable[[RawMessage], bool], asyncio.Future[RawMessage]]] = []

    def put(self, message: RawMessage) -> None:
        self.seen.append(message)
        for place, (wanted, waiter) in enumerate(self._waiting):
            if not waiter.done() and wanted(message):
                waiter.set_result(message)
                del self._waiting[place]
                return
        self.unread.append(message)

    async def take(self, wanted: Callable[[RawMessage], bool], what: str, seconds: float) -> RawMessage:
        """The first message that is wanted; raises NothingCame."""
        for place, message in enumerate(self.unread):
            if wanted(message):
                return self.unread.pop(place)
        waiter: asyncio.Future[RawMessage] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, waiter))
        try:
            # Not wait_for: in Python 3.11 it takes no notice of a cancellation that comes with the message.
            async with asyncio.timeout(seconds):
                return await waiter
        except TimeoutError:
            raise NothingCame(f"no {what} in {seconds} s; unread: {self.unread}") from None
        finally:
            self._waiting = [entry for entry in self._waiting if entry[1] is not waiter]


class RawPhone(asyncio.DatagramProtocol):
    """One socket towards one server, over UDP or TCP. `calls` are those it knows, by Call-ID."""

    def __init__(self, user: str, password: str, server: tuple[str, int], transport: str) -> None:
        self.user = user
        self.password = password
        self.server = server
        self.transport = transport
        self.calls: dict[str, RawCall] = {}
        self.new_calls: asyncio.Queue[RawCall] = asyncio.Queue()
        self.outside = Inbox()
        self.address = ("", 0)
        self._socket: asyncio.DatagramTransport | None = None
        self._stream: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        server: tuple[str, int],
        user: str = "nobody",
        password: str = "",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        transport: str = "UDP",
    ) -> RawPhone:
        """A phone with its socket open, not registered."""
        phone = cls(user, password, server, transport)
        loop = asyncio.get_running_loop()
        if transport == "UDP":
            phone._socket, _ = await loop.create_datagram_endpoint(lambda: phone, local_addr=(host, port))
            phone.address = phone._socket.get_extra_info("sockname")
        else:
            reader, phone._stream = await asyncio.open_connection(*server, local_addr=(host, port))
            phone.address = phone._stream.get_extra_info("sockname")
            phone._reading = asyncio.create_task(phone._read_stream(reader))
        return phone

    def close(self) -> None:
        """Vanish: nobody is told."""
        if self._socket is not None:
            self._socket.close()
        if self._reading is not None:
            self._reading.cancel()
        if self._stream is not None:
            self._stream.transport.abort()

    async def _read_stream(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lstrip(b"\r\n")
                if not head:
                    continue
                length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                body = await reader.readexactly(int(length.group(1)) if length else 0)
                self.datagram_received(head + body, self.server)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def datagram_received(self, data: bytes, source: object) -> None:
        message = RawMessage(data)
        call_id = message.get("call-id")
        call = self.calls.get(call_id)
        if call is None and message.method == "INVITE" and not message.status:
            self.new_calls.put_nowait(RawCall.received(self, message))
            return
        (call.inbox if call is not None else self.outside).put(message)

    def error_received(self, error: Exception) -> None:
        """The far side has closed its port: what is waited for will not come, and that is told then."""

    def send(self, data: bytes) -> None:
        """Send exactly these octets."""
        if self._socket is not None:
            self._socket.sendto(data, self.server)
        else:
            assert self._stream is not None
            self._stream.write(data)

    @property
    def here(self) -> str:
        return f"{self.address[0]}:{self.address[1]}"

    @property
    def domain(self) -> str:
        return f"{self.server[0]}:{self.server[1]}"

    @property
    def contact(self) -> str:
        end = ";transport=tcp" if self.transport == "TCP" else ""
        return f"<sip:{self.user}@{self.here}{end}>"

    def via(self, branch: str) -> str:
        return f"Via: SIP/2.0/{self.transport} {self.here};rport;branch={branch}"

    def call(self, target: str, *, from_user: str = "", display: str = "") -> RawCall:
        """A call to that user or URI, nothing sent yet."""
        call_id = f"raw-{next(_numbers)}-{self.address[1]}"
        call = RawCall(self, call_id, target, from_user=from_user, display=display)
        self.calls[call.call_id] = call
        return call

    async def incoming(self, seconds: float = PATIENCE) -> RawCall:
        """The next call that comes in; nothing has been answered."""
        try:
            async with asyncio.timeout(seconds):
                return await self.new_calls.get()
        except TimeoutError:
            raise NothingCame(f"{self.user}: no call in {seconds} s") from None

    async def ask(
        self,
        method: str,
        target: str = "",
        *fields: str,
        sequence: int = 1,
        call_id: str = "",
        seconds: float = 0,
    ) -> RawMessage:
        """A request outside any call, and its final response."""
        call_id = self.ask_only(method, *fields, target=target, sequence=sequence, call_id=call_id)
        return await self.outside.take(
            lambda m: m.get("call-id") == call_id and m.sequence == sequence and m.status >= 200,
            f"answer to {method}",
            seconds or PATIENCE,
        )

    def answer_outside(self, request: RawMessage, status: int) -> None:
        """Answer a request that came outside any call."""
        lines = [
            f"SIP/2.0 {status} {REASONS.get(status, 'So it is')}",
            *(f"Via: {via}" for via in request.all("via")),
            *(f"{name}: {request.get(name.lower())}" for name in ("From", "To", "Call-ID", "CSeq")),
            "Content-Length: 0",
        ]
        self.send(assemble(lines))

    def ask_only(
        self, method: str, *fields: str, target: str = "", sequence: int = 1, call_id: str = ""
    ) -> str:
        """Send such a request without waiting; returns its Call-ID."""
        number = next(_numbers)
        call_id = call_id or f"ask-{number}-{self.address[1]}"
        uri = target or f"sip:{self.domain}"
        lines = [
            f"{method} {uri} SIP/2.0",
            self.via(f"z9hG4bK-q{number}"),
            "Max-Forwards: 70",
            f"From: <sip:{self.user}@{self.domain}>;tag=q{number}",
            f"To: <sip:{self.user}@{self.domain}>",
            f"Call-ID: {call_id}",
            f"CSeq: {sequence} {method}",
            f"Contact: {self.contact}",
            *fields,
            "Content-Length: 0",
        ]
        self.send(assemble(lines))
        return call_id

    async def register(self, expires: int = 600, *, algorithm: str = "MD5") -> RawMessage:
        """Register with digest; the final answer."""
        call_id, uri = f"reg-{next(_numbers)}-{self.address[1]}", f"sip:{self.domain}"
        wish = f"Expires: {expires}"
        answer = await self.ask("REGISTER", uri, wish, call_id=call_id)
        if answer.status == 401:
            proof = authorization(answer, "REGISTER", uri, self.user, self.password, algorithm)
            answer = await self.ask("REGISTER", uri, wish, proof, sequence=2, call_id=call_id)
        return answer


class RawCall:
    """One call seen from one end; every method is one step."""

    def __init__(
        self, phone: RawPhone, call_id: str, target: str, *, from_user: str = "", display: str = ""
    ) -> None:
        self.phone = phone
        self.call_id = call_id
        self.inbox = Inbox()
        self.invitation: RawMessage | None = None
        self.target = target if ":" in target else f"sip:{target}@{phone.domain}"
        self.remote_target = self.target
        self.branch = ""
        self.sequence = 0
        self.invite_sequence = 0
        self.invite_uri = self.invite_to = ""
        name = f'"{display}" ' if display else ""
        self.ours = f"{name}<sip:{from_user or phone.user}@{phone.domain}>;tag=f{next(_numbers)}"
        self.theirs = f"<{self.target}>"

    @classmethod
    def received(cls, phone: RawPhone, invitation: RawMessage) -> RawCall:
        """The callee's end of an INVITE."""
        call = cls(phone, invitation.get("call-id"), invitation.uri)
        call.invitation = invitation
        call.remote_target = invitation.contact
        call.ours = f"{invitation.get('to')};tag=t{next(_numbers)}"
        call.theirs = invitation.get("from")
        phone.calls[call.call_id] = call
        return call

    # What to wait for.

    async def response(
        self, method: str = "INVITE", least: int = 200, seconds: float = PATIENCE, sequence: int = 0
    ) -> RawMessage:
        """The next response of at least that status to our request of that method (the latest INVITE)."""
        wanted = sequence or (self.invite_sequence if method == "INVITE" else 0)
        message = await self.inbox.take(
            lambda m: m.method == method and m.status >= least and (not wanted or m.sequence == wanted),
            f"response to {method} from {least}",
            seconds,
        )
        if method == "INVITE" and tag_of(message.get("to")):
            self.theirs = message.get("to")
            self.remote_target = message.contact or self.remote_target
        return message

    async def request(self, method: str, seconds: float = PATIENCE) -> RawMessage:
        """The next request of that method in this call."""
        return await self.inbox.take(
            lambda m: not m.status and m.method == method, f"{method} in {self.call_id}", seconds
        )

    # What to send.

    def write(
        self,
        method: str,
        *fields: str,
        body: bytes = b"",
        branch: str = "",
        sequence: int = 0,
        uri: str = "",
        to: str = "",
    ) -> bytes:
        """Send a request of this call; the octets sent, to send them again."""
        if method not in ("ACK", "CANCEL"):
            self.sequence += 1
        lines = [
            f"{method} {uri or self.remote_target} SIP/2.0",
            self.phone.via(branch or f"z9hG4bK-c{next(_numbers)}"),
            "Max-Forwards: 70",
            f"From: {self.ours}",
            f"To: {to or self.theirs}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {sequence or self.sequence} {method}",
            f"Contact: {self.phone.contact}",
            *fields,
        ]
        if body and not any(field.lower().startswith("content-type") for field in fields):
            lines.append("Content-Type: application/sdp")
        data = assemble([*lines, f"Content-Length: {len(body)}"], body)
        self.phone.send(data)
        return data

    def invite(self, body: bytes | None = None, *fields: str) -> bytes:
        """Send the INVITE, or a re-INVITE once the call is answered."""
        self.branch = f"z9hG4bK-i{next(_numbers)}"
        offer = description() if body is None else body
        sent = self.write("INVITE", *fields, body=offer, branch=self.branch)
        self.invite_sequence = self.sequence
        self.invite_uri, self.invite_to = self.remote_target, self.theirs
        return sent

    async def invite_authenticated(
        self, body: bytes | None = None, *fields: str, algorithm: str = "MD5"
    ) -> bytes:
        """Send the INVITE, answer the challenge with another."""
        self.invite(body, *fields)
        challenge = await self.response(least=300)
        assert challenge.status == 401, challenge
        self.acknowledge(challenge)
        self.theirs = f"<{self.target}>"
        self.remote_target = self.target
        phone = self.phone
        proof = authorization(challenge, "INVITE", self.target, phone.user, phone.password, algorithm)
        return self.invite(body, proof, *fields)

    def acknowledge(self, answer: RawMessage, body: bytes = b"") -> bytes:
        """Send the ACK for a final answer to our INVITE."""
        if answer.status >= 300:
            return self.write(
                "ACK",
                branch=self.branch,
                sequence=answer.sequence,
                uri=self.invite_uri,
                to=answer.get("to"),
            )
        return self.write("ACK", body=body, sequence=answer.sequence)

    def cancel(self) -> bytes:
        """Send the CANCEL of our INVITE."""
        return self.write(
            "CANCEL",
            branch=self.branch,
            sequence=self.invite_sequence,
            uri=self.invite_uri,
            to=self.invite_to,
        )

    def bye(self) -> bytes:
        return self.write("BYE")

    def respond(self, request: RawMessage, status: int, body: bytes = b"", *fields: str) -> bytes:
        """Answer a request of this call."""
        to = request.get("to")
        if not tag_of(to) and status > 100:
            to = self.ours if request is self.invitation else f"{to};tag={tag_of(self.ours)}"
        lines = [
            f"SIP/2.0 {status} {REASONS.get(status, 'So it is')}",
            *(f"Via: {via}" for via in request.all("via")),
            f"From: {request.get('from')}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {request.get('cseq')}",
            *(f"Record-Route: {route}" for route in request.all("record-route")),
            f"Contact: {self.phone.contact}",
            *fields,
            *(("Content-Type: application/sdp",) if body else ()),
            f"Content-Length: {len(body)}",
        ]
        data = assemble(lines, body)
        self.phone.send(data)
        return data

    def answer(self, status: int, body: bytes = b"", *fields: str) -> bytes:
        """Answer the INVITE that made this call."""
        assert self.invitation is not None
        return self.respond(self.invitation, status, body, *fields)

    # Steps that most tests take.

    async def ringing(self) -> RawMessage:
        return await self.response(least=180)

    async def accepted(self) -> RawMessage:
        """Wait for the 200 and acknowledge it."""
        answer = await self.response()
        assert answer.status == 200, answer
        self.acknowledge(answer)
        return answer

    async def refused(self) -> RawMessage:
        """Wait for a refusal and acknowledge it."""
        answer = await self.response()
        assert answer.status >= 300, answer
        self.acknowledge(answer)
        return answer

    @property
    def replaces(self) -> str:
        """The dialog, as the URI of a REFER names it (RFC 3891)."""
        named = f"{self.call_id};to-tag={tag_of(self.theirs)};from-tag={tag_of(self.ours)}"
        return named.replace("@", "%40").replace(";", "%3B").replace("=", "%3D")

    async def press(self, keys: str) -> None:
        """Press keys, told by SIP INFO."""
        for key in keys:
            self.write("INFO", "Content-Type: application/dtmf-relay", body=b"Signal=%c\r\n" % ord(key))
            answer = await self.response("INFO", sequence=self.sequence)
            assert answer.status == 200, answer

    async def hang_up(self) -> None:
        """BYE and its answer."""
        self.bye()
        answer = await self.response("BYE", sequence=self.sequence)
        assert answer.status == 200, answer

    async def hung_up(self, seconds: float = PATIENCE) -> RawMessage:
        """Wait for the BYE and answer it."""
        bye = await self.request("BYE", seconds)
        self.respond(bye, 200)
        return bye

    async def cancelled(self, seconds: float = PATIENCE) -> None:
        """Wait for the CANCEL and answer as a phone does."""
        cancel = await self.request("CANCEL", seconds)
        self.respond(cancel, 200)
        self.answer(487)


REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    486: "Busy Here",
    603: "Decline",
}


async def connected(
    caller: RawPhone,
    called: RawPhone,
    extension: str,
    *,
    offer: bytes = description(),
    answer: bytes = description(),
) -> tuple[RawCall, RawCall]:
    """A call that was taken at once, by those who made and took it."""
    call = caller.call(extension)
    await call.invite_authenticated(offer)
    heard = await called.incoming()
    heard.answer(200, answer)
    await call.accepted()
    await heard.request("ACK")
    return call, heard
