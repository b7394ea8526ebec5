"""Addresses of far ends, read once: each agreement of a call asks for the same few again and again."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from ipaddress import IPv6Address

KEPT = 1_024

ip_address = lru_cache(maxsize=KEPT)(ipaddress.ip_address)
"""`ipaddress.ip_address`, remembered. Raises ValueError for what is no address."""


@lru_cache(maxsize=KEPT)
def canonical(host: str) -> str:
    """One spelling for each address: mapped IPv4 as IPv4, no zone. Raises ValueError for a name."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
