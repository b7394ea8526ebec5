"""Real phones whose signalling and audio are encrypted: they trust the box's own authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.storage.certificate_files import CertificateFiles
from tests.interop.box import Box, Refused
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import NUMBER, OUTSIDER, PASSWORD, Somebody, add_somebody, route, set_up, to_person
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.linphone import Linphone
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

MakeBaresip = Callable[..., Baresip]


def authority(box: Box) -> bytes | None:
    """The box's authority, once the secure port is open."""
    if not box.state()["sip_tls_port"]:
        return None
    try:
        content: bytes = box.api.get("/security/authority")
    except Refused:
        return None
    return content


@pytest.fixture
def trusted(box: Box, place: Path) -> Path:
    """The authority of a box that runs, as phones are given it."""
    box.start()
    set_up(box)
    found = until(lambda: authority(box), "the secure port", 60)
    assert found is not None
    file = place / "authority.pem"
    file.write_bytes(found)
    return file


@pytest.fixture
def over_tls(box: Box, network: Network, place: Path, trusted: Path) -> Iterator[MakeBaresip]:
    """Makes a Baresip whose SIP is encrypted, and its audio as asked."""
    made: list[Baresip] = []

    def make(name: str, somebody: Somebody, *, tone: int, encryption: str) -> Baresip:
        phone = Baresip(network.host(name), place / name, tone=tone)
        phone.trusts = trusted
        server = f"{box.host.address}:5061"
        phone.account(somebody.user, PASSWORD, server, transport="tls", encryption=encryption)
        made.append(phone)
        phone.start()
        phone.register()
        return phone

    yield make
    for phone in made:
        print(f"--- {phone.host.name} said\n{phone.log()[-2500:]}")
        phone.stop(abruptly=True)


@pytest.fixture
def linphone(network: Network, place: Path, trusted: Path) -> Iterator[Linphone]:
    """A Linphone that takes no call whose audio is not encrypted."""
    phone = Linphone(network.host("chloe"), place / "chloe", tone=800)
    phone.encrypt(trusted)
    yield phone
    print(f"--- linphone said\n{phone.log()[-2500:]}")
    phone.stop(abruptly=True)


def hold_and_resume(box: Box, hold: Callable[[], object], resume: Callable[[], object]) -> None:
    hold()
    until(lambda: box.state()["calls"][0]["state"] == "held", "the hold")
    resume()
    until(lambda: box.state()["calls"][0]["state"] == "talking", "the resumption")


@pytest.mark.matrix("baresip", "TLS and SRTP")
@pytest.mark.matrix("linphone", "TLS and SRTP", "hold", "resume")
@pytest.mark.feature("RING-1")
def test_phones_that_insist_on_encryption_and_a_plain_one_hear_each_other(
    box: Box, phones: Phones, over_tls: MakeBaresip, linphone: Linphone
) -> None:
    people = [add_somebody(box, name, f"10{n}") for n, name in enumerate(("Alice", "Bruno", "Chloé"), 1)]
    alice = over_tls("alice", people[0], tone=440, encryption="srtp-mand")
    bruno = phones.baresip("bruno", people[1], tone=600)
    linphone.account(people[2].user, PASSWORD, box.host.address)
    linphone.start()
    linphone.register()
    live = {each["phone_id"]: each for each in box.state()["phones"]}
    assert [one["transport"] for one in live[people[0].phone_id]["bindings"]] == ["TLS"]

    # The phone offers encrypted audio, the box does not offer it to the plain phone.
    alice.call("102")
    bruno.answer()
    alice.wait_event("CALL_ESTABLISHED")
    bruno.listen(2)
    hold_and_resume(box, lambda: bruno.command("hold"), lambda: bruno.command("resume"))
    alice.listen(2)
    alice.send_digits("9")
    until(lambda: bruno.digits() == "9", "a digit through both kinds of audio")
    bruno.hang_up()
    alice.wait_event("CALL_CLOSED")
    assert seconds_of_tone(bruno.recorded_wav(), 440) > 1
    assert seconds_of_tone(alice.recorded_wav(), 600) > 1
    box.wait_quiet()

    # The box offers it; the phone that called is sent on, and two encrypted phones are left.
    bruno.call("101")
    alice.answer()
    bruno.wait_event("CALL_ESTABLISHED")
    alice.listen(1)
    bruno.transfer(f"sip:103@{box.server}")
    linphone.answer()
    until(lambda: len(box.state()["calls"]) == 1 and box.resources()["legs"] == 2, "two legs left")
    hold_and_resume(box, linphone.hold, linphone.resume)
    alice.listen(3)
    linphone.hang_up()
    alice.wait_event("CALL_CLOSED")
    assert seconds_of_tone(alice.recorded_wav(), 800) > 1
    assert seconds_of_tone(linphone.recorded_wav(), 440) > 1
    box.wait_quiet()

    for record in until(lambda: box.api.get("/history")["records"], "the calls' records"):
        details = box.api.get(f"/history/{record['id']}")
        by_name = {leg["label"]: leg["encrypted"] for leg in details["legs"]}
        assert by_name["Alice"] and not by_name["Bruno"]
        ladder = str(box.api.get(f"/history/{record['id']}/messages"))
        assert "inline:***" in ladder and "inline:" not in ladder.replace("inline:***", "")
    assert "inline:" not in box.log()


@pytest.mark.feature("NUM-2")
def test_a_line_over_tls_carries_encrypted_calls_both_ways(
    box: Box, network: Network, over_tls: MakeBaresip, place: Path, trusted: Path
) -> None:
    """The provider is a Baresip that takes nothing but encrypted audio."""
    provider = Baresip(network.host("provider"), place / "provider", tone=800)
    files = CertificateFiles(place)
    files.prepare(["provider.example", provider.host.address], datetime.now(UTC))
    provider.trusts, provider.certificate = trusted, files.server
    provider.account(
        OUTSIDER, "", provider.host.address, transport="tls", register=False, encryption="srtp-mand"
    )
    alice = add_somebody(box, "Alice", "101")
    line = box.api.add(
        "lines",
        name="Opérateur",
        mode="trusted",
        server=provider.host.address,
        port=5061,
        transport="tls",
        certificate_checked=False,
        trusted_addresses=[provider.host.address],
    )
    box.api.add(
        "numbers",
        name="Standard",
        number=NUMBER,
        line_id=line,
        routes={"open": route(to_person(alice.person_id))},
    )
    provider.start()
    try:
        # Its encryption is optional: it offers keys beside plain RTP, and takes ours.
        phone = over_tls("alice", alice, tone=440, encryption="srtp")
        until(lambda: box.state()["lines"][0]["state"] == "up", "the line up")
        phone.call("0639981234")
        provider.answer()
        phone.wait_event("CALL_ESTABLISHED")
        hold_and_resume(box, lambda: provider.command("hold"), lambda: provider.command("resume"))
        phone.listen(2)
        phone.hang_up()
        provider.wait_event("CALL_CLOSED")
        assert seconds_of_tone(phone.recorded_wav(), 800) > 1
        box.wait_quiet()

        provider.call(f"sip:{NUMBER}@{box.host.address}:5061;transport=tls")
        phone.answer()
        provider.wait_event("CALL_ESTABLISHED")
        phone.listen(2)
        provider.listen(2)
        phone.hang_up()
        provider.wait_event("CALL_CLOSED")
        assert seconds_of_tone(phone.recorded_wav(), 800) > 1
        assert seconds_of_tone(provider.recorded_wav(), 440) > 1
        box.wait_quiet()
        assert phone.log().count("SRTP is Enabled") >= 2
    finally:
        print(f"--- the provider said\n{provider.log()[-2500:]}")
        provider.stop(abruptly=True)
