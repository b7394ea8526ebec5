"""The box's certificates: made once, renewed in time, for the addresses it has."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from appliance.storage.certificate_files import CertificateFiles

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("box", "192.0.2.10", "2001:db8::10")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Files with certificates made at NOW for NAMES, and what they are."""
    files = CertificateFiles(tmp_path_factory.mktemp("data"))
    return files, files.prepare(NAMES, NOW)


def copied(made, tmp_path):
    """The same files, to be changed."""
    files = CertificateFiles(tmp_path)
    files.folder.mkdir()
    for path in made[0].folder.iterdir():
        (files.folder / path.name).write_bytes(path.read_bytes())
    return files


def test_they_are_for_the_addresses_and_names_and_readable_by_nobody_else(made):
    files, certificates = made
    assert set(certificates.names) == set(NAMES)
    assert {path.stat().st_mode & 0o777 for path in files.folder.iterdir()} == {0o600}
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.server)


def test_they_stay_as_they_are_while_they_are_good(made):
    files, certificates = made
    assert not certificates.is_due(reversed(NAMES), NOW + timedelta(days=300))
    assert files.prepare(NAMES, NOW + timedelta(days=300)) == certificates


@pytest.mark.parametrize(
    ("names", "later"),
    [(NAMES, timedelta(days=380)), (NAMES, timedelta(days=-30)), (("box", "192.0.2.11"), timedelta())],
    ids=["near the end", "made under a clock ahead", "another address"],
)
def test_the_server_is_renewed_and_the_phones_go_on_trusting(made, tmp_path, names, later):
    files, before = copied(made, tmp_path), made[1]
    assert before.is_due(names, NOW + later)
    after = files.prepare(names, NOW + later)
    assert not after.is_due(names, NOW + later)
    assert after.authority_pem == before.authority_pem


@pytest.mark.parametrize("name", ["authority.key", "server.pem"])
def test_what_cannot_be_read_is_made_again(made, tmp_path, name):
    files = copied(made, tmp_path)
    (files.folder / name).write_bytes(b"nonsense")
    after = files.prepare(NAMES, NOW)
    assert not after.is_due(NAMES, NOW)
    assert (after.authority_pem == made[1].authority_pem) == (name == "server.pem")
