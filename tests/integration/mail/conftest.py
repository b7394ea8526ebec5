"""A real mail server on loopback, and an office with a message to send through it."""

from __future__ import annotations

import math
import socket
import ssl
import struct
import subprocess
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import MappingProxyType

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from appliance.configuration.configuration import Configuration
from appliance.configuration.office import MailSecurity, MailServer, Office
from appliance.configuration.voicemail import Mailbox
from appliance.mail.deliver import Delivery
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.mail_queue import MailQueue
from appliance.storage.messages import Message, MessageStore

USER, PASSWORD = "autocom@example.org", "clé secrète"


@dataclass
class Inbox:
    """What the server took, and what it answers to MAIL, RCPT and DATA instead of taking it."""

    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    refused_recipients: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(
        self, server: object, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: object, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), mail))
        return "250 taken"


def make_certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one PEM file."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "server.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail.test"
    files = ["-keyout", str(key), "-out", str(certificate), "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *options.split(), *files], check=True, capture_output=True, timeout=60)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sign_in(
    server: object, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    wanted = LoginPassword(USER.encode(), PASSWORD.encode())
    right = data == wanted
    return AuthResult(success=right, handled=right)


class Post:
    """The mail server: may be down, asks for what it was told to ask for."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.inbox = Inbox()
        self.certificate = make_certificate(folder)
        self._controller: Controller | None = None

    def up(self, *, starttls: bool = False, tls: bool = False, sign_in: bool = False) -> None:
        context = None
        if starttls or tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate)
        self._controller = Controller(
            self.inbox,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=context if tls else None,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=_sign_in if sign_in else None,
            auth_required=sign_in,
            auth_require_tls=False,
        )
        self._controller.start()

    def down(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    server = Post(tmp_path)
    yield server
    server.down()


class PostedOffice:
    """An office with the mailbox `office`, its delivery, and a clock that a test sets."""

    def __init__(self, folder: DataFolder, post: Post, trusted: Path | None) -> None:
        self.now = 1_800_000_000.0
        self.configuration = Configuration(
            office=Office(name="Cabinet Martin"),
            mail_server=MailServer(
                enabled=True,
                host="127.0.0.1",
                port=post.port,
                security=MailSecurity.NONE,
                sender="autocom@example.org",
            ),
        )
        self.mailbox()
        self.database = Database(folder.database, pause=0.0)
        self.messages = MessageStore(self.database, folder.messages, _counter(), lambda: self.configuration)
        self.queue = MailQueue(self.database)
        self.delivery = Delivery(
            self.queue,
            self.messages,
            self.database,
            lambda: self.configuration,
            clock=lambda: self.now,
            certificates=trusted,
        )

    def mailbox(self, **changes: object) -> None:
        facts = {"id": "office", "name": "Accueil", "emails": ("anne@example.org",), **changes}
        mailboxes = MappingProxyType({"office": Mailbox.model_validate(facts)})
        self.configuration = replace(self.configuration, mailboxes=mailboxes)

    def server(self, **changes: object) -> None:
        server = self.configuration.mail_server
        facts = {**server.model_dump(), "password": server.password.get_secret_value(), **changes}
        self.configuration = replace(self.configuration, mail_server=MailServer.model_validate(facts))

    async def leave_message(self, seconds: float = 2.0) -> str:
        draft = await self.messages.begin("office", "+33612345678", "Marie", "+33123456789", self.now - 60)
        _record_tone(draft.path, seconds)
        return (await self.messages.finish(draft, seconds)).id

    async def message(self, message_id: str) -> Message:
        found = await self.messages.get(message_id)
        assert found is not None
        return found

    async def deliver(self) -> int:
        return await self.delivery.deliver_due(self.now)


def _counter() -> Callable[[], str]:
    made: list[str] = []

    def token() -> str:
        made.append("")
        return f"m{len(made)}"

    return token


def _record_tone(path: Path, seconds: float) -> None:
    samples = (round(8000 * math.sin(2 * math.pi * 440 * n / 8000)) for n in range(int(8000 * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


@pytest.fixture
def office(tmp_path: Path, post: Post) -> Iterator[PostedOffice]:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    made = PostedOffice(folder, post, post.certificate)
    yield made
    made.database.close()
