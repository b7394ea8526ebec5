"""Connectivity checks: the vectors of RFC 5769, what is refused, and that nothing else is ever raised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.media.stun import Check, StunError, answer, is_stun, question, read_check, read_mapped

UFRAG, PASSWORD = "evtj", "VOkJxbRl1RmTxUk/WvJxBt"
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36"
    "0006000965766a743a68367659202020".replace("65766a74", "6576746a")
    + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
TRANSACTION = REQUEST[8:20]


def test_the_request_of_the_rfc_is_read() -> None:
    assert read_check(REQUEST, UFRAG, PASSWORD) == Check(TRANSACTION, nominates=False)


@pytest.mark.parametrize(
    ("source", "mapped"),
    [
        (("192.0.2.1", 32853), "0001a147e112a643"),
        (("2001:db8:1234:5678:11:2233:4455:6677", 32853), "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"),
    ],
)
def test_the_answer_names_the_source_as_the_rfc_writes_it(source: tuple[str, int], mapped: str) -> None:
    reply = answer(Check(TRANSACTION, False), source, PASSWORD)
    assert is_stun(reply) and reply[:2] == b"\x01\x01" and reply[8:20] == TRANSACTION
    assert reply[24 : 24 + len(mapped) // 2].hex() == mapped
    assert len(reply) == 20 + int.from_bytes(reply[2:4], "big")


@pytest.mark.parametrize(
    ("ufrag", "password"), [("evtk", PASSWORD), ("", PASSWORD), (UFRAG, "another"), (UFRAG, "")]
)
def test_a_check_for_another_or_by_another_is_refused(ufrag: str, password: str) -> None:
    with pytest.raises(StunError):
        read_check(REQUEST, ufrag, password)


# The name of the last attribute, the checksum: changed, it is another one, unsigned and to be ignored.
NAME_OF_CHECKSUM = range((len(REQUEST) - 8) * 8, (len(REQUEST) - 6) * 8)


@given(st.integers(0, len(REQUEST) * 8 - 1).filter(lambda bit: bit not in NAME_OF_CHECKSUM))
def test_one_changed_bit_is_noticed(bit: int) -> None:
    changed = bytearray(REQUEST)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(StunError):
        read_check(bytes(changed), UFRAG, PASSWORD)


@given(st.binary(max_size=1600))
def test_nothing_but_its_own_error_is_raised(packet: bytes) -> None:
    for data in (packet, REQUEST[:20] + packet, REQUEST[: len(packet) % len(REQUEST)]):
        with pytest.raises(StunError):
            read_check(data, UFRAG, PASSWORD)


@pytest.mark.parametrize(
    ("mapped", "seen"),
    [
        ("0001a147e112a643", ("192.0.2.1", 32853)),
        ("0002a1470113a9faa5d3f179bc25f4b5bed2b9d9", ("2001:db8:1234:5678:11:2233:4455:6677", 32853)),
    ],
)
def test_the_address_in_an_answer_is_read_as_the_rfc_writes_it(mapped: str, seen: tuple[str, int]) -> None:
    """Beside the name of the server's software, of a length that is padded."""
    value = bytes.fromhex(mapped)
    fields = b"\x80\x22\x00\x0btest vector " + b"\x00\x20" + len(value).to_bytes(2, "big") + value
    packet = b"\x01\x01" + len(fields).to_bytes(2, "big") + question(TRANSACTION)[4:] + fields
    assert read_mapped(packet, TRANSACTION) == seen
    with pytest.raises(StunError):
        read_mapped(packet, bytes(12))
    for end in range(len(packet)):
        with pytest.raises(StunError):
            read_mapped(packet[:end], TRANSACTION)


@given(st.binary(max_size=200))
def test_what_is_no_answer_is_refused(rest: bytes) -> None:
    head = b"\x01\x01" + len(rest).to_bytes(2, "big") + question(TRANSACTION)[4:]
    for packet in (rest, head + rest):
        try:
            host, port = read_mapped(packet, TRANSACTION)
        except StunError:
            continue
        assert host and 0 <= port < 65536
