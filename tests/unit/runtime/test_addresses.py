"""Who is of the office's network: private addresses, and the IPv6 networks that the box itself is in."""

from __future__ import annotations

import pytest

from appliance.runtime import addresses
from appliance.runtime.addresses import LocalAddresses

INTERFACES = """\
2a010e0a01230045026057fffe123456 02 40 00 00     eth0
fe80000000000000026057fffe123456 02 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
"""


@pytest.fixture
def near(tmp_path, monkeypatch):
    """The judge of a box with one public IPv6 address, and the file that says so."""
    file = tmp_path / "if_inet6"
    file.write_text(INTERFACES)
    monkeypatch.setattr(addresses, "INET6_ADDRESSES", file)
    return LocalAddresses(lambda: 100.0).is_near


@pytest.mark.parametrize(
    ("address", "is_near"),
    [
        ("192.168.1.20", True),
        ("203.0.113.0", True),
        ("80.67.169.12", False),
        ("fd77::4", True),
        ("fe80::1%eth0", True),
        ("2a01:e0a:123:45::9", True),
        ("2a01:e0a:123:46::9", False),
        ("2a01:cb00::1", False),
        ("::1", True),
    ],
)
def test_who_is_of_the_offices_network(near, address, is_near):
    assert near(address) is is_near


def test_a_box_without_ipv6_takes_no_public_address_for_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(addresses, "INET6_ADDRESSES", tmp_path / "none")
    assert not LocalAddresses(lambda: 100.0).is_near("2a01:e0a:123:45::9")


def test_a_network_that_comes_later_is_seen_before_long(tmp_path, monkeypatch):
    file, now = tmp_path / "if_inet6", [100.0]
    monkeypatch.setattr(addresses, "INET6_ADDRESSES", file)
    own = LocalAddresses(lambda: now[0])
    assert not own.is_near("2a01:e0a:123:45::9")
    file.write_text(INTERFACES)
    now[0] += 31
    assert own.is_near("2a01:e0a:123:45::9")
