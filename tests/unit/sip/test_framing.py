"""Messages out of a stream."""

from __future__ import annotations

import pytest

from appliance.sip.framing import KEEPALIVE, FramingError, StreamFramer
from appliance.sip.parser import SipSyntaxError, parse_message

HEAD = b"INFO sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n"
PLAIN = HEAD + b"Content-Length: 4\r\n\r\n\r\n\r\n"
COMPACT = HEAD.replace(b"\r\n", b"\n") + b"l : 3\n\nabc"
FOLDED = HEAD + b"CONTENT-LENGTH:\r\n 2\r\n\r\nab"
BARE = b"OPTIONS sip:a SIP/2.0\r\nX: y\r\n\r\n"


def test_whole_messages_in_one_piece() -> None:
    assert StreamFramer().feed(PLAIN + COMPACT + FOLDED + BARE) == [PLAIN, COMPACT, FOLDED, BARE]


def test_octet_by_octet() -> None:
    framer = StreamFramer()
    stream = PLAIN + b"\r\n\r\n" + COMPACT + b"\r\n" + FOLDED + b"\n" + BARE
    messages = [message for octet in stream for message in framer.feed(bytes([octet]))]
    assert messages == [PLAIN, KEEPALIVE, COMPACT, FOLDED, BARE]
    assert framer.pending == 0


def test_pings_are_told_apart_from_single_line_ends() -> None:
    framer = StreamFramer()
    assert framer.feed(b"\r\n") == []
    assert framer.feed(b"\r\n") == [KEEPALIVE]
    assert framer.feed(b"\r\n\r\n\r\n\r\n") == [KEEPALIVE, KEEPALIVE]
    assert framer.feed(b"\r\n" + BARE) == [BARE]


def test_a_flood_of_pings_is_answered_once() -> None:
    assert StreamFramer().feed(KEEPALIVE * 10_000) == [KEEPALIVE]


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: -1\r\n",
        b"Content-Length: x\r\n",
        b"Content-Length:\r\n",
        b"Content-Length: 1\r\nl: 2\r\n",
        b"Content-Length: 99999999999999\r\n",
        b"Content-Length: 70000\r\n",
    ],
)
def test_stream_is_given_up_when_the_length_is_in_doubt(lines: bytes) -> None:
    framer = StreamFramer()
    with pytest.raises(FramingError) as caught:
        framer.feed(HEAD + lines + b"\r\n")
    with pytest.raises(SipSyntaxError) as refused:
        parse_message(caught.value.head)
    assert refused.value.status == 400
    assert refused.value.reply_to is not None
    with pytest.raises(FramingError):
        framer.feed(BARE)


def test_messages_before_the_fault_are_given() -> None:
    framer = StreamFramer()
    assert framer.feed(BARE + HEAD + b"l: x\r\n\r\n") == [BARE]
    with pytest.raises(FramingError):
        framer.feed(b"")


def test_endless_head_is_given_up() -> None:
    framer = StreamFramer(limit=1000)
    with pytest.raises(FramingError):
        for _ in range(200):
            framer.feed(b"INVITE x ")


def test_what_is_no_sip_is_given_up() -> None:
    with pytest.raises(FramingError):
        StreamFramer().feed(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


def test_length_inside_the_body_or_another_header_does_not_count() -> None:
    message = HEAD + b"X-Content-Length: 9\r\nSubject: l: 7\r\nContent-Length: 6\r\n\r\nl: 100"
    assert StreamFramer().feed(message) == [message]
