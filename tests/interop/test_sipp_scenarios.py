"""What providers and phones do by the book and against it, each a dialogue that sipp leads with the box."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained, last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.network import open_network
from tests.interop.office import NUMBER, OUTSIDER, Somebody, add_somebody, route, set_up, to_person
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.dialogue import PCMA, PCMU, Dialogue, sdp
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

LINE_USER, LINE_PASSWORD = "trunk-4711", "provider-secret-9"
RELIABLE = "Require: 100rel\nRSeq: {}\n"


@dataclass
class Office:
    """A box with a line known by its address; Alice has a baresip, Bruno whatever a test gives him."""

    box: Box
    phones: Phones
    provider: Sipp
    line: str
    alice: Baresip
    bruno: Somebody
    bruno_phone: Sipp

    def outside(self, dialogue: Dialogue, port: int = 5060, **keys: object) -> RunningScenario:
        """The provider plays a part on one of its ports."""
        self.provider.sip_port = port
        return self.provider.play(dialogue, self.box.server, **keys)  # type: ignore[arg-type]

    def outsider(self, dialogue: Dialogue, **keys: object) -> RunningScenario:
        """Somebody outside calls the office's number."""
        return self.outside(dialogue, service=NUMBER, caller=OUTSIDER, **keys)

    def rings(self, person: str) -> None:
        """The office's number rings this person."""
        number = self.box.api.items("/numbers")[0]["id"]
        self.box.api.change(f"/numbers/{number}", routes={"open": route(to_person(person))})


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    place = Path(tempfile.mkdtemp(prefix="autocom-test-"))
    with open_network() as network:
        box = Box(network.host("box"), place / "data")
        phones = Phones(network, place, lambda: box.server)
        try:
            box.start("2026-11-24T10:00:00+01:00")
            yield _furnished(box, phones)
        finally:
            phones.stop()
            box.stop()
            print(f"--- the box said\n{box.log()[-6000:]}")
            shutil.rmtree(place, ignore_errors=True)


def _furnished(box: Box, phones: Phones) -> Office:
    set_up(box)
    provider = phones.sipp("provider")
    alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    line = box.api.add(
        "lines",
        name="Opérateur",
        mode="trusted",
        server=provider.host.address,
        port=5060,
        transport="udp",
        probe_seconds=0,
        user=LINE_USER,
        password=LINE_PASSWORD,
    )
    box.api.add(
        "numbers",
        name="Standard",
        number=NUMBER,
        line_id=line,
        routes={"open": route(to_person(alice.person_id))},
    )
    phone = phones.baresip("alice", alice, tone=440)
    return Office(box, phones, provider, line, phone, bruno, phones.sipp("bruno", bruno.user))


@pytest.fixture(autouse=True)
def at_rest(office: Office) -> Iterator[None]:
    """Nothing of a call is left after each."""
    yield
    office.box.wait_quiet()
    alice = next(each for each in office.box.api.items("/people") if each["extension"] == "101")
    office.rings(alice["id"])


# Calls that leave.


@pytest.mark.feature("OUT-5")
def test_several_forks_speak_before_the_answer_and_each_is_heard(office: Office) -> None:
    ears = [office.provider.ear(port, tone=tone) for port, tone in ((7000, 500), (7100, 700), (7200, 900))]
    called = office.outside(
        Dialogue("forks")
        .hears("INVITE")
        .says(100)
        .says(183, tag="one", body=sdp(7000))
        .pauses(2000)
        .says(183, tag="two", body=sdp(7100))
        .pauses(2000)
        .says(200, tag="three", body=sdp(7200))
        .hears("ACK", to="three")
        .pauses(2000)
        .hears("BYE")
        .says(200, to="BYE")
    )
    office.alice.call(OUTSIDER)
    office.alice.wait_event("CALL_ESTABLISHED")
    office.alice.listen(2)
    office.alice.hang_up()
    called.finish()
    for ear in ears:
        ear.close()
    office.alice.wait_event("CALL_CLOSED")
    heard = office.alice.recordings()
    for tone in (500, 700, 900):
        assert sum(seconds_of_tone(each, tone) for each in heard) > 1, tone
    assert "left_by" in explained(office.box)


@pytest.mark.feature("NUM-2")
def test_a_provider_that_wants_its_ringing_acknowledged_gets_pracks(office: Office) -> None:
    called = office.outside(
        Dialogue("prack")
        .hears("INVITE", supported="100rel")
        .says(183, headers=RELIABLE.format(41), body=sdp(7000))
        .hears("PRACK", rack="41 [0-9]+ INVITE")
        .says(200, to="PRACK")
        .says(180, headers=RELIABLE.format(42))
        .hears("PRACK", rack="42 [0-9]+ INVITE")
        .says(200, to="PRACK")
        .says(200)
        .hears("ACK")
        .asks("UPDATE", 7, body=sdp(7000, version=2))
        .hears(200, body="m=audio")
        .is_ended()
    )
    office.alice.call(OUTSIDER)
    office.alice.wait_event("CALL_ESTABLISHED")
    until(lambda: called.messages().count("CSeq: 7 UPDATE") > 1, "the UPDATE answered")
    office.alice.hang_up()
    called.finish()
    office.alice.wait_event("CALL_CLOSED")


def _redirecting(contact: str) -> Dialogue:
    return Dialogue("redirects").hears("INVITE").says(302, headers=f"Contact: <sip:{contact}>\n").hears("ACK")


@pytest.mark.feature("NUM-2", "OUT-10")
def test_a_redirection_within_the_provider_is_followed_and_no_other(office: Office) -> None:
    address = office.provider.host.address
    first = office.outside(_redirecting(f"{OUTSIDER}@{address}:5070"))
    other = office.outside(
        Dialogue("other server").hears("INVITE").says(200, body=sdp(7000)).hears("ACK").is_ended(), port=5070
    )
    office.alice.call(OUTSIDER)
    first.finish()
    office.alice.wait_event("CALL_ESTABLISHED")
    office.alice.hang_up()
    other.finish()
    office.alice.wait_event("CALL_CLOSED")
    for elsewhere in (f"+33899123456@{address}:5070", f"{OUTSIDER}@203.0.113.9"):
        refused = office.outside(_redirecting(elsewhere))
        office.alice.call(OUTSIDER)
        refused.finish()
        office.alice.hang_up()
        office.alice.wait_event("CALL_CLOSED")
        assert "5070" not in refused.messages().rpartition("INVITE sip:")[2].partition("\n")[0]


@pytest.mark.feature("NUM-2")
def test_of_two_challenges_the_first_that_is_known_is_answered(office: Office) -> None:
    challenge = 'WWW-Authenticate: Digest realm="x", nonce="{0}", algorithm={0}, qop="auth"\n'
    called = office.outside(
        Dialogue("two algorithms")
        .hears("INVITE")
        .says(401, headers="".join(challenge.format(each) for each in ("SHA-512-256", "SHA-256", "MD5")))
        .hears("ACK")
        .hears("INVITE", authorization="SHA-256")
        .says(200, body=sdp(7000))
        .hears("ACK")
        .is_ended()
    )
    office.alice.call(OUTSIDER)
    office.alice.wait_event("CALL_ESTABLISHED")
    office.alice.hang_up()
    called.finish()
    office.alice.wait_event("CALL_CLOSED")
    assert _is_right(called.messages())


def _is_right(messages: str) -> bool:
    """Whether the Authorization that was sent proves the password, by RFC 7616 with SHA-256."""
    line = re.findall(r"^Authorization: Digest (.*)$", messages, re.MULTILINE)[-1]
    given = {name: value.strip('"') for name, value in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', line)}
    assert given["algorithm"] == "SHA-256"
    first = _sha256(f"{LINE_USER}:x:{LINE_PASSWORD}")
    second = _sha256(f"INVITE:{given['uri']}")
    wanted = _sha256(f"{first}:{given['nonce']}:{given['nc']}:{given['cnonce']}:auth:{second}")
    return wanted == given["response"]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.feature("NUM-2")
def test_a_refresh_with_a_nonce_that_has_expired_is_asked_again_and_taken(office: Office) -> None:
    challenge = 'WWW-Authenticate: Digest realm="x", nonce="{}", algorithm=MD5, qop="auth"{}\n'
    registrar = office.outside(
        Dialogue("stale nonce")
        .hears("REGISTER")
        .says(401, to="REGISTER", headers=challenge.format("first", ""))
        .hears("REGISTER", authorization="first")
        .says(401, to="REGISTER", headers=challenge.format("second", ", stale=true"))
        .hears("REGISTER", authorization="second")
        .says(423, to="REGISTER", headers="Min-Expires: 900\n")
        .hears("REGISTER", expires="900")
        .says(200, to="REGISTER", headers="Expires: 900\n")
    )
    line = office.box.api.add(
        "lines",
        name="Inscrite",
        server=office.provider.host.address,
        port=5060,
        transport="udp",
        probe_seconds=0,
        user=LINE_USER,
        password=LINE_PASSWORD,
    )
    registrar.finish()
    state = {each["line_id"]: each["state"] for each in office.box.state()["lines"]}
    until(lambda: {e["line_id"]: e["state"] for e in office.box.state()["lines"]}[line] == "up", "up")
    assert state[line] in ("up", "registering")
    leaving = office.outside(Dialogue("leave").hears("REGISTER", expires="0").says(200, to="REGISTER"))
    office.box.api.delete(f"/lines/{line}")
    leaving.finish()


# Calls that come.


def _brought(name: str, *, headers: str = "", body: str = "") -> Dialogue:
    """The opening of a call from outside."""
    return Dialogue(name).calls(headers=headers, body=body).hears(100, optional=True)


@pytest.mark.feature("NUM-2")
def test_a_caller_who_requires_acknowledged_ringing_is_rung_so(office: Office) -> None:
    call = office.outsider(
        _brought("100rel", headers="Require: 100rel\n", body=sdp(7000))
        .hears(180, rseq="[0-9]+", require="100rel")
        .asks("PRACK", 2, headers="RAck: [$rseq] 1 INVITE\n")
        .hears(200, cseq="PRACK")
        .hears(200, cseq="INVITE")
        .asks("ACK", 1)
        .asks("UPDATE", 3, body=sdp(7000, version=2))
        .hears(200, cseq="UPDATE", body="m=audio")
        .ends(4)
    )
    office.alice.wait_event("CALL_INCOMING")
    until(lambda: "PRACK" in call.messages(), "the PRACK")
    office.alice.command("accept")
    call.finish()
    office.alice.wait_event("CALL_CLOSED")
    assert "RSeq" in call.messages()


@pytest.mark.feature("NUM-2")
def test_an_early_change_is_taken_once_the_first_is_acknowledged(office: Office) -> None:
    phone = office.bruno_phone
    phone.register(office.box.server)
    called = office.outside(
        Dialogue("early media")
        .hears("INVITE")
        .says(183, body=sdp(7000))
        .pauses(3000)
        .says(200, body=sdp(7000))
        .hears("ACK")
        .is_ended()
    )
    caller = phone.play(
        Dialogue("early update", domain="[remote_ip]")
        .calls(body=sdp(7300))
        .hears(100, optional=True)
        .hears(401)
        .acks_refusal()
        .calls(headers="[authentication]\nSupported: 100rel\n", body=sdp(7300), cseq=2)
        .hears(100, optional=True)
        .hears(180, optional=True)
        .hears(183, rseq="[0-9]+", body="m=audio")
        .asks("PRACK", 3, headers="RAck: [$rseq] 2 INVITE\n")
        .hears(200, cseq="PRACK")
        .asks("UPDATE", 4, body=sdp(7400, version=2))
        .hears(200, cseq="UPDATE", body="m=audio")
        .hears(200, cseq="INVITE", content_length="0")
        .asks("ACK", 2)
        .ends(5),
        office.box.server,
        service="0639981234",
    )
    caller.finish()
    called.finish()


@pytest.mark.feature("NUM-2")
def test_an_offer_that_comes_late_is_answered_in_the_ack(office: Office, tmp_path: Path) -> None:
    ear = office.provider.ear(7000, tone=600)
    call = office.outsider(
        _brought("late offer")
        .hears(180, optional=True)
        .hears(200, body="m=audio [0-9]+ RTP/AVP")
        .asks("ACK", 1, body=sdp(7000))
        .pauses(2500)
        .ends()
    )
    office.alice.answer()
    call.finish()
    ear.close()
    office.alice.wait_event("CALL_CLOSED")
    assert seconds_of_tone(office.alice.recorded_wav(), 600) > 1
    assert seconds_of_tone(ear.save(tmp_path / "ear.wav"), 440) > 1


@pytest.mark.feature("NUM-2")
def test_a_lost_ack_and_a_lost_bye_are_made_up_for(office: Office) -> None:
    call = office.outsider(
        _brought("losses", body=sdp(7000))
        .hears(180, optional=True)
        .hears(200)
        .pauses(1200)
        .asks("ACK", 1)
        .hears("BYE")
        .pauses(1200)
        .says(200, to="BYE")
    )
    office.alice.answer()
    until(lambda: call.messages().count("SIP/2.0 200") > 1, "the answer repeated")
    until(lambda: "ACK sip:" in call.messages(), "the ACK")
    office.alice.hang_up()
    call.finish()
    office.alice.wait_event("CALL_CLOSED")
    assert call.messages().count("BYE sip:") > 1


@pytest.mark.feature("NUM-2")
def test_a_call_that_came_by_thirty_proxies(office: Office) -> None:
    proxies = "".join(
        f"Via: SIP/2.0/UDP proxy{number}.example:5060;branch=z9hG4bKp{number}\n" for number in range(29)
    )
    contact = "Contact: <sip:[caller]@[local_ip]:[local_port];transport=UDP>\n"
    call = office.outsider(
        _brought("thirty vias", headers=proxies + contact, body=sdp(7000))
        .hears(180, optional=True)
        .hears(200, body="proxy28.example")
        .asks("ACK", 1)
        .is_ended()
    )
    office.alice.answer()
    until(lambda: "ACK sip:" in call.messages(), "the ACK")
    office.alice.hang_up()
    call.finish()
    office.alice.wait_event("CALL_CLOSED")


@pytest.mark.feature("NUM-2")
def test_two_changes_that_cross_are_sorted_out(office: Office) -> None:
    """The box must pass the outsider's change to the phone, which asks for one of its own just then."""
    phone = office.bruno_phone
    phone.register(office.box.server)
    office.rings(office.bruno.person_id)
    answering = phone.play(
        Dialogue("glare")
        .hears("INVITE")
        .says(180)
        .says(200, body=sdp(7300, (PCMA, PCMU)))
        .hears("ACK")
        .hears("INVITE")
        .asks("INVITE", 1, body=sdp(7300, (PCMA,), version=2))
        .hears(491)
        .asks("ACK", 1)
        .says(491, in_dialog=True)
        .hears("ACK")
        .hears("INVITE")
        .says(200, in_dialog=True, body=sdp(7300, (PCMU,), version=3))
        .hears("ACK")
        .is_ended(),
        office.box.server,
    )
    call = office.outsider(
        _brought("change", body=sdp(7000, (PCMA, PCMU)))
        .hears(180, optional=True)
        .hears(200)
        .asks("ACK", 1)
        .pauses(500)
        .asks("INVITE", 2, body=sdp(7000, (PCMU,), version=2))
        .hears(100, optional=True)
        .hears(200, body="PCMU")
        .asks("ACK", 2)
        .ends(3)
    )
    call.finish()
    answering.finish()


@pytest.mark.feature("RING-1", "FWD-3")
def test_a_registration_whose_phone_is_gone_holds_no_caller_up(office: Office) -> None:
    phone = office.bruno_phone
    phone.register(office.box.server)
    office.rings(office.bruno.person_id)
    # Nobody listens at the phone's port: its host says so.
    call = office.outsider(
        _brought("nobody there", body=sdp(7000))
        .hears(180, optional=True)
        .hears(183, optional=True)
        .hears(200)
        .asks("ACK", 1)
        .is_ended()
    )
    call.finish()
    record = last_call(office.box)
    assert [step.get("outcome") for step in record["steps"]][0] in ("no_answer", "unreachable")
    same_way(office.box, record)
