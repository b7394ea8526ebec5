"""Our Contact towards a peer."""

from __future__ import annotations

from appliance.sip.flow import Address, Flow, bracketed
from appliance.sip.uri import Uri


def our_contact(flow: Flow, user: str, outside: Address | None = None) -> Uri:
    """Where the peer of a flow reaches us: by our own address, or by what is `outside` of us."""
    params = (("transport", flow.uri_transport),) if flow.transport != "UDP" else ()
    host, port = outside or flow.local
    return Uri("sip", user, host=bracketed(host), port=port, params=params)
