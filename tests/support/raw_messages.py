"""SIP messages of the bare client: read without a line of the box's code, and written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property

_CHALLENGE = re.compile(r'(\w+)=(?:"([^"]*)"|([^",\s]+))')


class RawMessage:
    """A message as received: first line, fields in order by lower-case name, body."""

    def __init__(self, data: bytes) -> None:
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.first, *lines = head.decode(errors="replace").split("\r\n")
        self.fields = [
            (name.strip().lower(), value.strip())
            for name, _, value in (line.partition(":") for line in lines)
        ]
        self.status = int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0
        number, _, method = self.get("cseq").partition(" ")
        self.sequence = int(number)
        self.method = method.strip() if self.status else self.first.split()[0]

    def get(self, name: str) -> str:
        """The first value of a field, empty when it is not there."""
        return next((value for field, value in self.fields if field == name), "")

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    @cached_property
    def uri(self) -> str:
        """The Request-URI."""
        return self.first.split()[1]

    @cached_property
    def contact(self) -> str:
        found = re.search(r"<([^>]+)>", self.get("contact"))
        return found.group(1) if found else self.get("contact").split(";")[0]

    @cached_property
    def media(self) -> tuple[str, int]:
        """Where the description in the body wants its audio sent."""
        text = self.body.decode()
        host = re.search(r"^c=IN IP[46] (\S+)", text, re.M)
        port = re.search(r"^m=audio (\d+)", text, re.M)
        assert host and port, text
        return host.group(1), int(port.group(1))

    @cached_property
    def direction(self) -> str:
        """The direction that the description in the body gives."""
        found = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", self.body.decode(), re.M)
        return found.group(1) if found else "sendrecv"

    def __repr__(self) -> str:
        return f"<{self.first} cseq {self.sequence} {self.method}>"


def tag_of(value: str) -> str:
    """The tag of a From or To field."""
    found = re.search(r";\s*tag=([^;\s]+)", value)
    return found.group(1) if found else ""


CODECS = {
    "0": "PCMU/8000",
    "8": "PCMA/8000",
    "9": "G722/8000",
    "18": "G729/8000",
    "101": "telephone-event/8000",
}


def description(
    port: int = 9,
    host: str = "127.0.0.1",
    *,
    direction: str = "sendrecv",
    version: int = 1,
    codecs: str = "8",
) -> bytes:
    """A session description with one audio stream; `codecs` are payload types, 101 among them for digits."""
    lines = [
        *("v=0", f"o=raw 7 {version} IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"),
        f"m=audio {port} RTP/AVP {codecs}",
        *(f"a=rtpmap:{number} {CODECS[number]}" for number in codecs.split()),
        f"a={direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def assemble(lines: list[str], body: bytes = b"") -> bytes:
    """Octets of a message from its lines."""
    return "\r\n".join([*lines, "", ""]).encode() + body


def challenges(response: RawMessage) -> Iterator[dict[str, str]]:
    """The parameters of each challenge of a 401 or 407."""
    for value in (*response.all("www-authenticate"), *response.all("proxy-authenticate")):
        yield {name.lower(): quoted or plain for name, quoted, plain in _CHALLENGE.findall(value)}


def authorization(
    response: RawMessage, method: str, uri: str, user: str, password: str, algorithm: str = "MD5"
) -> str:
    """The field that answers a challenge (RFC 7616)."""
    chosen = next(found for found in challenges(response) if found.get("algorithm", "MD5") == algorithm)
    digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def hashed(text: str) -> str:
        return digest(text.encode()).hexdigest()

    who, what = hashed(f"{user}:{chosen['realm']}:{password}"), hashed(f"{method}:{uri}")
    middle = f"{chosen['nonce']}:00000001:c0ffee:auth" if "qop" in chosen else chosen["nonce"]
    counted = ', qop=auth, nc=00000001, cnonce="c0ffee"' if "qop" in chosen else ""
    name = "Proxy-Authorization" if response.status == 407 else "Authorization"
    return (
        f'{name}: Digest username="{user}", realm="{chosen["realm"]}", nonce="{chosen["nonce"]}", uri="{uri}"'
        f', algorithm={algorithm}, response="{hashed(f"{who}:{middle}:{what}")}"{counted}'
    )


def proves(request: RawMessage, user: str, password: str) -> bool:
    """Whether a request carries the right answer (MD5, qop auth) to a challenge."""
    field = request.get("authorization") or request.get("proxy-authorization")
    said = {name.lower(): quoted or plain for name, quoted, plain in _CHALLENGE.findall(field)}

    def hashed(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    who, what = hashed(user, said["realm"], password), hashed(request.method, said["uri"])
    return said["response"] == hashed(who, said["nonce"], said["nc"], said["cnonce"], said["qop"], what)
