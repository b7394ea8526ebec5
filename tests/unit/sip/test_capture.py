"""Captures: read back by the format's own definition."""

import ipaddress
import struct

from appliance.sip.capture import capture
from appliance.sip.tracing import TracedMessage

HERE, THERE = ("192.0.2.1", 5060), ("192.0.2.7", 5062)


def packets(file):
    """(seconds, packet) of each record."""
    assert struct.unpack_from("<IHHiIII", file) == (0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    at = 24
    while at < len(file):
        seconds, micros, size, whole = struct.unpack_from("<IIII", file, at)
        assert size == whole
        yield seconds + micros / 1e6, file[at + 16 : at + 16 + size]
        at += 16 + size


def test_a_message_stands_in_a_datagram_from_its_sender_to_its_receiver():
    sent = TracedMessage(1000.25, True, "UDP", HERE, THERE, b"INVITE sip:a SIP/2.0\r\n\r\n")
    received = TracedMessage(1000.5, False, "TLS", HERE, THERE, b"SIP/2.0 100 Trying\r\n\r\n")
    (first, one), (second, other) = packets(capture([sent, received]))
    assert (first, second) == (1000.25, 1000.5)
    for packet, source, target, data in ((one, HERE, THERE, sent.data), (other, THERE, HERE, received.data)):
        assert packet[0] == 0x45 and packet[9] == 17
        assert struct.unpack(">H", packet[2:4])[0] == len(packet) == 28 + len(data)
        assert ipaddress.ip_address(packet[12:16]) == ipaddress.ip_address(source[0])
        assert ipaddress.ip_address(packet[16:20]) == ipaddress.ip_address(target[0])
        assert struct.unpack(">HHH", packet[20:26]) == (source[1], target[1], 8 + len(data))
        assert packet[28:] == data
        # A right header sums up to all ones (RFC 1071).
        total = sum(struct.unpack(">10H", packet[:20]))
        assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_ipv6_and_names():
    six = TracedMessage(0, True, "UDP", ("2001:db8::1", 5060), ("fe80::2%eth0", 5060), b"x")
    named = TracedMessage(-1, True, "WS", ("box", 80), ("browser.invalid", 70000), b"y")
    (_, packet), (_, other) = packets(capture([six, named]))
    assert packet[0] >> 4 == 6 and packet[6] == 17
    assert packet[8:24] == ipaddress.ip_address("2001:db8::1").packed
    assert other[12:20] == bytes(8)
