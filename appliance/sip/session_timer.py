"""Session timers: a session whose peer has vanished is noticed and ended (RFC 4028).

One side refreshes the session by UPDATE or re-INVITE before its interval is over; the other ends it when no
refresh comes. Towards a peer that knows no session timers we refresh all the same, by whatever it answers to:
only silence ends the session then.
"""

from __future__ import annotations

from typing import Protocol

from appliance.sip.client_request import ClientRequest, OnFailure, OnResponse
from appliance.sip.dialog import Dialog
from appliance.sip.errors import SipSyntaxError
from appliance.sip.events import Cause
from appliance.sip.headers import parse_params, parse_seconds
from appliance.sip.host import Host
from appliance.sip.message import Message, Request, Response
from appliance.sip.timers import Timer

# RFC 4028 section 5: nobody may be asked for less.
LEAST_SECONDS = 90
MOST_RETRIES = 2
OPTION = "timer"

Headers = tuple[tuple[str, str], ...]


class Timed(Protocol):
    """What a timer needs of its session; see `invite.InviteSession`."""

    host: Host
    dialog: Dialog | None
    ended: bool

    def client_request(
        self, request: Request, dialog: Dialog, responded: OnResponse, failed: OnFailure, now: float
    ) -> ClientRequest:
        """Send a request in the dialog."""

    def hang_up_dialog(self, cause: Cause, reason: str, now: float) -> None:
        """End the session by BYE."""

    def offer_the_same(self, now: float) -> bool:
        """Refresh by a re-INVITE with the description in force; False when that can't be done now."""


class SessionTimer:
    """The timer of one session. `seconds` is the interval we propose; 0 means no timer at all."""

    def __init__(self, session: Timed, seconds: float) -> None:
        self._session = session
        self._seconds = seconds
        self._least = LEAST_SECONDS
        self._interval = seconds
        self._we_refresh = True
        self._settled = False
        self._peer_knows = False
        self._peer_updates = False
        self._retries = 0
        self._timer: Timer | None = None

    # What goes into requests and answers.

    def wishes(self) -> Headers:
        """The header fields of an INVITE, re-INVITE or UPDATE of ours."""
        if not self._seconds:
            return ()
        role = (";refresher=uac" if self._we_refresh else ";refresher=uas") if self._settled else ""
        interval = int(max(self._interval, self._least))
        return (
            ("Supported", OPTION),
            ("Session-Expires", f"{interval}{role}"),
            ("Min-SE", str(int(self._least))),
        )

    def longer(self, request: Request, response: Response) -> Request | None:
        """The request again after a 422, with the interval the peer asks for (7.3); None when in vain."""
        least = parse_seconds(response.headers.get("Min-SE"))
        if response.status != 422 or least is None or self._retries >= MOST_RETRIES or not self._seconds:
            return None
        self._retries += 1
        self._least = max(self._least, least)
        again = request.copy()
        again.headers.remove("Via")
        for name, value in self.wishes():
            again.headers.set(name, value)
        return again

    def asked(self, request: Request, now: float) -> Headers:
        """The peer's INVITE, re-INVITE or UPDATE is being accepted: the header fields of our 2xx (9)."""
        if not self._seconds:
            return ()
        wanted, role = session_expires(request)
        self._notes(request)
        self._peer_knows = OPTION in _tags(request, "Supported") or wanted is not None
        least = parse_seconds(request.headers.get("Min-SE")) or LEAST_SECONDS
        interval = min(wanted, self._seconds) if wanted else self._seconds
        self._interval = max(interval, least, LEAST_SECONDS)
        self._we_refresh = role == "uas" or not self._peer_knows
        self._start(now)
        if not self._peer_knows:
            return ()
        who = "uas" if self._we_refresh else "uac"
        needed = () if self._we_refresh else (("Require", OPTION),)
        return (
            ("Supported", OPTION),
            ("Session-Expires", f"{int(self._interval)};refresher={who}"),
            *needed,
        )

    def answered(self, response: Response, now: float) -> None:
        """Our INVITE, re-INVITE or UPDATE was accepted (7.2)."""
        if not self._seconds:
            return
        interval, role = session_expires(response)
        self._notes(response)
        self._peer_knows = interval is not None
        self._interval = max(interval or self._seconds, LEAST_SECONDS)
        self._we_refresh = role != "uas"
        self._start(now)

    def close(self) -> None:
        """The session is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # Time.

    def _notes(self, message: Message) -> None:
        if "Allow" in message.headers:
            self._peer_updates = "UPDATE" in message.headers.all("Allow")

    def _start(self, now: float) -> None:
        self.close()
        self._settled = True
        if self._we_refresh:
            due, action = now + self._interval / 2, self._refresh
        else:
            # A third of the interval, 32 s at most, is left for the BYE to arrive before the peer's own (10).
            due, action = now + self._interval - min(32.0, self._interval / 3), self._expired
        self._timer = self._session.host.timers.at(due, action)

    def _expired(self, now: float) -> None:
        self._session.hang_up_dialog("timeout", "Session timer expired", now)

    def _refresh(self, now: float) -> None:
        session = self._session
        if session.dialog is None or session.ended:
            return
        self._start(now)
        if self._peer_updates:
            self._ask("UPDATE", self.wishes(), now)
        elif not self._peer_knows or not session.offer_the_same(now):
            self._ask("OPTIONS", (), now)

    def _ask(self, method: str, headers: Headers, now: float) -> None:
        session = self._session
        assert session.dialog is not None

        def responded(sent: ClientRequest, response: Response, late: float) -> None:
            if session.ended or response.status < 200:
                return
            if response.is_success and method == "UPDATE":
                self.answered(response, late)
            elif response.status in (408, 481) and method == "UPDATE":
                session.hang_up_dialog("timeout", "Session unknown to the peer", late)
            elif method == "UPDATE" and response.status in (405, 501):
                self._peer_updates = False

        def failed(sent: ClientRequest, status: int, late: float) -> None:
            session.hang_up_dialog("timeout", "No answer to a refresh", late)

        session.client_request(
            session.dialog.request(method, headers=headers), session.dialog, responded, failed, now
        )


def session_expires(message: Message) -> tuple[int | None, str]:
    """The interval of Session-Expires in seconds, None without one, and its refresher ("" for none).

    A field that cannot be read is taken for none: no call is lost for it.
    """
    value = message.headers.get("Session-Expires")
    if value is None:
        return None, ""
    seconds, semicolon, rest = value.partition(";")
    try:
        params = {name.lower(): text or "" for name, text in parse_params(semicolon + rest)}
    except SipSyntaxError:
        return None, ""
    return parse_seconds(seconds.strip()), params.get("refresher", "").lower()


def too_short(request: Request) -> bool:
    """Whether a request of a peer that knows session timers asks for less than the least (9: 422)."""
    seconds, _ = session_expires(request)
    return seconds is not None and seconds < LEAST_SECONDS and OPTION in _tags(request, "Supported")


def _tags(message: Message, name: str) -> list[str]:
    return [tag.lower() for tag in message.headers.all(name)]
