"""Where a provider sends our REGISTER, as far as it may (RFC 3261 8.1.3.4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from appliance.runtime.names import Names
from appliance.sip.flow import unbracketed
from appliance.sip.guard import is_local
from appliance.sip.locate import SUPPORTED, Target, Wish
from appliance.sip.uri import Uri

MOST_CONTACTS = 5


async def led_to(
    contacts: Sequence[Uri], names: Names, sender: Target, servers: Collection[Target]
) -> tuple[Uri, Target] | None:
    """The registrar to ask instead of `sender`, and where it is; None when it leads where it must not.

    Never into a network that none of the line's own servers is in, and never from TLS to what is open.
    """
    inside = any(is_local(each.host) for each in servers)
    for uri in contacts[:MOST_CONTACTS]:
        wish = _wish(uri, sender.transport)
        for target in await names.targets(wish) if wish is not None else ():
            if inside or not is_local(target.host):
                return Uri("sip", host=uri.host, port=uri.port), target
    return None


def _wish(uri: Uri, transport_before: str) -> Wish | None:
    if not uri.is_sip or not uri.host:
        return None
    before = "TLS" if transport_before == "TLS" else None
    transport = "TLS" if uri.scheme == "sips" else (uri.param("transport") or "").upper() or before
    if transport not in (None, "TLS", *SUPPORTED) or (before and transport != before):
        return None
    return Wish(unbracketed(uri.host), uri.port, transport)
