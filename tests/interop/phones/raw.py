"""A SIP phone of a few lines, which can stop at any point of a call: what no well-behaved program will do."""

from __future__ import annotations

import hashlib
import itertools
import re
import time
from dataclasses import dataclass, field

from tests.interop.network import Host
from tests.interop.waiting import PATIENCE, NeverHappened

_tokens = itertools.count(1)


@dataclass(frozen=True)
class Message:
    """A SIP message as received: its first line, its fields by lower-case name, its body."""

    first: str
    fields: dict[str, list[str]]
    body: str

    @classmethod
    def of(cls, data: bytes) -> Message:
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        fields: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields.setdefault(name.strip().lower(), []).append(value.strip())
        return cls(first, fields, body)

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Of a request, or of the request that was answered."""
        return self.first.split()[0] if not self.status else self.get("cseq").split()[1]

    def get(self, name: str) -> str:
        return self.fields.get(name, [""])[0]

    @property
    def contact(self) -> str:
        found = re.search(r"<([^>]+)>", self.get("contact"))
        return found.group(1) if found else self.get("contact")


@dataclass
class Dialing:
    """One INVITE and what came of it."""

    target: str
    call_id: str
    branch: str
    tag: str
    sequence: int = 1
    to: str = ""
    remote: str = ""
    authorization: str = ""
    last: Message | None = field(default=None, repr=False)


class RawPhone:
    """One UDP socket on a host; every method is one step, and nothing is sent that is not asked for."""

    def __init__(self, host: Host, server: tuple[str, int], user: str, password: str, port: int = 0) -> None:
        self.host = host
        self.server = server
        self.user = user
        self.password = password
        self.socket = host.bound_socket(port)
        self.address: tuple[str, int] = self.socket.getsockname()
        self._kept: list[Message] = []

    def close(self) -> None:
        self.socket.close()

    @property
    def here(self) -> str:
        return f"{self.address[0]}:{self.address[1]}"

    def send(self, text: str) -> None:
        self.socket.sendto(text.replace("\n", "\r\n").encode(), self.server)

    def send_bytes(self, data: bytes) -> None:
        self.socket.sendto(data, self.server)

    def receive(self, timeout: float = PATIENCE) -> Message:
        """The next message; raises NeverHappened when none comes."""
        self.socket.settimeout(timeout)
        try:
            return Message.of(self.socket.recv(65536))
        except TimeoutError:
            raise NeverHappened(f"{self.user} at {self.here}: no message in {timeout} s") from None

    def wait_response(
        self, call_id: str, method: str, least: int = 100, timeout: float = PATIENCE
    ) -> Message:
        """The next response of that call to that method of at least that status; others are dropped."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.receive(max(deadline - time.monotonic(), 0.01))
            if message.get("call-id") == call_id and message.method == method and message.status >= least:
                return message

    def wait_request(self, method: str, timeout: float = PATIENCE) -> Message:
        deadline = time.monotonic() + timeout
        while True:
            message = self.receive(max(deadline - time.monotonic(), 0.01))
            if not message.status and message.method == method:
                return message

    def drain(self) -> None:
        """Forget what has come and was not asked for."""
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(65536)
        except BlockingIOError:
            self.socket.setblocking(True)

    def authorize(self, challenge: Message, method: str, uri: str) -> str:
        """The Authorization field that answers the MD5 challenge in a 401; raises LookupError without one."""
        offers = challenge.fields.get("www-authenticate", []) + challenge.fields.get("proxy-authenticate", [])
        for offer in offers:
            words = dict(re.findall(r'(\w+)="?([^",]*)"?', offer))
            if words.get("algorithm", "MD5").upper() == "MD5":
                return self._answer(words, method, uri)
        raise LookupError(f"no MD5 challenge in {offers}")

    def _answer(self, words: dict[str, str], method: str, uri: str) -> str:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        secret = md5(f"{self.user}:{words['realm']}:{self.password}")
        wanted = md5(f"{method}:{uri}")
        said = (
            f'Digest username="{self.user}", realm="{words["realm"]}", nonce="{words["nonce"]}", uri="{uri}"'
        )
        if "qop" in words:
            response = md5(f"{secret}:{words['nonce']}:00000001:cafe:auth:{wanted}")
            said += ', qop=auth, nc=00000001, cnonce="cafe"'
        else:
            response = md5(f"{secret}:{words['nonce']}:{wanted}")
        return f'{said}, response="{response}", algorithm=MD5'

    def register(self, expires: int = 600) -> Message:
        """Register here with digest; returns the final answer."""
        uri = f"sip:{self.server[0]}"
        call_id = f"reg{next(_tokens)}-{self.here}"

        def request(sequence: int, authorization: str) -> str:
            return (
                f"REGISTER {uri} SIP/2.0\nVia: SIP/2.0/UDP {self.here};branch=z9hG4bK{next(_tokens)}r;rport\n"
                f"Max-Forwards: 70\nFrom: <sip:{self.user}@{self.server[0]}>;tag=r\n"
                f"To: <sip:{self.user}@{self.server[0]}>\nCall-ID: {call_id}\nCSeq: {sequence} REGISTER\n"
                f"Contact: <sip:{self.user}@{self.here}>\nExpires: {expires}\n"
                f"{authorization}Content-Length: 0\n\n"
            )

        self.send(request(1, ""))
        answer = self.wait_response(call_id, "REGISTER", 200)
        if answer.status == 401:
            self.send(request(2, f"Authorization: {self.authorize(answer, 'REGISTER', uri)}\n"))
            answer = self.wait_response(call_id, "REGISTER", 200)
        return answer

    def invite(self, target: str, *, audio_port: int = 9, authenticate: bool = True) -> Dialing:
        """Send an INVITE, answering the challenge; the call goes on from there."""
        number = next(_tokens)
        call = Dialing(f"sip:{target}@{self.server[0]}", f"c{number}-{self.here}", "", f"t{number}")
        call.to = f"<{call.target}>"
        call.remote = call.target
        self._send_invite(call, audio_port)
        if authenticate:
            challenge = self.wait_response(call.call_id, "INVITE", 401)
            self.acknowledge(call, challenge)
            call.authorization = f"Authorization: {self.authorize(challenge, 'INVITE', call.target)}\n"
            call.sequence += 1
            self._send_invite(call, audio_port)
        return call

    def _send_invite(self, call: Dialing, audio_port: int) -> None:
        call.branch = f"z9hG4bK{next(_tokens)}i"
        body = (
            f"v=0\no=raw 1 1 IN IP4 {self.address[0]}\ns=-\nc=IN IP4 {self.address[0]}\nt=0 0\n"
            f"m=audio {audio_port} RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"
        )
        self.send(
            self._head(call, "INVITE", call.branch)
            + f"{call.authorization}Contact: <sip:{self.user}@{self.here}>\nContent-Type: application/sdp\n"
            + f"Content-Length: {len(body) + body.count(chr(10))}\n\n{body}"
        )

    def _head(self, call: Dialing, method: str, branch: str, sequence: int | None = None) -> str:
        return (
            f"{method} {call.remote} SIP/2.0\nVia: SIP/2.0/UDP {self.here};branch={branch};rport\n"
            f"Max-Forwards: 70\nFrom: <sip:{self.user}@{self.server[0]}>;tag={call.tag}\nTo: {call.to}\n"
            f"Call-ID: {call.call_id}\nCSeq: {sequence or call.sequence} {method}\n"
        )

    def wait_ringing(self, call: Dialing) -> Message:
        return self.wait_response(call.call_id, "INVITE", 180)

    def wait_final(self, call: Dialing) -> Message:
        """The final answer, acknowledged when it is a refusal; `acknowledge` an acceptance yourself."""
        answer = self.wait_response(call.call_id, "INVITE", 200)
        if answer.status >= 300:
            self.acknowledge(call, answer)
        else:
            call.remote = answer.contact or call.remote
            call.to = answer.get("to")
        return answer

    def acknowledge(self, call: Dialing, answer: Message) -> None:
        refused = answer.status >= 300
        branch = call.branch if refused else f"z9hG4bK{next(_tokens)}a"
        before, call.to = call.to, answer.get("to")
        self.send(self._head(call, "ACK", branch) + "Content-Length: 0\n\n")
        if refused:
            call.to = before

    def cancel(self, call: Dialing) -> None:
        self.send(self._head(call, "CANCEL", call.branch) + "Content-Length: 0\n\n")

    def bye(self, call: Dialing) -> None:
        call.sequence += 1
        self.send(self._head(call, "BYE", f"z9hG4bK{next(_tokens)}b") + "Content-Length: 0\n\n")

    def respond(
        self, request: Message, status: int, reason: str, *, body: str = "", tag: str = "callee"
    ) -> None:
        """Answer a request that came here."""
        to = request.get("to")
        to = to if "tag=" in to else f"{to};tag={tag}"
        lines = [f"SIP/2.0 {status} {reason}", *(f"Via: {via}" for via in request.fields.get("via", []))]
        lines += [f"From: {request.get('from')}", f"To: {to}", f"Call-ID: {request.get('call-id')}"]
        lines += [f"CSeq: {request.get('cseq')}", f"Contact: <sip:{self.user}@{self.here}>"]
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body) + body.count(chr(10))}")
        self.send("\n".join(lines) + f"\n\n{body}")

    def description(self, audio_port: int = 9) -> str:
        """The session description of an answer."""
        return (
            f"v=0\no=raw 2 2 IN IP4 {self.address[0]}\ns=-\nc=IN IP4 {self.address[0]}\nt=0 0\n"
            f"m=audio {audio_port} RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"
        )
