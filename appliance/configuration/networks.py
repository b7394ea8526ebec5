"""Networks: the ranges of addresses that an operator calls from, written as 203.0.113.0/28."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The widest range, by version of IP: an operator's own is far smaller, all of the internet is nobody's.
WIDEST = {4: 16, 6: 32}


@lru_cache(maxsize=256)
def network_of(text: str) -> Network | None:
    """The range of addresses that is written so; None for a single address, or a name."""
    if "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def is_in_network(address: str, text: str) -> bool:
    """Whether an address lies in the range written so."""
    found = network_of(text)
    if found is None:
        return False
    try:
        return ipaddress.ip_address(address.partition("%")[0]) in found
    except ValueError:
        return False


def _place(text: str) -> str:
    if "/" not in text:
        return text
    found = network_of(text)
    if found is None:
        raise PydanticCustomError("network_malformed", "A range is written as 203.0.113.0/28")
    widest = WIDEST[found.version]
    if found.prefixlen < widest:
        raise PydanticCustomError("network_too_wide", "The widest range is /{widest}", {"widest": widest})
    return text


# A host's name, its address, or a range of addresses.
HostOrNetwork = Annotated[
    str,
    StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:\[\]-]+(/[0-9]{1,3})?$"),
    AfterValidator(_place),
]
