"""Our registration with a provider: kept up for ever, by whichever of its servers answers (RFC 3261 10.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from zlib import crc32

from appliance.sip.client_authentication import Login, authorize, is_challenge
from appliance.sip.errors import SipSyntaxError
from appliance.sip.headers import NameAddr, parse_name_addr, parse_seconds
from appliance.sip.locate import Target
from appliance.sip.message import Request, Response
from appliance.sip.uri import Uri

Status = Literal["stopped", "trying", "registered", "refused", "unreachable"]
Reason = Literal[
    "", "no_address", "no_answer", "transport_failed", "wrong_password", "cannot_authenticate", "forbidden",
    "unknown_user", "too_short", "busy", "server_error", "sent_elsewhere",
    "no_registrar", "other",
]  # fmt: skip

UNREACHABLE_WAIT = (4.0, 240.0)
REFUSED_WAIT = (60.0, 1800.0)
# Whoever has taken us before has a bad hour rather than another opinion of our password.
REFUSED_AFTER_ALL_WAIT = (30.0, 240.0)
LONGEST_RETRY_AFTER = 1800
MOST_CHALLENGES = 2
MOST_REDIRECTIONS = 3
MOST_ROUTES = 10
MOST_EXPIRES = 7200

_REASONS: dict[int, Reason] = {
    403: "forbidden",
    404: "unknown_user",
    405: "no_registrar",
    408: "no_answer",
    410: "unknown_user",
    501: "no_registrar",
}


@dataclass(frozen=True, slots=True)
class Account:
    """What is registered, and as whom. `registrar` is the Request-URI, `aor` goes into From and To."""

    registrar: Uri
    aor: Uri
    login: Login = field(repr=False)
    expires: int = 600
    display_name: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RegistrationState:
    """How the registration stands. Times on the caller's clock; `status_code` is the last final response.

    `reason` says why it is refused or unreachable. `seen_as` is our address as the provider saw it
    (received and rport). `target` is the server in use. `service_route`: the Route that it wants in requests
    sent after the REGISTER (RFC 3608). `rewritten`: what comes back is not what we sent: a router on the way
    changes SIP (an application layer gateway).
    """

    status: Status = "stopped"
    reason: Reason = ""
    status_code: int = 0
    since: float = 0.0
    expires_at: float = 0.0
    retry_at: float | None = None
    failures: int = 0
    target: Target | None = None
    seen_as: tuple[str, int] | None = None
    service_route: tuple[str, ...] = ()
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A REGISTER to be sent now, without Via."""

    target: Target
    request: Request


class RegistrationClient:
    """One registration, as a machine without I/O.

    Call `start`, hand in `set_targets`, and whenever `next_timer` is due or anything was handed in
    ask `wants` for what to send. The result of each attempt goes to `responded` or `failed`. When `sent_to`
    says where the server sends us instead, `follow` says whether we go there.
    """

    def __init__(self, account: Account, tokens: Callable[[], str]) -> None:
        self.account = account
        self.state = RegistrationState()
        self._tokens = tokens
        self._call_id = tokens()
        self._tag = tokens()
        self._cseq = 0
        self._expires = min(account.expires, MOST_EXPIRES)
        self._targets: list[Target] = []
        self._at = 0
        self._tried = 0
        self._due: float | None = None
        self._sent: Request | None = None
        self._again: Request | None = None
        self._challenges = 0
        self.sent_to: tuple[Uri, ...] = ()
        self._elsewhere: tuple[Uri, Target] | None = None
        self._been: list[Target] = []
        self._leaving = False
        self._has_worked = False

    # Input.

    def start(self, now: float) -> None:
        """Begin to register."""
        self._leaving = False
        self._set(now, status="trying", reason="", failures=0)
        self._due = now

    def stop(self, now: float) -> None:
        """Take the registration back, if there is one, and stop; an attempt under way counts no more."""
        registered = self.state.status == "registered"
        self._leaving = True
        self._sent = self._again = None
        self._due = now if registered else None
        self._set(now, status="stopped", reason="", retry_at=None)

    def refresh(self, now: float) -> None:
        """Register once more at once, though the registration stands: the way it went by is gone."""
        if self.state.status == "registered" and self._sent is None:
            self._due = now

    def set_targets(self, targets: Sequence[Target], now: float) -> None:
        """Where the provider's servers are, in the order to be tried. The server in use stays in use."""
        current, before = self.state.target, self._targets
        self._targets = list(targets)
        self._at = self._targets.index(current) if current in self._targets else 0
        self._tried = 0
        has_new = any(target not in before for target in targets)
        if self.state.reason == "no_address" or self.state.status == "unreachable":
            self._due = now if has_new and not self._leaving else self._due

    def responded(self, response: Response, now: float) -> None:
        """The response to the attempt last handed out; provisional ones are ignored."""
        sent = self._sent
        if response.status < 200 or sent is None:
            return
        self._sent, self.sent_to = None, ()
        if self._leaving:
            self._leave(sent, response)
        elif response.is_success:
            self._registered(sent, response, now)
        elif is_challenge(response):
            self._challenged(sent, response, now)
        elif response.status == 423:
            self._too_short(response, now)
        else:
            self._refused(response, now)

    def failed(self, status: int, now: float) -> None:
        """The attempt last handed out got no answer: 408 silence, 503 transport."""
        if self._sent is None:
            return
        self._sent = None
        if not self._leaving:
            self._unreachable("transport_failed" if status == 503 else "no_answer", 0, now)

    def lost(self, reason: Reason, status: int, now: float) -> None:
        """The server registered with is gone by what else was asked of it: try the next, or it again."""
        if self.state.status == "registered" and self._sent is None:
            self._unreachable(reason, status, now)

    def follow(self, elsewhere: tuple[Uri, Target] | None, now: float) -> None:
        """Go where the server has sent us: a registrar and its place, None when that may not be.

        It is asked from then on, until it fails. A loop ends as a refusal.
        """
        self.sent_to = ()
        if self._leaving:
            return
        if elsewhere is None or elsewhere[1] in self._been or len(self._been) > MOST_REDIRECTIONS:
            self._wait_refused("sent_elsewhere", self.state.status_code, None, now)
        else:
            self._elsewhere, self._due = elsewhere, now

    @property
    def elsewhere(self) -> Target | None:
        """The server that we were sent to, as long as it is asked."""
        return self._elsewhere[1] if self._elsewhere is not None else None

    # Output.

    def next_timer(self) -> float | None:
        """When to ask `wants` again, None when nothing is due."""
        return self._due if self._sent is None else None

    def wants(self, now: float, contact_for: Callable[[Target], Uri]) -> Attempt | None:
        """The REGISTER to send now, if one is due. `contact_for` gives where a server is to reach us."""
        if self._sent is not None or self._due is None or now < self._due:
            return None
        if not self._targets:
            self._unreachable("no_address", 0, now)
            return None
        self._due = None
        target = self.elsewhere or self._targets[self._at % len(self._targets)]
        again, self._again = self._again, None
        if again is None:
            self._been = [*self._been, target] if self._elsewhere is not None else [target]
        self._sent = again or self._request(contact_for(target))
        self.state = replace(self.state, target=target)
        return Attempt(target, self._sent)

    def _request(self, contact: Uri) -> Request:
        aor = NameAddr(self.account.display_name, self.account.aor)
        self._challenges = 0
        return Request.build(
            "REGISTER",
            self._elsewhere[0] if self._elsewhere is not None else self.account.registrar,
            from_=aor.with_tag(self._tag),
            to=NameAddr("", self.account.aor),
            call_id=self._call_id,
            cseq=self._next_cseq(),
            contact=contact,
            headers=(
                ("Expires", "0" if self._leaving else str(self._expires)),
                ("Supported", "path"),
                *self.account.headers,
            ),
        )

    def _next_cseq(self) -> int:
        self._cseq += 1
        return self._cseq

    # What came of it.

    def _registered(self, sent: Request, response: Response, now: float) -> None:
        granted = self._granted(sent, response)
        self._tried, self._has_worked, self._been = 0, True, []
        self._due = now + granted * self._refresh_share(granted)
        self._set(
            now,
            status="registered",
            reason="",
            status_code=response.status,
            expires_at=now + granted,
            retry_at=None,
            failures=0,
            seen_as=seen_as(response),
            service_route=_service_route(response),
            rewritten=_is_rewritten(sent, response),
        )

    def _granted(self, sent: Request, response: Response) -> int:
        """The seconds granted: of the Contact that is ours, or Expires, or what we asked for (10.2.4).

        What we registered before a restart, or another telephone has under the same name, is listed too.
        """
        contacts = [contact for contact in response.contacts if contact.expires is not None]
        told = sent.contact
        ours = [each for each in contacts if told is not None and _is_ours(each.uri, told.uri)]
        ours = ours or [each for each in contacts if each.uri.user == self.account.aor.user] or contacts
        seconds = [contact.expires for contact in ours if contact.expires is not None]
        if seconds:
            return max(1, min(max(seconds), MOST_EXPIRES))
        return max(1, min(response.expires or self._expires, MOST_EXPIRES))

    def _refresh_share(self, granted: int) -> float:
        """Half of a short time, some 80 % of a long one, so that a lost refresh can be repeated in time."""
        return (0.5 if granted < 120 else 0.8) - 0.05 * self._fraction()

    def _challenged(self, sent: Request, response: Response, now: float) -> None:
        again = None
        if self._challenges < MOST_CHALLENGES:
            again = authorize(sent, response, self.account.login, self._next_cseq, self._tokens)
        if again is not None:
            self._challenges += 1
            self._again, self._due = again, now
            return
        proved = "Authorization" in sent.headers or "Proxy-Authorization" in sent.headers
        self._turned_away("wrong_password" if proved else "cannot_authenticate", response, now)

    def _too_short(self, response: Response, now: float) -> None:
        """423: ask for what the provider wants at least, at once (10.2.8)."""
        least = parse_seconds(response.headers.get("Min-Expires")) or 0
        if self._expires < least <= MOST_EXPIRES:
            self._expires = least
            self._due = now
        else:
            self._turned_away("too_short", response, now)

    def _refused(self, response: Response, now: float) -> None:
        status = response.status
        if status in (301, 302) and (contacts := response.contacts):
            self.sent_to = tuple(contact.uri for contact in contacts)
            self.state = replace(self.state, status_code=status)
        elif status in (408, 500, 502, 503, 504):
            reason: Reason = "busy" if status == 503 else "no_answer" if status == 408 else "server_error"
            self._unreachable(reason, status, now, parse_seconds(response.headers.get("Retry-After")))
        else:
            self._turned_away(_REASONS.get(status, "other"), response, now)

    def _turned_away(self, reason: Reason, response: Response, now: float) -> None:
        wait = parse_seconds(response.headers.get("Retry-After"))
        self._wait_refused(reason, response.status, wait, now)

    def _unreachable(self, reason: Reason, status: int, now: float, wait: int | None = None) -> None:
        """Try the next server at once; when none is left, wait (RFC 3263 4.3, RFC 5626 4.5)."""
        self._elsewhere = None
        self._tried += 1
        self._at += 1
        failures = self.state.failures
        if self._tried < len(self._targets):
            self._due = now
        else:
            self._tried = 0
            failures += 1
            self._due = now + max(self._back_off(UNREACHABLE_WAIT, failures), _patience(wait))
        self._set(
            now,
            status="unreachable",
            reason=reason,
            status_code=status,
            retry_at=self._due,
            failures=failures,
        )

    def _wait_refused(self, reason: Reason, status: int, wait: int | None, now: float) -> None:
        failures = self.state.failures + 1
        self._elsewhere = None
        self._tried += 1
        if self._has_worked and self._tried < len(self._targets):
            self._at += 1
            self._due = now
        else:
            limits = REFUSED_AFTER_ALL_WAIT if self._has_worked else REFUSED_WAIT
            self._tried, self._at = 0, self._at + self._has_worked
            self._due = now + max(self._back_off(limits, failures), _patience(wait))
        self._set(
            now,
            status="refused",
            reason=reason,
            status_code=status,
            retry_at=self._due,
            failures=failures,
        )

    def _back_off(self, limits: tuple[float, float], failures: int) -> float:
        """Doubled with each failure in a row up to the limit; 50 to 100 % of it (RFC 5626 4.5)."""
        first, most = limits
        wait = min(most, first * 2.0 ** min(failures - 1, 20))
        return wait * (0.5 + 0.5 * self._fraction())

    def _leave(self, sent: Request, response: Response) -> None:
        if is_challenge(response) and self._challenges < MOST_CHALLENGES:
            self._again = authorize(sent, response, self.account.login, self._next_cseq, self._tokens)
            self._challenges += 1
            self._due = 0.0 if self._again is not None else None

    def _fraction(self) -> float:
        return crc32(self._tokens().encode()) / 2**32

    def _set(self, now: float, *, status: Status, **changes: object) -> None:
        since = self.state.since if status == self.state.status else now
        self.state = replace(self.state, status=status, since=since, **changes)  # type: ignore[arg-type]


def seen_as(response: Response) -> tuple[str, int] | None:
    """Our address and port as the server saw them (RFC 3581); None when it does not tell."""
    via = response.via
    host, port = via.param("received"), via.param("rport")
    if port and port.isdigit() and len(port) <= 5:
        return (host or via.host, int(port))
    return (host, via.port or 5060) if host else None


def _service_route(response: Response) -> tuple[str, ...]:
    """What requests that follow are to pass (RFC 3608 6.1); nothing when part of it cannot be followed."""
    values = response.headers.all("Service-Route")
    try:
        routes = [parse_name_addr(value).uri for value in values]
    except SipSyntaxError:
        return ()
    usable = len(routes) <= MOST_ROUTES and all(uri.is_sip and uri.has_param("lr") for uri in routes)
    return tuple(f"<{uri}>" for uri in routes) if usable else ()


def _is_rewritten(sent: Request, response: Response) -> bool:
    """Whether somebody on the way has put another address in the place of ours, in Via or in our Contact.

    Our Contact is known by its parameters, which nobody else has.
    """
    contact = sent.contact
    if contact is None:
        return False
    ours = contact.uri
    if response.via.host.lower() != sent.via.host.lower():
        return True
    echoed = [each.uri for each in response.contacts if _is_ours(each.uri, ours)]
    return bool(echoed) and all(_place(uri) != _place(ours) for uri in echoed)


def _place(uri: Uri) -> tuple[str, int]:
    return uri.host.lower(), uri.port or 5060


def _is_ours(listed: Uri, told: Uri) -> bool:
    """Whether a Contact that a registrar lists is the one we sent: nobody else has its parameters."""
    return bool(told.params) and set(told.params) <= set(listed.params)


def _patience(retry_after: int | None) -> float:
    """How long a provider may have us wait: never so long that an office has no line for the day."""
    return float(min(retry_after or 0, LONGEST_RETRY_AFTER))
