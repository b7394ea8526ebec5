"""What strangers can send to the box, each as a function of octets that must end soon and raise nothing.

A target lets its parser's own error pass; anything else that comes out of it is a fault.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

from appliance.configuration.calendars import HoursState
from appliance.configuration.closures import NoCalendar, closures
from appliance.configuration.contact_cards import read_table
from appliance.configuration.contact_files import TableError, as_records, guess
from appliance.media.dtmf import DtmfError, parse_event
from appliance.media.rtcp import RtcpError, build_rtcp, parse_rtcp
from appliance.media.rtp import RtpError, parse_rtp, payload_bounds
from appliance.media.stun import StunError, read_check
from appliance.media.stun import answer as answer_check
from appliance.sip.digest import answer, choose_challenge, verify
from appliance.sip.endpoint import Endpoint
from appliance.sip.errors import SipSyntaxError
from appliance.sip.flow import Flow
from appliance.sip.framing import FramingError, StreamFramer
from appliance.sip.headers import parse_credentials, parse_name_addr, parse_via
from appliance.sip.message import Request, Response
from appliance.sip.offer_answer import LocalAudio, apply_answer, build_offer, negotiate, offered_codecs
from appliance.sip.parser import parse_message
from appliance.sip.refer import read_refer, read_replaces
from appliance.sip.reliable_provisional import rack_of, rseq_of
from appliance.sip.sdes import SdesError, parse_crypto
from appliance.sip.sdp import SdpError, parse_sdp
from appliance.sip.session_timer import session_expires
from appliance.sip.tracing import call_id_in, covered
from appliance.sip.uri import Uri

HERE = Flow("UDP", ("192.0.2.1", 5060), ("192.0.2.7", 5062))
HERE_URI = Uri("sip", "box", host="192.0.2.1")
_REQUEST = b"\0\x01"
OURS = LocalAudio("192.0.2.1", 10000)


def message(data: bytes) -> None:
    """A datagram read as a message, its header fields, and written again: reading that gives the same."""
    call_id_in(data)
    covered(data)
    try:
        parsed = parse_message(data)
    except SipSyntaxError:
        return
    for name in ("via", "from_", "to", "cseq", "contacts", "routes", "record_routes"):
        with suppress(SipSyntaxError):
            getattr(parsed, name, None)
    again = parse_message(bytes(parsed))
    assert type(again) is type(parsed) and again.body == parsed.body
    assert isinstance(again, Request | Response)


def fields(data: bytes) -> None:
    """A text read as each of the structured header fields, and as a URI."""
    text = data.decode("utf-8", "replace")
    for parse in (parse_via, parse_name_addr, Uri.parse, parse_credentials):
        with suppress(SipSyntaxError):
            str(parse(text))


def stream(data: bytes) -> None:
    """Octets of a connection, in two pieces: the first octet says where it is cut."""
    framer = StreamFramer()
    cut = data[0] if data else 0
    with suppress(FramingError):
        framer.feed(data[1:cut])
        framer.feed(data[cut:])


def session_description(data: bytes) -> None:
    """A description read, written, offered to us and answering us."""
    try:
        parsed = parse_sdp(data)
    except SdpError:
        return
    parse_sdp(bytes(parsed))
    offered_codecs(parsed)
    with suppress(SdpError):
        negotiate(parsed, OURS, 1, 1)
    with suppress(SdpError):
        apply_answer(build_offer(OURS, 1, 1), parsed, OURS)


def digest(data: bytes) -> None:
    """A challenge answered, and credentials checked."""
    text = data.decode("utf-8", "replace")
    challenge = choose_challenge([text])
    if challenge is not None:
        with suppress(ValueError):
            answer(challenge, "INVITE", "sip:a", "user", "password", "cnonce")
    with suppress(SipSyntaxError):
        verify(parse_credentials(text), "REGISTER", "password")


def audio(data: bytes) -> None:
    """A datagram at an audio port: RTP, a digit in it, or RTCP."""
    with suppress(RtpError):
        packet = parse_rtp(data)
        start, end = payload_bounds(data, len(data))
        assert data[start:end] == packet.payload
        with suppress(DtmfError):
            parse_event(packet.payload)
    with suppress(RtcpError):
        compound = parse_rtcp(data)
        with suppress(ValueError):
            build_rtcp(compound)


def refer(data: bytes) -> None:
    """A REFER with this as its Refer-To, and other fields of the same text."""
    text = data.decode("utf-8", "replace").replace("\r", " ").replace("\n", " ")
    request = Request("REFER", HERE_URI)
    request.headers.add("Refer-To", text)
    request.headers.add("Session-Expires", text)
    with suppress(SipSyntaxError):
        read_refer(request)
    with suppress(SipSyntaxError):
        read_replaces(text)
    session_expires(request)
    request.headers.add("RAck", text)
    rack_of(request)
    response = Response(180)
    response.headers.add("Require", "100rel")
    response.headers.add("RSeq", text)
    rseq_of(response)


def endpoint(data: bytes) -> None:
    """Datagrams, cut at zero octets, at an endpoint that then hears nothing for a minute."""
    tokens = iter(range(1_000_000))
    listening = Endpoint(tokens=lambda: f"t{next(tokens)}")
    now = 0.0
    for datagram in data.split(b"\0")[:20]:
        listening.receive(datagram, HERE, now)
        for event in listening.take_events():
            session = getattr(event, "session", None)
            if session is not None and type(event).__name__ == "IncomingInvite":
                listening.refuse(session, 486, now)
        listening.take_outgoing()
        now += 0.1
    while (due := listening.next_timer()) is not None and due < 600:
        listening.advance(due)
        listening.take_events()
        listening.take_outgoing()


def stun(data: bytes) -> None:
    """A packet at the port of a browser's audio: as it came, and signed with the password."""
    padded = data + bytes(-len(data) % 4)
    head = _REQUEST + len(padded).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12)
    signed = _REQUEST + (len(padded) + 24).to_bytes(2, "big") + head[4:] + padded
    signed += b"\0\x08\0\x14" + hmac.new(b"password", signed, "sha1").digest()
    for packet in (data, head + padded, signed):
        with suppress(StunError):
            check = read_check(packet, "ours", "password")
            assert answer_check(check, ("192.0.2.7", 5062), "password")


def crypto(data: bytes) -> None:
    """The value of an a=crypto line."""
    with suppress(SdesError):
        parsed = parse_crypto(data.decode("utf-8", "replace"))
        assert parse_crypto(str(parsed)) == parsed


def contacts(data: bytes) -> None:
    """A file of contacts, cards or rows."""
    with suppress(TableError):
        table = read_table(data)
        list(as_records(table, guess(table.headings)))


def calendar(data: bytes) -> None:
    """A calendar from elsewhere."""
    with suppress(NoCalendar):
        closures(data, date(2026, 1, 1), date(2027, 12, 31), ZoneInfo("Europe/Paris"), HoursState.CLOSED)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "message": message,
    "fields": fields,
    "stream": stream,
    "session_description": session_description,
    "digest": digest,
    "audio": audio,
    "refer": refer,
    "endpoint": endpoint,
    "stun": stun,
    "crypto": crypto,
    "contacts": contacts,
    "calendar": calendar,
}
# Those whose searches begin with the messages of tests/data; the others have a corpus.
BEGINS_WITH_MESSAGES = frozenset({"message", "stream", "endpoint", "session_description"})
