"""Why an e-mail did not go, as codes that pages and logs put into words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CODES: Mapping[str, str] = MappingProxyType(
    {
        "no_mail_server": "No mail server is set up",
        "no_recipient": "The mailbox has no e-mail address",
        "cannot_connect": "The mail server cannot be reached",
        "name_not_found": "The mail server's name is not known",
        "timed_out": "The mail server did not answer in time",
        "disconnected": "The mail server hung up",
        "tls_not_offered": "The mail server does not offer a protected connection",
        "tls_failed": "The protected connection to the mail server failed",
        "certificate_refused": "The mail server's certificate could not be trusted",
        "authentication_refused": "The mail server refused the user name or password",
        "sender_refused": "The mail server refused the sender's address",
        "recipients_refused": "The mail server refused every recipient",
        "some_refused": "The mail server refused some of the recipients",
        "message_refused": "The mail server refused the message",
        "message_too_large": "The message is too large for the mail server",
        "server_busy": "The mail server asked to try again later",
    }
)


class MailError(Exception):
    """Why an e-mail did not go: `code` is one of CODES, `detail` what the server or the system said.

    `permanent` when another try would end the same; `connection` when the trouble is not this e-mail's alone.
    """

    def __init__(
        self, code: str, detail: str = "", *, permanent: bool = False, connection: bool = False
    ) -> None:
        super().__init__(f"{CODES[code]}: {detail}" if detail else CODES[code])
        self.code = code
        self.detail = detail
        self.permanent = permanent
        self.connection = connection
