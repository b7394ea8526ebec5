"""The handshake of a browser's audio: DTLS with SRTP keys (RFC 5764), of which we are the server."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from appliance.media.srtp_keys import SrtpKeys, SrtpProfile

log = logging.getLogger(__name__)

PROFILE = SrtpProfile.AES_128_SHA1_80
_PROFILE_NAME = b"SRTP_AES128_CM_SHA1_80"
_LABEL = b"EXTRACTOR-dtls_srtp"
_RECORD_HEAD = 13
_MTU = 1200
_DTLS_1_2 = 0xFEFD
_DAYS = 365 * 20
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Identity:
    """The certificate all our handshakes show while this process lives, and its SHA-256 fingerprint."""

    context: SSL.Context
    fingerprint: str


def identity() -> Identity:
    """Ours, made at first need, in some milliseconds; any thread may ask."""
    with _LOCK:
        return _make_identity()


@cache
def _make_identity() -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "autocom")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=_DAYS))
        .sign(key, SHA256())
    )
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_min_proto_version(_DTLS_1_2)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_options(SSL.OP_NO_QUERY_MTU)
    context.set_tlsext_use_srtp(_PROFILE_NAME)
    # Browsers show certificates that nobody signed: what counts is the fingerprint that came by SIP.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *given: True)
    return Identity(context, certificate.fingerprint(SHA256()).hex(":").upper())


class Handshake:
    """One handshake; `send` takes each datagram for the browser.

    `keys` is there when it is done and the certificate is the one of `hash_name` and `digest`; `failed`
    when it will never be.
    """

    def __init__(self, hash_name: str, digest: str, send: Callable[[bytes], object]) -> None:
        self._expected = hash_name.replace("-", ""), digest
        self._send = send
        self._connection = SSL.Connection(identity().context, None)
        self._connection.set_accept_state()
        self._connection.set_ciphertext_mtu(_MTU)
        self.keys: SrtpKeys | None = None
        self.failed = False

    def received(self, datagram: bytes) -> None:
        """Take one datagram of the browser's."""
        if not self.failed:
            self._connection.bio_write(datagram)
            self._go_on()

    def tick(self) -> None:
        """Send again what is due; to be called about twice a second."""
        if self.keys is None and not self.failed and self._connection.DTLSv1_get_timeout() == 0:
            self._connection.DTLSv1_handle_timeout()
            self._flush()

    def _go_on(self) -> None:
        try:
            if self.keys is None:
                self._connection.do_handshake()
                self._finish()
            else:
                # Only alerts and repeated flights come after it; reading answers the latter.
                self._connection.recv(2048)
        except (SSL.WantReadError, SSL.ZeroReturnError):
            pass
        except SSL.Error as error:
            self.failed = self.keys is None
            log.info("a browser's handshake failed: %s", error)
        self._flush()

    def _finish(self) -> None:
        certificate = self._connection.get_peer_certificate()
        hash_name, digest = self._expected
        shown = certificate.digest(hash_name) if certificate is not None else b""
        if (
            not hmac.compare_digest(shown, digest.encode())
            or self._connection.get_selected_srtp_profile() != _PROFILE_NAME
        ):
            self.failed = True
            log.warning("a browser's audio is not from whom its signalling said")
            return
        key, salt = PROFILE.key_octets, PROFILE.salt_octets
        # Their key, our key, their salt, our salt (RFC 5764 4.2): the browser is the client.
        material = self._connection.export_keying_material(_LABEL, 2 * (key + salt))
        theirs, ours = material[:key], material[key : 2 * key]
        their_salt, our_salt = material[2 * key : 2 * key + salt], material[2 * key + salt :]
        self.keys = SrtpKeys(PROFILE, sending=ours + our_salt, receiving=theirs + their_salt)

    def _flush(self) -> None:
        """Send what waits, whole records in each datagram."""
        try:
            waiting = self._connection.bio_read(65536)
        except SSL.Error:
            return
        datagram = b""
        while len(waiting) >= _RECORD_HEAD:
            size = _RECORD_HEAD + int.from_bytes(waiting[_RECORD_HEAD - 2 : _RECORD_HEAD], "big")
            if datagram and len(datagram) + size > _MTU:
                self._send(datagram)
                datagram = b""
            datagram, waiting = datagram + waiting[:size], waiting[size:]
        if datagram:
            self._send(datagram)
