"""The files of the box's certificate authority and of its server certificate; run by `certificates.prepare`.

A program of its own: what makes certificates, for some seconds a year, would stay in the box's memory.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.storage.certificates import (
    CERTIFICATES,
    FOLDER,
    SERVER_DAYS,
    Certificates,
    is_address,
    server_file,
    sorted_names,
)
from appliance.storage.data_folder import write_atomically

# Many deskphones in use read no other kind of key.
KEY_BITS = 2048
AUTHORITY_DAYS = 20 * 365
# The clocks of phones that have just started lag behind.
BACKDATED = timedelta(days=2)
AUTHORITY_NAME = "Autocom"


class CertificateFiles:
    """The four files, all readable by their owner only; a key is written before what is signed with it."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER
        self.authority = self.folder / "authority.pem"
        self.authority_key = self.folder / "authority.key"
        self.server = server_file(data)

    def prepare(self, names: Iterable[str], now: datetime) -> Certificates:
        """Make what is missing, unreadable, near its end or for other names (blocking, for seconds).

        `names`: IP addresses and host names; `now` is aware. Raises OSError.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        wanted = sorted_names(names)
        try:
            authority, key = self._read_authority(now)
        except (OSError, ValueError, TypeError):
            authority, key = self._make_authority(now)
        try:
            made = self._read(authority, now)
        except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            made = None
        if made is None or made.is_due(wanted, now):
            self._make_server(authority, key, wanted, now)
            made = self._read(authority, now)
        return made

    def _read_authority(self, now: datetime) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
        authority = x509.load_pem_x509_certificate(self.authority.read_bytes())
        key = serialization.load_pem_private_key(self.authority_key.read_bytes(), None)
        if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != authority.public_key():
            raise ValueError("the authority's key is another's")
        if authority.not_valid_after_utc < now + timedelta(days=SERVER_DAYS):
            raise ValueError("the authority ends before the server's certificate would")
        return authority, key

    def _make_authority(self, now: datetime) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
        key = rsa.generate_private_key(65537, KEY_BITS)
        made_in = f"{AUTHORITY_NAME} {now:%Y-%m-%d}"
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, made_in)])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        authority = (
            _builder(name, name, key, now, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        write_atomically(self.authority_key, _private(key))
        write_atomically(self.authority, authority.public_bytes(serialization.Encoding.PEM))
        return authority, key

    def _make_server(
        self, authority: x509.Certificate, signer: rsa.RSAPrivateKey, names: tuple[str, ...], now: datetime
    ) -> None:
        key = rsa.generate_private_key(65537, KEY_BITS)
        # A common name has 64 characters at most, and some phones look at nothing else.
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64] if names else "autocom")])
        usage = x509.KeyUsage(True, False, True, False, False, False, False, False, False)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        alternative = [name for one in names for name in _general_names(one)]
        certificate = (
            _builder(subject, authority.subject, key, now, SERVER_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(signer, hashes.SHA256())
        )
        # Key and chain in one file: they are replaced together, whenever the power fails.
        chain = certificate.public_bytes(serialization.Encoding.PEM)
        chain += authority.public_bytes(serialization.Encoding.PEM)
        write_atomically(self.server, _private(key) + chain)

    def _read(self, authority: x509.Certificate, now: datetime) -> Certificates:
        """What the files hold; raises what is wrong with them."""
        content = self.server.read_bytes()
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificates(content)[0]
        if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the server's key is another's")
        certificate.verify_directly_issued_by(authority)
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = {*alternative.get_values_for_type(x509.DNSName)}
        names |= {str(one) for one in alternative.get_values_for_type(x509.IPAddress)}
        return Certificates(
            names=sorted_names(names),
            server_until=certificate.not_valid_after_utc,
            authority_until=authority.not_valid_after_utc,
            authority_pem=authority.public_bytes(serialization.Encoding.PEM),
            fingerprint=authority.fingerprint(hashes.SHA256()).hex(":").upper(),
        )


def _general_names(name: str) -> list[x509.GeneralName]:
    # An address twice: Linphone and others that use mbed TLS look among the names alone.
    written: list[x509.GeneralName] = [x509.DNSName(name)]
    return [x509.IPAddress(ip_address(name)), *written] if is_address(name) else written


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now - BACKDATED + timedelta(days=days))
    )


def _private(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def main(data: str, moment: str, *names: str) -> int:
    """Prepare the files in a data folder, and print what they are; or why not, with status 1."""
    try:
        made = CertificateFiles(Path(data)).prepare(names, datetime.fromisoformat(moment))
    except OSError as error:
        print(error)
        return 1
    sys.stdout.buffer.write(CERTIFICATES.dump_json(made))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
