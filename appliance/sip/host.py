"""What sessions and their parts expect of the endpoint around them, and it of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from appliance.sip.dialog import Dialog
from appliance.sip.events import Event
from appliance.sip.flow import Flow
from appliance.sip.matching import DialogKey
from appliance.sip.message import Request
from appliance.sip.timers import Timers
from appliance.sip.transactions import Transaction, Transactions, TransactionUser


class DialogUsage(TransactionUser, Protocol):
    """A session as the requests of its dialogs reach it; see `invite.InviteSession`."""

    def early_dialog(self, tag: str) -> Dialog | None:
        """The dialog, early or confirmed, with this tag of the peer's."""

    def request_received(
        self, transaction: Transaction, request: Request, dialog: Dialog, now: float
    ) -> None:
        """A request within one of its dialogs."""

    def ack_received(self, request: Request, now: float) -> None:
        """An ACK within one of its dialogs."""


class Host(Protocol):
    """What sessions and requests need of the endpoint around them."""

    transactions: Transactions
    timers: Timers
    tokens: Callable[[], str]
    session_seconds: float

    def emit(self, event: Event) -> None:
        """Tell the user."""

    def send(self, request: Request, flow: Flow, user: TransactionUser, now: float) -> Transaction:
        """Send a request without Via in a transaction of its own."""

    def send_ack(self, ack: Request, flow: Flow) -> tuple[Flow, bytes]:
        """Send the ACK for a 2xx, which has no transaction; returns what was sent, to send it again."""

    def transmit(self, flow: Flow, data: bytes) -> None:
        """Send octets."""

    def enter_dialog(self, key: DialogKey, usage: DialogUsage) -> None:
        """Requests of this dialog belong to this session."""

    def leave_dialog(self, key: DialogKey) -> None:
        """The dialog is gone."""

    def forget(self, session_id: str) -> None:
        """The user has had the session's last event."""
