"""Lines, the ways outside, and the numbers that arrive on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from appliance.configuration.destinations import Route
from appliance.configuration.fields import (
    E164,
    Host,
    HoursState,
    Identifier,
    Label,
    Language,
    Name,
    Port,
    Record,
    Secret,
)


class Transport(StrEnum):
    """How SIP travels to the provider; `auto` asks DNS (RFC 3263)."""

    AUTO = "auto"
    UDP = "udp"
    TCP = "tcp"


class DialledFormat(StrEnum):
    """How the provider wants numbers written: +33123456789, 0033123456789, or 0123456789."""

    PLUS = "plus"
    DOUBLE_ZERO = "double_zero"
    NATIONAL = "national"


class SipTrunk(Record):
    """A SIP trunk: registered with user name and password, or trusted by address (NUM-2)."""

    kind: Literal["sip_trunk"] = "sip_trunk"
    id: Identifier
    name: Name
    enabled: bool = True
    mode: Literal["registered", "trusted"] = "registered"
    server: Host
    port: Port | None = None
    transport: Transport = Transport.AUTO
    user: Annotated[str, Field(max_length=128)] = ""
    authentication_user: Annotated[str, Field(max_length=128)] = ""
    password: Secret = Field(default="", validate_default=True)
    outbound_proxy: Host | None = None
    trusted_addresses: Annotated[tuple[Host, ...], Field(max_length=20)] = ()
    dialled_format: DialledFormat = DialledFormat.PLUS
    main_number_id: Identifier | None = None
    register_seconds: Annotated[int, Field(ge=60, le=7200)] = 600


Line = SipTrunk


class Number(Record):
    """What outsiders dial: arrives on a line, follows a route for each hours state.

    A state absent from `routes` follows `open`; a holiday first `closed`. `backup_number` is rung when nobody
    can be reached because something has failed (BACKUP-1); None takes the office's.
    """

    id: Identifier
    name: Name
    number: E164
    line_id: Identifier
    owner_id: Identifier | None = None
    language: Language = Language.FRENCH
    calendar_id: Identifier | None = None
    routes: Annotated[dict[HoursState, Route], Field(min_length=1)]
    backup_number: E164 | None = None
    comment: Label = ""
