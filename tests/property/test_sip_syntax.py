"""Whatever arrives, reading SIP ends soon, raises nothing but its own errors, and can be written again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sip.bodies import session_description_of
from appliance.sip.checks import check_request, is_for_us
from appliance.sip.digest import Nonces, choose_challenge, nonce_count, verify
from appliance.sip.diversion import parse_diversion
from appliance.sip.errors import SipSyntaxError
from appliance.sip.framing import FramingError, StreamFramer
from appliance.sip.headers import (
    NameAddr,
    parse_challenge,
    parse_contact,
    parse_credentials,
    parse_cseq,
    parse_name_addr,
    parse_seconds,
    parse_via,
    split_list,
)
from appliance.sip.history_info import parse_history_entry
from appliance.sip.message import Message, Request, Response, make_response
from appliance.sip.parser import MAX_MESSAGE, parse_message
from appliance.sip.sdp import SdpError, parse_sdp
from appliance.sip.uri import Uri

MESSAGES = Path(__file__).parents[1] / "data" / "sip-messages"
CORPUS = [path.read_bytes() for path in sorted(MESSAGES.rglob("*.dat"))]
MARKS = (b'"', b"<", b">", b";", b",", b"\r\n", b"\n ", b"%", b":", b"\\", b" ")
HEADER_NAMES = "Via From To Contact CSeq Call-ID Route Require Date Accept l c X-Any".split()
NONCES = Nonces(b"secret")
TEXT_READERS: list[Callable[[str], object]] = [
    Uri.parse,
    parse_name_addr,
    parse_contact,
    parse_diversion,
    parse_history_entry,
    parse_via,
    parse_cseq,
    parse_challenge,
    parse_credentials,
    parse_seconds,
    split_list,
]

wire_text = st.text(st.characters(max_codepoint=0x2FF), max_size=60)
syntax_text = st.text('abc01 \t"<>\\;,:@?=&%/[]*é\r\n', max_size=40)


def use(data: bytes) -> bool:
    """Do with the octets all that the box does with a datagram; whether they were a message."""
    try:
        message = parse_message(data)
    except SipSyntaxError as error:
        assert 400 <= error.status < 600
        if error.reply_to is not None:
            bytes(make_response(error.reply_to, error.status, error.reason, to_tag="t"))
        return False
    use_fields(message)
    if isinstance(message, Request):
        check_request(message)
        bytes(make_response(message, 200, to_tag="t"))
    else:
        is_for_us(message)
    return True


def use_fields(message: Message) -> None:
    """Every typed property, which must not raise; then what upper rooms read, which has its own errors."""
    _ = message.via, message.vias, message.from_, message.to, message.cseq, message.call_id, message.contact
    _ = message.contacts, message.routes, message.record_routes, message.content_type, message.expires
    _ = message.option_tags("Supported"), message.to.uri.address_of_record, repr(message)
    choose_challenge(message.headers.all("WWW-Authenticate"))
    try:
        credentials = parse_credentials(message.headers.get("Authorization") or "")
    except SipSyntaxError:
        pass
    else:
        assert not verify(credentials, "INVITE")
        NONCES.check(credentials.get("nonce"), nonce_count(credentials), 1.0)
    try:
        parse_sdp(session_description_of(message))
    except SdpError:
        pass


def shape(message: Message) -> tuple[object, ...]:
    return (
        message.call_id,
        message.cseq,
        message.from_,
        message.to,
        message.vias,
        message.contacts,
        message.routes,
        message.record_routes,
        message.body,
        message.uri if isinstance(message, Request) else message.start_line,
    )


def assert_survives_writing(data: bytes) -> None:
    try:
        message = parse_message(data)
    except SipSyntaxError:
        return
    assert shape(parse_message(bytes(message))) == shape(message)


def mutated(source: random.Random) -> bytes:
    """A message of the corpus, damaged: cut, spliced with another, with octets changed, put in or doubled."""
    data = bytearray(source.choice(CORPUS))
    for _ in range(source.randrange(1, 5)):
        at = source.randrange(len(data) + 1)
        kind = source.randrange(6)
        if kind == 0:
            del data[at:]
        elif kind == 1:
            del data[at : at + source.randrange(1, 20)]
        elif kind == 2:
            data[at : at + 1] = source.randbytes(source.randrange(1, 4))
        elif kind == 3:
            data[at:at] = source.choice(
                (b'"', b"<", b">", b";", b",", b"\r\n", b"\n ", b"%", b":", b"\\", b" ")
            )
        elif kind == 4:
            data[at:at] = data[at : at + source.randrange(1, 100)]
        else:
            other = source.choice(CORPUS)
            data[at:] = other[source.randrange(len(other)) :]
    return bytes(data)


def test_a_hundred_thousand_bad_datagrams() -> None:
    source = random.Random(20261121)
    taken = 0
    for number in range(100_000):
        kind = number % 8
        if kind == 0:
            data = source.randbytes(source.randrange(200))
        elif kind == 1:
            whole = source.choice(CORPUS)
            data = whole[: source.randrange(len(whole))]
        else:
            data = mutated(source)
        taken += use(data)
    assert 1_000 < taken < 90_000


def test_every_truncation_of_the_corpus() -> None:
    for whole in CORPUS:
        for end in range(0, len(whole), 7):
            use(whole[:end])


def test_damaged_messages_that_are_taken_survive_writing() -> None:
    source = random.Random(4475)
    for _ in range(10_000):
        assert_survives_writing(mutated(source))


@given(st.binary(max_size=400))
def test_any_octets(data: bytes) -> None:
    use(data)


@given(st.sampled_from(CORPUS), st.data())
def test_any_header_line_put_into_a_message(whole: bytes, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(HEADER_NAMES))
    value = data.draw(st.one_of(wire_text, syntax_text))
    first, _, rest = whole.partition(b"\r\n")
    changed = first + f"\r\n{name}: {value}\r\n".encode() + rest
    use(changed)
    assert_survives_writing(changed)


@given(st.one_of(wire_text, syntax_text))
def test_any_text_for_every_reader(text: str) -> None:
    for read in TEXT_READERS:
        try:
            value = read(text)
        except SipSyntaxError:
            continue
        if isinstance(value, Uri | NameAddr):
            str(value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.text("abc.;= ", max_size=10))
def test_any_display_name_and_user_survive(name: str, user: str) -> None:
    address = NameAddr(name, Uri("sip", user or None, host="pbx"), (("tag", "x"),))
    again = parse_name_addr(str(address))
    assert again.uri == address.uri
    assert again.tag == "x"
    if name.isprintable():
        assert again.display_name == name


@given(st.lists(st.sampled_from(CORPUS[:27]), max_size=4), st.lists(st.integers(1, 700), max_size=12))
def test_a_stream_may_be_cut_anywhere(messages: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(messages)
    framer = StreamFramer()
    found: list[bytes] = []
    for cut in cuts:
        found += framer.feed(stream[:cut])
        stream = stream[cut:]
    assert found + framer.feed(stream) == messages


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(CORPUS), st.just(b"\r\n\r\n")), max_size=8))
def test_any_stream(pieces: list[bytes]) -> None:
    framer = StreamFramer()
    try:
        for piece in pieces:
            for message in framer.feed(piece):
                use(message)
    except FramingError as error:
        use(error.head)
    assert framer.pending <= MAX_MESSAGE + sum(map(len, pieces))


HEAD = (
    "OPTIONS sip:102@pbx SIP/2.0\r\n{}From: <sip:101@pbx>;tag=f\r\nTo: <sip:102@pbx>\r\nCall-ID: c\r\n"
    "CSeq: 1 OPTIONS\r\n{}\r\n"
)
VIA = "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
FRAGMENTS = (
    '"', "<", ">", "<>", '""', '"\\', "\\", ",", ";", ";a", ";a=b", '";', "<,", ", ", " ", "\t", "\r\n ",
    "\r\n\t\r\n ", "\r", "%", "%41", "@", ":", "::", "[", "sip:", "<sip:a@b>,", "a,", "=", '="",',
    "SIP/2.0/UDP a,", "\n", "a:\r\n", "é", "0", "?", "&", "/", "a=1,", 'a="1",', "--b", ";boundary=", "\x00",
)  # fmt: skip


def adversaries() -> Iterator[tuple[str, bytes]]:
    """Messages of nearly 64 KiB made of one thing many times, where it may hurt."""
    for fragment in FRAGMENTS:
        crowd = (fragment * 63_000)[:63_000]
        for name in (
            "Via",
            "From",
            "Contact",
            "Route",
            "Require",
            "Authorization",
            "X-Any",
            "CSeq",
            "Content-Type",
        ):
            for start in ("", '"', "<sip:a", "<sip:a@b>", "Digest "):
                line = f"{name}: {start}{crowd}\r\n"
                via = line if name == "Via" else VIA + line
                yield f"{name}: {start}{fragment!r}", HEAD.format(via, "").encode()
        yield f"start {fragment!r}", crowd.encode()
        yield f"uri {fragment!r}", HEAD.format(VIA, "").replace("102@pbx SIP", f"{crowd} SIP", 1).encode()
        yield (
            f"body {fragment!r}",
            HEAD.format(VIA, "c: multipart/x;boundary=b\r\n").encode() + crowd.encode(),
        )
        yield f"sdp {fragment!r}", HEAD.format(VIA, "").encode() + b"v=0\r\n" + crowd.encode()
        yield (
            f"sdp m {fragment!r}",
            HEAD.format(VIA, "").encode() + b"v=0\r\nm=audio 1 RTP/AVP " + crowd.encode(),
        )


def seconds_for(action: Callable[[bytes], object], data: bytes) -> float:
    """Processor time of the fastest of three runs, so that other work on the machine does not count."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        try:
            action(data)
        except FramingError:
            pass
        best = min(best, time.process_time() - start)
        if best < 0.005:
            break
    return best


def test_no_input_takes_long() -> None:
    # The aim is 5 ms; the allowance is for slow machines. Anything quadratic would take seconds.
    slow = {
        name: took for name, data in adversaries() if (took := seconds_for(use, data[:MAX_MESSAGE])) > 0.025
    }
    assert not slow


@pytest.mark.parametrize("fragment", [b"\r\n", b"\n", b"a SIP/2.0\n\n", b"\r\n\r", b"x", b"l:", b"\nl: 1"])
def test_no_stream_takes_long(fragment: bytes) -> None:
    data = (fragment * MAX_MESSAGE)[:MAX_MESSAGE]
    assert seconds_for(lambda octets: StreamFramer().feed(octets), data) < 0.1


def test_a_response_is_used_like_a_request() -> None:
    response = next(data for data in CORPUS if data.startswith(b"SIP/2.0 183"))
    assert isinstance(parse_message(response), Response)
    assert use(response)
