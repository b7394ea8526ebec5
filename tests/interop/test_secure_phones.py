"""Real phones whose signalling is encrypted: they trust the box's own authority."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box, Refused
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.baresip import Baresip
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


def authority(box: Box) -> bytes | None:
    """The box's authority, once the secure port is open."""
    if not box.state()["sip_tls_port"]:
        return None
    try:
        content: bytes = box.api.get("/security/authority")
    except Refused:
        return None
    return content


@pytest.mark.feature("RING-1")
def test_a_phone_over_tls_and_one_over_udp_hear_each_other(
    box: Box, network: Network, phones: Phones, place: Path
) -> None:
    box.start()
    set_up(box)
    alice_lives, bruno_lives = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    trusted = place / "authority.pem"
    found = until(lambda: authority(box), "the secure port", 60)
    assert found is not None
    trusted.write_bytes(found)
    bruno = phones.baresip("bruno", bruno_lives, tone=600)
    alice = Baresip(network.host("alice"), place / "alice", tone=440)
    alice.trusts = trusted
    alice.account(alice_lives.user, PASSWORD, f"{box.host.address}:5061", transport="tls")
    alice.start()
    try:
        alice.register()
        live = {each["phone_id"]: each for each in box.state()["phones"]}
        assert [one["transport"] for one in live[alice_lives.phone_id]["bindings"]] == ["TLS"]
        alice.call("102")
        bruno.answer()
        alice.wait_event("CALL_ESTABLISHED")
        bruno.listen(2)
        bruno.hang_up()
        alice.wait_event("CALL_CLOSED")
        assert seconds_of_tone(bruno.recorded_wav(), 440) > 1
        assert seconds_of_tone(alice.recorded_wav(), 600) > 1
        bruno.call("101")
        alice.answer()
        alice.listen(1)
        alice.hang_up()
        box.wait_quiet()
    finally:
        print(alice.log()[-3000:])
        alice.stop(abruptly=True)
