"""The mail server: a connection to it, protected and signed in as set, and what it answers to an e-mail."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib

from appliance.configuration.office import MailSecurity, MailServer
from appliance.mail.errors import MailError

TIMEOUT_SECONDS = 30
# Answers that a right password, or a less strict server, would turn into success.
AUTHENTICATION_WANTED = frozenset({454, 530, 534, 535, 538})
TOO_LARGE = 552


class Connection:
    """An open connection to the mail server."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, data: bytes, sender: str, recipients: Sequence[str]) -> dict[str, str]:
        """Hand over one e-mail, as `compose.wire_bytes` makes it: what the server said of those it refused.

        When it refuses all, MailError is raised, as for any other trouble.
        """
        try:
            refused, _ = await self._client.sendmail(sender, list(recipients), data)
        except ValueError as error:  # an address that cannot be written on the wire
            raise MailError("recipients_refused", str(error), permanent=True) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise mail_error(error) from error
        return {address: f"{answer.code} {answer.message}" for address, answer in refused.items()}


@asynccontextmanager
async def connect(server: MailServer, certificates: Path | None = None) -> AsyncIterator[Connection]:
    """A connection to the server, closed at the end. Raises MailError.

    The server's certificate must be good for its name, signed by an authority that the system or the PEM file
    `certificates` trusts.
    """
    if not server.enabled or not server.host or not server.sender:
        raise MailError("no_mail_server", connection=True)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=_greeting_name(server.sender),
        timeout=TIMEOUT_SECONDS,
        use_tls=server.security is MailSecurity.TLS,
        start_tls=False,
        cert_bundle=str(certificates) if certificates else None,
    )
    try:
        await _open(client, server)
        yield Connection(client)
        await _say_goodbye(client)
    finally:
        client.close()


async def _open(client: aiosmtplib.SMTP, server: MailServer) -> None:
    try:
        await client.connect()
        await client.ehlo()
        if server.security is MailSecurity.STARTTLS:
            if not client.supports_extension("starttls"):
                raise MailError("tls_not_offered", connection=True)
            await client.starttls()
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise connection_error(error) from error
    if server.user:
        await _sign_in(client, server)


async def _sign_in(client: aiosmtplib.SMTP, server: MailServer) -> None:
    try:
        await client.login(server.user, server.password.get_secret_value())
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError) as error:
        raise connection_error(error) from error
    except (aiosmtplib.SMTPException, UnicodeError) as error:
        raise MailError("authentication_refused", _said(error), connection=True) from error


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """Quit politely; whatever was sent has been taken, so that nothing that happens now matters."""
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        return


def mail_error(error: BaseException) -> MailError:
    """What an exception met while handing an e-mail over means."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refusals = error.recipients
        detail = "; ".join(f"{one.recipient}: {one.code} {one.message}" for one in refusals)
        if any(one.code in AUTHENTICATION_WANTED for one in refusals):
            return MailError("authentication_refused", detail, connection=True)
        return MailError("recipients_refused", detail, permanent=all(one.code >= 500 for one in refusals))
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return connection_error(error)
    if error.code in AUTHENTICATION_WANTED:
        return MailError("authentication_refused", _said(error), connection=True)
    if error.code < 500:
        return MailError("server_busy", _said(error))
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return MailError("sender_refused", _said(error), permanent=True)
    code = "message_too_large" if error.code == TOO_LARGE else "message_refused"
    return MailError(code, _said(error), permanent=True)


def connection_error(error: BaseException) -> MailError:
    """What an exception met on the way to the server means; another try may always do better."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return MailError("server_busy", _said(error), connection=True)
    causes = list(_causes(error))
    code = "cannot_connect"
    if any(hasattr(cause, "verify_message") for cause in causes):
        code = "certificate_refused"
    elif any(hasattr(cause, "library") for cause in causes):  # an ssl.SSLError
        code = "tls_failed"
    elif any(type(cause).__name__ == "gaierror" for cause in causes):
        code = "name_not_found"
    elif isinstance(error, TimeoutError) or any(_timed_out(cause) for cause in causes):
        code = "timed_out"
    elif isinstance(error, aiosmtplib.SMTPServerDisconnected):
        code = "disconnected"
    return MailError(code, _said(causes[-1]), connection=True)


def _timed_out(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno == errno.ETIMEDOUT


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and those it came from, the first cause last."""
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) is not None and cause not in found:
        found.append(cause)
    return found


def _said(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error)


def _greeting_name(sender: str) -> str:
    """The name to greet the server with: a full one, as strict servers want, that needs no look-up in DNS."""
    domain = sender.rpartition("@")[2]
    return domain if domain.isascii() else "localhost.localdomain"
