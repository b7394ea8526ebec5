"""Dialogs: the peer-to-peer relation that requests of one call share (RFC 3261 12)."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.sip.fields import Headers
from appliance.sip.flow import BROWSER_TRANSPORTS, Flow, bracketed, unbracketed
from appliance.sip.headers import NameAddr
from appliance.sip.matching import DialogKey, dialog_key
from appliance.sip.message import Message, Request, Response
from appliance.sip.uri import Uri


class Dialog:
    """One dialog as our side sees it.

    `flow` is where its requests go: the way the peer called, was called, or last spoke from.
    `local` and `remote` are From and To of our requests, tags included.
    """

    __slots__ = (
        "call_id", "contact", "flow", "key", "local", "local_cseq", "remote", "remote_cseq", "remote_target",
        "route_set",
    )  # fmt: skip

    def __init__(
        self,
        *,
        key: DialogKey,
        local: NameAddr,
        remote: NameAddr,
        contact: Uri,
        remote_target: Uri,
        route_set: tuple[NameAddr, ...],
        local_cseq: int,
        remote_cseq: int | None,
        flow: Flow,
    ) -> None:
        self.key = key
        self.call_id = key[0]
        self.local = local
        self.remote = remote
        self.contact = contact
        self.remote_target = remote_target
        self.route_set = route_set
        self.local_cseq = local_cseq
        self.remote_cseq = remote_cseq
        self.flow = flow

    @classmethod
    def of_caller(cls, request: Request, response: Response, contact: Uri, flow: Flow) -> Dialog:
        """The dialog our request makes by a response with a To tag (12.1.2)."""
        target = response.contact
        return cls(
            key=dialog_key(response, from_peer_request=False),
            local=request.from_,
            remote=response.to,
            contact=contact,
            remote_target=request.uri if target is None or not target.uri.is_sip else target.uri,
            route_set=response.record_routes[::-1],
            local_cseq=request.cseq.number,
            remote_cseq=None,
            flow=flow,
        )

    @classmethod
    def of_callee(cls, request: Request, local_tag: str, contact: Uri, flow: Flow) -> Dialog:
        """The dialog the peer's request makes by our response with `local_tag` (12.1.1)."""
        target = request.contact
        return cls(
            key=(request.call_id, local_tag, request.from_.tag or ""),
            local=request.to.with_tag(local_tag),
            remote=request.from_,
            contact=contact,
            remote_target=request.from_.uri if target is None or not target.uri.is_sip else target.uri,
            route_set=request.record_routes,
            local_cseq=0,
            remote_cseq=request.cseq.number,
            flow=flow,
        )

    def next_cseq(self) -> int:
        """The number of our next request."""
        self.local_cseq += 1
        return self.local_cseq

    def in_order(self, request: Request) -> bool:
        """Whether the peer's request comes in order; if so its number is noted (12.2.2)."""
        number = request.cseq.number
        if self.remote_cseq is not None and number < self.remote_cseq:
            return False
        self.remote_cseq = number
        return True

    def refresh(self, message: Message) -> None:
        """Take the peer's new Contact from a target refresh: INVITE, UPDATE and their 2xx (12.2)."""
        contact = message.contact
        if contact is not None and contact.uri.is_sip:
            self.remote_target = contact.uri

    def next_hop(self) -> Uri:
        """Where a request goes first: the top route, or the remote target."""
        return self.route_set[0].uri if self.route_set else self.remote_target

    def request(
        self,
        method: str,
        *,
        cseq: int | None = None,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Request:
        """A request of ours within the dialog, without Via (12.2.1.1). `cseq`: the INVITE's, for an ACK."""
        number = self.next_cseq() if cseq is None else cseq
        uri, routes = self._target_and_routes()
        fields = Headers()
        for route in routes:
            fields.add("Route", route)
        fields.add("Max-Forwards", "70")
        fields.add("From", str(self.local))
        fields.add("To", str(self.remote))
        fields.add("Call-ID", self.call_id)
        fields.add("CSeq", f"{number} {method}")
        if method in ("INVITE", "UPDATE", "REFER", "SUBSCRIBE", "NOTIFY"):
            fields.add("Contact", f"<{self.contact}>")
        if body:
            fields.add("Content-Type", "application/sdp")
        for name, value in headers:
            fields.set(name, value)
        return Request(method, uri, fields, body)

    def _target_and_routes(self) -> tuple[Uri, list[str]]:
        """Request-URI and Route values; a first hop without `lr` is a strict router (12.2.1.1)."""
        if not self.route_set or self.route_set[0].uri.has_param("lr"):
            return self.remote_target, [str(route) for route in self.route_set]
        routes = [str(route) for route in self.route_set[1:]]
        return self.route_set[0].uri, [*routes, f"<{self.remote_target}>"]

    def flow_lost(self, flow: Flow) -> None:
        """The connection is closed: the next request opens another, to the peer's Contact address."""
        if flow.connection is None or not self.flow.is_by_way_of(flow):
            return
        if flow.transport in BROWSER_TRANSPORTS:
            self.flow = flow.to(flow.remote)
            return
        target = self.next_hop()
        host = unbracketed(target.host)
        address = (host, target.port or 5060) if is_address(host) else flow.remote
        self.flow = flow.to(address)

    def flow_found(self, user: str, contact: Uri, flow: Flow) -> None:
        """Somebody has registered: the peer's requests go by that way when it is theirs.

        A phone whose connection was closed comes by another (RFC 5626 5.3): it has the same name, and the
        same host in its Contact. One whose end we have not noticed has the same port too, as has one that its
        router shows at another port now.
        """
        if self.remote.uri.user != user or self.remote_target.host != contact.host:
            return
        comes_anew = self.flow.connection is None and flow.connection is not None
        is_lost = comes_anew and self.flow.transport == flow.transport
        if is_lost or self.remote_target.port == contact.port:
            self.flow = flow


def is_address(host: str) -> bool:
    """Whether a host is an IP address rather than a name."""
    return ":" in host or (host.replace(".", "").isdigit() and host.count(".") == 3)


def default_contact(request: Request, flow: Flow) -> Uri:
    """Our Contact towards the peer of a flow: the user that was called, at our end of it."""
    host, port = flow.local
    params = () if flow.transport == "UDP" else (("transport", flow.uri_transport),)
    return Uri("sip", request.uri.user, None, bracketed(host), port, params)
