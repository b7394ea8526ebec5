"""A phone that speaks IPv6 alone and one that speaks IPv4 alone, with the box between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.baresip import Baresip
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


@pytest.mark.feature("RING-1")
def test_an_ipv6_phone_and_an_ipv4_phone_hear_each_other(
    box: Box, network: Network, phones: Phones, place: Path
) -> None:
    if not network.isolated:
        pytest.skip("the machine lets us make no network with IPv6")
    ours = network.add_ipv6(box.host)
    box.listens_everywhere = True
    box.start()
    set_up(box)
    six_lives, four_lives = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    four = phones.baresip("bruno", four_lives, tone=600)
    six = Baresip(network.host("alice"), place / "alice", tone=440)
    six.ipv6 = network.add_ipv6(six.host)
    six.account(six_lives.user, PASSWORD, f"[{ours}]")
    six.start()
    try:
        six.register()
        live = {each["phone_id"]: each for each in box.state()["phones"]}
        (binding,) = live[six_lives.phone_id]["bindings"]
        assert six.ipv6 in binding["address"]

        six.call("102")
        four.answer()
        six.wait_event("CALL_ESTABLISHED")
        six.send_digits("12")
        until(lambda: four.digits() == "12", "digits from one network to the other")
        four.listen(2)
        four.command("hold")
        until(lambda: box.state()["calls"][0]["state"] == "held", "the hold")
        four.command("resume")
        until(lambda: box.state()["calls"][0]["state"] == "talking", "the resumption")
        six.listen(2)
        six.hang_up()
        four.wait_event("CALL_CLOSED")
        assert seconds_of_tone(six.recorded_wav(), 600) > 1
        assert seconds_of_tone(four.recorded_wav(), 440) > 1
        box.wait_quiet()

        four.call("101")
        six.answer()
        four.wait_event("CALL_ESTABLISHED")
        four.listen(2)
        four.hang_up()
        six.wait_event("CALL_CLOSED")
        assert seconds_of_tone(four.recorded_wav(), 440) > 1
        box.wait_quiet()

        until(lambda: len(box.api.get("/history")["records"]) == 2, "the calls' records")
        record = box.api.get("/history")["records"][0]
        messages = box.api.get(f"/history/{record['id']}/messages")["messages"]
        (invite,) = [each["text"] for each in messages if each["sent"] and each["text"].startswith("INVITE ")]
        assert f"Via: SIP/2.0/UDP [{ours}]:5060" in invite
        assert f"@[{ours}]:5060>" in invite and f"c=IN IP6 {ours}" in invite
        assert box.api.get(f"/history/{record['id']}/capture")[:4] == b"\xd4\xc3\xb2\xa1"
    finally:
        print(f"--- the IPv6 phone said\n{six.log()[-2500:]}")
        six.stop(abruptly=True)
