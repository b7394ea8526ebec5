"""The registrar: where each address-of-record can be reached (RFC 3261 10.3, RFC 5626, RFC 3327)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from appliance.sip.dialog import is_address
from appliance.sip.flow import BROWSER_TRANSPORTS, DEFAULT_PORTS, Flow, unbracketed
from appliance.sip.headers import STAR, NameAddr
from appliance.sip.message import Request, Response, make_response
from appliance.sip.uri import Params, Uri


@dataclass(frozen=True, slots=True)
class Binding:
    """One phone at one address. `flow` is where to send; `expires_at` in epoch seconds.

    `params` are the Contact's own parameters as they came, without expires.
    """

    aor: str
    contact: Uri
    flow: Flow
    expires_at: float
    call_id: str = ""
    cseq: int = 0
    instance: str | None = None
    user_agent: str = ""
    q: float = 1.0
    path: tuple[str, ...] = ()
    reg_id: str = ""
    params: Params = ()


@dataclass(frozen=True, slots=True)
class BindingChange:
    """What became of one binding. `added` and `refreshed` are to be kept, `removed` to be forgotten.

    reason: new, refreshed; unregistered, replaced, expired, crowded_out, connection_closed.
    """

    kind: Literal["added", "refreshed", "removed"]
    binding: Binding
    reason: str


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """The response to a REGISTER and what it changed; nothing is changed unless it is 200."""

    response: Response
    changes: tuple[BindingChange, ...] = ()


class _Refused(Exception):
    def __init__(self, status: int, reason: str | None = None, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason
        self.headers = headers


class Registrar:
    """All bindings, by address-of-record. Times are epoch seconds; authentication is done before."""

    def __init__(
        self,
        *,
        min_expires: int = 60,
        max_expires: int = 3600,
        default_expires: int = 3600,
        most_contacts: int = 10,
    ) -> None:
        self.min_expires = min_expires
        self.max_expires = max_expires
        self._default = default_expires
        self._most = most_contacts
        self._bindings: dict[str, dict[str, Binding]] = {}

    def register(self, request: Request, aor: str, flow: Flow, now: float) -> RegisterResult:
        """Do what a REGISTER asks for this address-of-record: add, refresh, remove, or just list.

        Refusals: 423 for a time too short, 400 for a misused `Contact: *`, 500 for one that comes
        out of order.
        """
        before = self._live(aor, now)
        try:
            after, reasons = self._apply(request, aor, flow, before, now)
        except _Refused as refused:
            response = make_response(request, refused.status, refused.reason, headers=refused.headers)
            return RegisterResult(response)
        self._store(aor, after)
        changes = _changes(before, after, reasons)
        response = make_response(request, 200, headers=_listed(after.values(), now))
        return RegisterResult(response, changes)

    def bindings(self, aor: str, now: float) -> list[Binding]:
        """Where to try, the preferred first, then the latest registered."""
        live = self._live(aor, now).values()
        return sorted(live, key=lambda binding: (-binding.q, -binding.expires_at))

    def all_bindings(self, now: float) -> list[Binding]:
        """Every binding that has not expired."""
        return [binding for aor in list(self._bindings) for binding in self._live(aor, now).values()]

    def expire(self, now: float) -> tuple[BindingChange, ...]:
        """Drop what has expired; to be called now and then."""
        return self._drop(lambda binding: binding.expires_at <= now, "expired")

    def flow_closed(self, flow: Flow) -> tuple[BindingChange, ...]:
        """Drop the bindings of a connection that has closed: nothing reaches them any more (RFC 5626 5.3)."""
        if flow.connection is None:
            return ()
        return self._drop(lambda binding: binding.flow == flow, "connection_closed")

    def remove(self, aor: str) -> tuple[BindingChange, ...]:
        """Drop every binding of an address-of-record: its phone has been deleted or its password changed."""
        removed = self._bindings.pop(aor, {})
        return tuple(BindingChange("removed", binding, "unregistered") for binding in removed.values())

    def restore(self, bindings: Iterable[Binding]) -> None:
        """Take back what was kept over a restart. Connections are gone: phones on them need a new one.

        Browsers make theirs themselves, and register on it: until then nothing reaches them.
        """
        for binding in bindings:
            if binding.flow.transport in BROWSER_TRANSPORTS:
                continue
            restored = replace(binding, flow=_reconnecting(binding))
            self._bindings.setdefault(binding.aor, {})[str(binding.contact)] = restored

    def clock_set(self, seconds: float) -> tuple[BindingChange, ...]:
        """The clock that `now` comes from has been set ahead by so much: every binding moves with it."""
        moved = [
            replace(binding, expires_at=binding.expires_at + seconds)
            for known in self._bindings.values()
            for binding in known.values()
        ]
        for binding in moved:
            self._bindings[binding.aor][str(binding.contact)] = binding
        return tuple(BindingChange("refreshed", binding, "refreshed") for binding in moved)

    # Parts.

    def _live(self, aor: str, now: float) -> dict[str, Binding]:
        known = self._bindings.get(aor, {})
        return {key: binding for key, binding in known.items() if binding.expires_at > now}

    def _store(self, aor: str, bindings: dict[str, Binding]) -> None:
        if bindings:
            self._bindings[aor] = bindings
        else:
            self._bindings.pop(aor, None)

    def _drop(self, goes: Callable[[Binding], bool], reason: str) -> tuple[BindingChange, ...]:
        gone: list[BindingChange] = []
        for aor, known in list(self._bindings.items()):
            leaving = [binding for binding in known.values() if goes(binding)]
            if leaving:
                gone += [BindingChange("removed", binding, reason) for binding in leaving]
                self._store(aor, {key: one for key, one in known.items() if one not in leaving})
        return tuple(gone)

    def _apply(
        self, request: Request, aor: str, flow: Flow, before: dict[str, Binding], now: float
    ) -> tuple[dict[str, Binding], dict[str, str]]:
        contacts = request.contacts
        if STAR in contacts:
            if len(contacts) != 1 or request.expires != 0:
                raise _Refused(400, "Contact: * needs Expires: 0 and nothing else")
            _check_order(request, before.values())
            return {}, {}
        after, reasons = dict(before), dict[str, str]()
        for contact in contacts:
            self._apply_contact(request, contact, aor, flow, after, reasons, now)
        while len(after) > self._most:
            oldest = min(after, key=lambda key: after[key].expires_at)
            reasons[oldest] = "crowded_out"
            del after[oldest]
        return after, reasons

    def _apply_contact(
        self,
        request: Request,
        contact: NameAddr,
        aor: str,
        flow: Flow,
        after: dict[str, Binding],
        reasons: dict[str, str],
        now: float,
    ) -> None:
        seconds = self._seconds(request, contact)
        key = str(contact.uri)
        binding = _binding(request, contact, aor, flow, now + seconds)
        for old_key in _replaced_by(binding, after, alone=seconds > 0 and len(request.contacts) == 1):
            _check_order(request, [after[old_key]])
            if old_key != key:
                reasons[old_key] = "replaced"
            del after[old_key]
        if seconds:
            after[key] = binding

    def _seconds(self, request: Request, contact: NameAddr) -> int:
        """The time granted: the Contact's wish, or the request's, or ours, within limits (10.3 step 7)."""
        wish = contact.expires
        if wish is None:
            wish = request.expires
        if wish is None:
            wish = self._default
        if 0 < wish < self.min_expires:
            raise _Refused(423, None, ("Min-Expires", str(self.min_expires)))
        return min(wish, self.max_expires)


def _binding(request: Request, contact: NameAddr, aor: str, flow: Flow, expires_at: float) -> Binding:
    return Binding(
        aor=aor,
        contact=contact.uri,
        flow=_way_to(contact, flow),
        expires_at=expires_at,
        call_id=request.call_id,
        cseq=request.cseq.number,
        instance=contact.param("+sip.instance"),
        user_agent=request.headers.get("User-Agent") or "",
        q=contact.q,
        path=tuple(request.headers.all("Path")),
        reg_id=contact.param("reg-id") or "",
        params=tuple(pair for pair in contact.params if pair[0].lower() != "expires"),
    )


def _way_to(contact: NameAddr, flow: Flow) -> Flow:
    """Where requests for the phone are sent.

    To its Contact when that is the address the REGISTER came from: some register from another port
    than the one they listen on. By the flow of the REGISTER otherwise (a NAT stands between), over a
    connection, and for phones that ask for it (RFC 5626).
    """
    asked = contact.param("reg-id") is not None or contact.uri.param("ob") is not None
    host = unbracketed(contact.uri.host)
    if flow.is_reliable or asked or host != flow.remote[0]:
        return flow
    return flow.to((host, contact.uri.port or DEFAULT_PORTS[flow.transport]))


def _replaced_by(new: Binding, known: dict[str, Binding], *, alone: bool) -> list[str]:
    """The bindings that are the same phone's.

    By URI; by instance and flow number (RFC 5626 6); or by Call-ID, which a phone keeps when its
    address changes (10.2), provided the request adds this one contact and no other.
    """
    same: list[str] = []
    for key, old in known.items():
        if (
            old.contact.equivalent(new.contact)
            or (new.instance is not None and (old.instance, old.reg_id) == (new.instance, new.reg_id))
            or (
                alone
                and old.call_id == new.call_id
                and old.instance == new.instance
                and old.reg_id == new.reg_id
            )
        ):
            same.append(key)
    return same


def _check_order(request: Request, bindings: Iterable[Binding]) -> None:
    """A request of the same Call-ID with a CSeq that is not higher is old news (10.3 step 7)."""
    for binding in bindings:
        if binding.call_id == request.call_id and request.cseq.number <= binding.cseq:
            raise _Refused(500, "REGISTER out of order")


def _changes(
    before: dict[str, Binding], after: dict[str, Binding], reasons: dict[str, str]
) -> tuple[BindingChange, ...]:
    gone = [
        BindingChange("removed", binding, reasons.get(key, "unregistered"))
        for key, binding in before.items()
        if key not in after
    ]
    kept = [
        BindingChange("refreshed", binding, "refreshed")
        if key in before
        else BindingChange("added", binding, "new")
        for key, binding in after.items()
        if before.get(key) != binding
    ]
    return (*gone, *kept)


def _listed(bindings: Iterable[Binding], now: float) -> list[tuple[str, str]]:
    """Contact fields of a 200: each with the seconds it has left, at least 1."""
    fields: list[tuple[str, str]] = []
    for binding in bindings:
        params = binding.params
        if not params and binding.instance is not None:
            params = (("+sip.instance", f'"{binding.instance}"'),)
        left = max(1, round(binding.expires_at - now))
        contact = NameAddr("", binding.contact, (*params, ("expires", str(left))))
        fields.append(("Contact", str(contact)))
    return fields


def _reconnecting(binding: Binding) -> Flow:
    flow = binding.flow
    if not flow.is_reliable:
        return flow
    host = unbracketed(binding.contact.host)
    if not is_address(host):
        return flow.to(flow.remote)
    return flow.to((host, binding.contact.port or DEFAULT_PORTS.get(flow.transport, 5060)))
