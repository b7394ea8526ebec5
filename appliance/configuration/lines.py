"""Lines, the ways outside, and the numbers that arrive on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from appliance.configuration.answering import HumanAnswer, WhisperPart
from appliance.configuration.destinations import Destination, Route
from appliance.configuration.dialling import LinePrefix
from appliance.configuration.extension_ranges import ExtensionRange, holds
from appliance.configuration.fields import (
    E164,
    EncryptedAudio,
    Host,
    HoursState,
    Identifier,
    Label,
    Language,
    Login,
    Name,
    Port,
    Record,
    RingTone,
    Secret,
)
from appliance.configuration.networks import HostOrNetwork
from appliance.configuration.voicemail import Greeting


class Transport(StrEnum):
    """How SIP travels to the provider; `auto` asks DNS (RFC 3263)."""

    AUTO = "auto"
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class DialledFormat(StrEnum):
    """How the provider wants numbers written: +33123456789, 0033123456789, or 0123456789."""

    PLUS = "plus"
    DOUBLE_ZERO = "double_zero"
    NATIONAL = "national"


class CalledNumberIn(StrEnum):
    """Where a line's calls say which number was dialled; `auto` reads all of them, `main` none."""

    AUTO = "auto"
    REQUEST_URI = "request_uri"
    TO = "to"
    CALLED_PARTY = "called_party"
    MAIN = "main"


class IdentityHeader(StrEnum):
    """The header field that tells a provider which number is shown, besides From."""

    NONE = "none"
    ASSERTED = "p_asserted_identity"
    PREFERRED = "p_preferred_identity"
    REMOTE_PARTY = "remote_party_id"


class FromHolds(StrEnum):
    """What stands in From: the number shown, or the user name of the line."""

    NUMBER = "number"
    USER = "user"


class ForwardedCaller(StrEnum):
    """What a line shows of the caller when a call from outside leaves again by it (FWD-7).

    A number of ours; the caller's own in From, ours beside it; or the caller's own in both.
    """

    OURS = "ours"
    IN_FROM = "in_from"
    EVERYWHERE = "everywhere"


class ToldRedirections(StrEnum):
    """How a line is told who has sent a call on: not at all, by Diversion, History-Info, or both."""

    NONE = "none"
    DIVERSION = "diversion"
    HISTORY = "history_info"
    BOTH = "both"


class OutsideAddress(StrEnum):
    """What a line tells the provider of where the box is reached.

    The box's own address; what the provider itself sees; what a STUN server sees; or a fixed one.
    """

    OWN = "own"
    SEEN = "seen"
    STUN = "stun"
    FIXED = "fixed"


def host_and_port(told: str) -> tuple[str, int | None]:
    """A host without brackets, and the port written after it, if any. Raises ValueError for no such port."""
    host, port = told, None
    if told.count(":") == 1 or "]:" in told:
        host, _, digits = told.rpartition(":")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and 0 < int(digits) < 65536):
            raise ValueError(f"{digits!r} is no port")
        port = int(digits)
    return host.removeprefix("[").removesuffix("]"), port


class Display(StrEnum):
    """What phones show before a caller's name: nothing, the number's name, the number, or its own words."""

    CALLER = "caller"
    NAME = "name"
    NUMBER = "number"
    WORDS = "words"


class LineCodec(StrEnum):
    """A codec that a line may be offered."""

    G722 = "G722"
    PCMA = "PCMA"
    PCMU = "PCMU"


class SipTrunk(Record):
    """A SIP trunk: registered with user name and password, or trusted by address (NUM-2).

    `kind` pbx is another telephone system, reached like a trunk. `operator` names the template that the form
    was filled from. `further_servers` take over when `server` fails. No call leaves when `max_channels` calls
    are up on the line. `keep_alive_seconds`: an empty packet as often keeps the router's door open (RFC 5626
    3.5.1); 0 for none. `codecs`: what is offered, best first; empty for what the caller can.
    `probe_seconds`: how often the servers are asked whether they are there (OPTIONS); 0 for never. `prefix`:
    dialled before a number, it takes the call out by this line (OUT-3). `forwarded_caller`,
    `told_redirections`: what the line says of calls from outside that leave again by it.
    `extension_in_to`: an extension of ours in To is called at once, by a pbx only; any other call follows the
    main number (IN-3). `extensions_there`: extensions of another phone system that are dialled as they are,
    without the prefix. `calls_outside`: the people of another phone system may call outside by our other
    lines, within the limits of calls outside (OUT-10). `passes_mobiles`: people's verified mobiles may be
    shown on it (OUT-2).
    `outside_host`: the fixed address of the box seen from outside, or the STUN server that is asked for it.
    """

    kind: Literal["sip_trunk", "pbx"] = "sip_trunk"
    id: Identifier
    name: Name
    enabled: bool = True
    mode: Literal["registered", "trusted"] = "registered"
    server: Host
    port: Port | None = None
    transport: Transport = Transport.AUTO
    user: Annotated[Login, Field(max_length=128)] = ""
    authentication_user: Annotated[Login, Field(max_length=128)] = ""
    password: Secret = Field(default="", validate_default=True)
    outbound_proxy: Host | None = None
    trusted_addresses: Annotated[tuple[HostOrNetwork, ...], Field(max_length=40)] = ()
    dialled_format: DialledFormat = DialledFormat.PLUS
    main_number_id: Identifier | None = None
    register_seconds: Annotated[int, Field(ge=60, le=7200)] = 600
    operator: Identifier | None = None
    further_servers: Annotated[tuple[Host, ...], Field(max_length=10)] = ()
    max_channels: Annotated[int, Field(ge=1, le=500)] | None = None
    called_number_in: CalledNumberIn = CalledNumberIn.AUTO
    identity_header: IdentityHeader = IdentityHeader.ASSERTED
    from_holds: FromHolds = FromHolds.NUMBER
    codecs: Annotated[tuple[LineCodec, ...], Field(max_length=len(LineCodec))] = ()
    keep_alive_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    probe_seconds: Annotated[int, Field(ge=0, le=3600)] = 30
    certificate_checked: bool = True
    encrypted_audio: EncryptedAudio = EncryptedAudio.AUTOMATIC
    prefix: LinePrefix | None = None
    forwarded_caller: ForwardedCaller = ForwardedCaller.OURS
    told_redirections: ToldRedirections = ToldRedirections.NONE
    extension_in_to: bool = False
    calls_outside: bool = False
    extensions_there: Annotated[tuple[ExtensionRange, ...], Field(max_length=20)] = ()
    passes_mobiles: bool = False
    outside_address: OutsideAddress = OutsideAddress.OWN
    outside_host: Host | None = None

    def has_extension(self, dialled: str) -> bool:
        """Whether that is an extension of the other phone system, by its ranges."""
        return any(holds(extensions, dialled) for extensions in self.extensions_there)


Line = SipTrunk


class OwnerFirst(StrEnum):
    """Whose responsible person rings before the route of open hours: the contact's, or the number's."""

    NOBODY = "nobody"
    CONTACT = "contact"
    NUMBER = "number"


class PersonUnanswered(StrEnum):
    """What follows when the responsible person, or the one whose extension was dialled, does not answer.

    The route, their mobile and then the route, or their voicemail (or what they chose for such calls).
    """

    ROUTE = "route"
    MOBILE = "mobile"
    MAILBOX = "mailbox"


class Number(Record):
    """What outsiders dial: arrives on a line, follows a route for each hours state.

    A state absent from `routes` follows `open`; a holiday first `closed`. `backup_number` is rung when nobody
    can be reached because something has failed (BACKUP-1); None takes the office's. `unknown_time`: whose
    route calls follow while the box does not know the time (TIME-7). `human_answer`: whose answer counts only
    after the key 1 (CONF-1); `whisper`: what who picks up hears alone before they are connected (WHISP-1).
    `owner_id`: the person responsible for the number; `owner_first`, `owner_unanswered`: who rings before the
    route of open hours, and what follows then (IN-5, IN-6).
    `caller_filter`: whether the office's caller filter stands before the route (IN-9).
    `max_calls`: how many calls of the outside it has at once; those beyond go to `overflow`, or hear a
    busy tone (IN-10). `announcement`: what callers
    hear first during opening hours, before anybody rings (IN-8). `display`, `display_words`: what phones show
    before the caller's name (WHISP-2); `ring_tone`: the distinct ring they are asked for (Alert-Info).
    `forwards_show_number_id`: the number of ours shown on calls that leave again; None for this one (OUT-8).
    `direct_dial`: while the announcement is said, callers may dial an extension; `direct_dial_unanswered`:
    what follows when whoever has it does not answer (IN-4). `ask_language`: callers choose French or English
    first, who chooses neither hears `language`; `announcement_other_language`: the announcement for those who
    have chosen the other one (NUM-5).
    """

    id: Identifier
    name: Name
    number: E164
    line_id: Identifier
    owner_id: Identifier | None = None
    language: Language = Language.FRENCH
    calendar_id: Identifier | None = None
    unknown_time: HoursState = HoursState.OPEN
    routes: Annotated[dict[HoursState, Route], Field(min_length=1)]
    backup_number: E164 | None = None
    human_answer: HumanAnswer = HumanAnswer.OUTSIDE
    whisper: Annotated[tuple[WhisperPart, ...], Field(max_length=len(WhisperPart))] = ()
    caller_filter: bool = True
    owner_first: OwnerFirst = OwnerFirst.NOBODY
    owner_unanswered: PersonUnanswered = PersonUnanswered.ROUTE
    max_calls: Annotated[int, Field(ge=1, le=500)] | None = None
    overflow: Destination | None = None
    announcement: Greeting | None = None
    announcement_other_language: Greeting | None = None
    ask_language: bool = False
    direct_dial: bool = False
    direct_dial_unanswered: PersonUnanswered = PersonUnanswered.ROUTE
    comment: Label = ""
    display: Display = Display.CALLER
    display_words: Annotated[Label, Field(max_length=30)] = ""
    ring_tone: RingTone | None = None
    forwards_show_number_id: Identifier | None = None
