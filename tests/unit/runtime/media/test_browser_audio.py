"""A browser's audio on a port: checks, handshake and keys against OpenSSL's own client, without sockets."""

from __future__ import annotations

import hmac
from hashlib import sha1
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL

from appliance.media.agreement import BrowserTerms
from appliance.media.srtp_keys import SrtpError, SrtpKeys
from appliance.runtime.media import dtls
from appliance.runtime.media.browser_audio import BrowserAudio
from appliance.runtime.media.encryption import Encryption

WAY, STRANGER = ("192.168.1.9", 50000), ("192.168.1.66", 50000)
UFRAG, PASSWORD = "ours", "a password of ours"


def check(password: str = PASSWORD, *, nominates: bool = False) -> bytes:
    """A Binding request, signed."""
    name = f"{UFRAG}:theirs".encode()
    fields = b"\x00\x06" + len(name).to_bytes(2, "big") + name + bytes(-len(name) % 4)
    fields += b"\x00\x25\x00\x00" if nominates else b""
    head = b"\x00\x01" + (len(fields) + 24).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + b"transaction!"
    return head + fields + b"\x00\x08\x00\x14" + hmac.new(password.encode(), head + fields, sha1).digest()


class Wire:
    """Where the port's datagrams go."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Any]] = []

    def sendto(self, data: bytes, target: Any) -> None:
        self.sent.append((data, target))

    def take(self) -> list[bytes]:
        taken, self.sent = self.sent, []
        return [data for data, _ in taken]


class Client:
    """The browser's end of the handshake; its certificate is the one that the process made for itself."""

    def __init__(self) -> None:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_80")
        dtls._make_identity.cache_clear()
        mine = dtls.identity()
        self.digest = mine.fingerprint
        self.connection = SSL.Connection(mine.context, None)
        self.connection.set_connect_state()
        self.connection.set_ciphertext_mtu(1200)
        dtls._make_identity.cache_clear()

    def turn(self, *datagrams: bytes) -> bytes:
        for datagram in datagrams:
            self.connection.bio_write(datagram)
        try:
            self.connection.do_handshake()
        except SSL.WantReadError:
            pass
        try:
            return self.connection.bio_read(65536)
        except SSL.WantReadError:
            return b""


class Port:
    """A port's part of it."""

    def __init__(self, digest: str) -> None:
        self.wire = Wire()
        self.chosen: list[Any] = []
        self.keys: list[SrtpKeys] = []
        terms = BrowserTerms(UFRAG, PASSWORD, "theirs", "sha-256", digest)
        self.audio = BrowserAudio(terms, self.wire, self.chosen.append, self.keys.append)  # type: ignore[arg-type]

    def shake_hands(self, client: Client) -> None:
        self.audio.received(check(nominates=True), WAY)
        self.wire.take()
        flight = client.turn()
        for _ in range(10):
            if flight:
                self.audio.received(flight, WAY)
            flight = client.turn(*self.wire.take())


def test_keys_are_the_same_at_both_ends() -> None:
    client = Client()
    port = Port(client.digest)
    port.shake_hands(client)
    [keys] = port.keys
    material = client.connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 60)
    assert keys.receiving == material[:16] + material[32:46]
    assert keys.sending == material[16:32] + material[46:]
    assert port.chosen == [WAY]
    server = client.connection.get_peer_certificate()
    assert server is not None
    shown = server.to_cryptography().fingerprint(hashes.SHA256()).hex(":").upper()
    assert shown == dtls.identity().fingerprint


def test_another_certificate_than_the_signalling_named_gets_no_keys() -> None:
    client = Client()
    port = Port(":".join(["AB"] * 32))
    port.shake_hands(client)
    assert port.keys == []


def test_who_has_not_shown_the_password_is_not_answered() -> None:
    client = Client()
    port = Port(client.digest)
    port.audio.received(check("guessed", nominates=True), STRANGER)
    port.audio.received(client.turn(), STRANGER)
    assert port.wire.sent == [] and port.chosen == []
    port.audio.received(check(), WAY)
    assert [target for _, target in port.wire.sent] == [WAY] and port.chosen == []


def test_nonsense_after_the_checks_harms_nothing() -> None:
    client = Client()
    port = Port(client.digest)
    port.audio.received(check(), WAY)
    for packet in (b"\x16", b"\x16\xfe\xfd" + bytes(40), b"\x3f" * 100, b"\x00\x01"):
        port.audio.received(packet, WAY)
    port.audio.tick()
    port.shake_hands(client)
    assert len(port.keys) == 1


def test_nothing_passes_before_there_are_keys() -> None:
    encryption = Encryption()
    encryption.await_keys()
    assert encryption.open(memoryview(bytearray(100)), 100) == 0 and encryption.open_report(bytes(20)) == b""
    assert encryption.sender is not None
    with pytest.raises(SrtpError):
        encryption.sender.rtp(bytes(20))
    with pytest.raises(SrtpError):
        encryption.protect_report(bytes(20))


def test_the_way_of_the_handshake_is_used_until_the_browser_settles() -> None:
    client = Client()
    port = Port(client.digest)
    port.audio.received(check(), WAY)
    port.audio.received(check(), STRANGER)
    port.audio.received(client.turn(), STRANGER)
    assert port.chosen == [STRANGER]
    port.audio.received(check(nominates=True), WAY)
    assert port.chosen == [STRANGER, WAY]
