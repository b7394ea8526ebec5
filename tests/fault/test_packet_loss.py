"""A cable that loses every seventh packet: calls come about, each key counts once, and the box says so."""

from __future__ import annotations

import pytest

from tests.interop.bad_cable import bad_cable
from tests.interop.box import Box
from tests.interop.explained import last_call
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

LOSS = 0.15
KEYS = "1234567890*#"


@pytest.mark.feature("RING-1", "AUDIO-1")
def test_a_call_over_a_bad_cable_is_set_up_sent_on_and_ended(
    box: Box, phones: Phones, network: Network
) -> None:
    if not network.isolated:
        pytest.skip("needs network namespaces")
    people = open_with_colleagues(box)
    with bad_cable(network, network.host("alice"), loss=LOSS) as cable:
        alice = phones.baresip("alice", people[0], tone=440)
        bruno, chloe = (
            phones.baresip(name, somebody, tone=tone)
            for name, somebody, tone in zip(("bruno", "chloe"), people[1:], (600, 800), strict=True)
        )
        alice.call("102")
        bruno.answer()
        alice.wait_event("CALL_ESTABLISHED")
        alice.send_digits(KEYS)
        until(lambda: len(bruno.digits()) >= len(KEYS), "every key")
        alice.listen(4)
        bruno.transfer(f"sip:103@{box.server}")
        chloe.answer()
        bruno.wait_event("CALL_CLOSED")
        alice.listen(4)
        alice.hang_up()
        chloe.wait_event("CALL_CLOSED")
        record = last_call(box)
    assert bruno.digits() == KEYS
    assert seconds_of_tone(bruno.recorded_wav(), 440, share=0.5) > 2
    assert seconds_of_tone(chloe.recorded_wav(), 440, share=0.5) > 2
    for tone in (600, 800):
        assert seconds_of_tone(alice.recorded_wav(), tone, share=0.5) > 2
    figures = {leg["label"]: leg for leg in record["legs"]}
    bad, good = figures.pop("Poste 101"), figures
    assert cable.lost[0] * 0.7 < bad["lost"] <= cable.lost[0], "what the box counts is what the cable lost"
    assert bad["lost"] > 0.05 * bad["received"]
    assert all(leg["lost"] == 0 and leg["score"] > bad["score"] for leg in good.values())
