"""Our Contact towards a peer."""

from __future__ import annotations

from appliance.sip.flow import Flow, bracketed
from appliance.sip.uri import Uri


def our_contact(flow: Flow, user: str) -> Uri:
    """Where the peer of a flow reaches us."""
    params = (("transport", flow.uri_transport),) if flow.transport != "UDP" else ()
    return Uri("sip", user, host=bracketed(flow.local[0]), port=flow.local[1], params=params)
