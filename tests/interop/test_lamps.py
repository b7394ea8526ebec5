"""A real phone watches: its message lamp, and whether a colleague can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.baresip import Baresip
from tests.interop.waiting import until


def told_online(watching: Baresip) -> bool:
    """Whether its list of contacts says that the colleague can be reached."""
    watching.command("contacts")
    return "Online" in watching.log()


@pytest.mark.matrix("baresip", "MWI", "presence", "busy")
@pytest.mark.feature("VM-7")
def test_baresip_is_told_of_messages_and_of_a_colleague(
    box: Box, network: Network, phones: Phones, place: Path
) -> None:
    box.start()
    set_up(box)
    alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    box.api.add("mailboxes", name="Alice", owner="person", owner_id=alice.person_id)
    watching = Baresip(network.host("watching"), place / "watching")
    watching.account(alice.user, PASSWORD, box.server)
    watching.watch("102", box.server)
    try:
        if not watching.starts_watching_messages():
            pytest.skip("this start of Baresip 1.0 does nothing but subscribe: a fault of its own")
        until(lambda: "Messages-Waiting: no" in watching.log(), "the message lamp, dark")
        until(lambda: box.resources()["subscriptions"] == 2, "both subscriptions")

        calling = phones.baresip("bruno", bruno, tone=600)
        until(lambda: told_online(watching), "the colleague, reachable", every=0.5)

        # Nobody takes the call: after the greeting a message is left.
        calling.call("101")
        watching.wait_event("CALL_INCOMING")
        watching.hang_up()
        calling.wait_event("CALL_ESTABLISHED")
        until(lambda: box.state()["calls"][0]["state"] == "message", "the mailbox")
        calling.listen(16)
        calling.hang_up()
        until(lambda: "Messages-Waiting: yes" in watching.log(), "the message lamp, lit")
        assert "Voice-Message: 1/0" in watching.log()
    finally:
        print(watching.log()[-3000:])
        watching.stop()
