"""Where responses go: received and rport in the top Via (RFC 3261 18.2, RFC 3581)."""

from __future__ import annotations

from appliance.sip.flow import DEFAULT_PORTS, Flow, bracketed, unbracketed
from appliance.sip.headers import Via
from appliance.sip.message import Request


def stamp_via(request: Request, flow: Flow) -> None:
    """Write into the top Via where the request really came from (18.2.1, RFC 3581 4)."""
    via = request.via
    host, port = flow.remote
    names = [name.lower() for name, _ in via.params]
    differs = unbracketed(via.host).lower() != host
    if not differs and "rport" not in names and "received" not in names:
        return
    params = [pair for pair, name in zip(via.params, names, strict=True) if name not in ("rport", "received")]
    params.append(("received", host))
    if "rport" in names:
        params.append(("rport", str(port)))
    stamped = Via(via.transport, via.host, via.port, tuple(params))
    request.headers.replace_read("Via", (str(stamped),), (stamped, *request.vias[1:]))


def response_flow(via: Via, flow: Flow) -> Flow:
    """The flow responses to a stamped request take (18.2.2).

    TCP: the connection it came by. UDP: the port it came from when it asked for that by rport or
    its Via names another host than its source, which is what a NAT looks like (there the RFC's
    answer, the port of sent-by, reaches nobody); else the port of sent-by. maddr is not heeded: it
    would let a stranger point our responses at a third party.
    """
    if flow.is_reliable or via.param("rport") is not None:
        return flow
    if unbracketed(via.host).lower() != flow.remote[0]:
        return flow
    port = via.port or DEFAULT_PORTS["UDP"]
    return flow if port == flow.remote[1] else flow.to((flow.remote[0], port))


def fallback_flow(sent_by_port: int | None, flow: Flow) -> Flow:
    """A new connection to sent-by, at the address the request came from, once its own has closed (18.2.2)."""
    port = sent_by_port or DEFAULT_PORTS.get(flow.transport, 5060)
    return flow.to((flow.remote[0], port))


def our_via(flow: Flow, branch: str) -> Via:
    """The Via of a request of ours; `rport` is always asked for."""
    host, port = flow.local
    return Via(flow.transport, bracketed(host), port, (("branch", branch), ("rport", None)))
