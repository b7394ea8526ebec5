"""Sipp as a deskphone: what such a phone does in a day, message by message, beside phones that are heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import shared_office
from tests.interop.office import Somebody
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.dialogue import Dialogue, sdp
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

# Tones that no announcement holds; the first notes of the music on hold are 523 and 784 Hz.
ALICE, BRUNO, CHLOE = 1040, 600, 1240


@dataclass
class Office:
    """Alice's phone is sipp; Bruno and Chloé have a baresip."""

    box: Box
    alice: Sipp
    bruno: Baresip
    chloe: Baresip
    people: list[Somebody]

    def plays(self, dialogue: Dialogue, **keys: object) -> RunningScenario:
        return self.alice.play(dialogue, self.box.server, **{"service": "102", **keys})  # type: ignore[arg-type]

    def call_state(self) -> str:
        calls = self.box.state()["calls"]
        return calls[0]["state"] if calls else ""


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with shared_office("101", "102", "103") as (box, phones, people):
        alice = phones.sipp("alice", "101")
        alice.register(box.server)
        bruno = phones.baresip("bruno", people[1], tone=BRUNO)
        chloe = phones.baresip("chloe", people[2], tone=CHLOE)
        box.api.add("mailboxes", name="Alice", owner="person", owner_id=people[0].person_id)
        yield Office(box, alice, bruno, chloe, people)


@pytest.fixture(autouse=True)
def at_rest(office: Office) -> Iterator[None]:
    """Nothing of a call is left after each."""
    yield
    office.box.wait_quiet()


def dialled(name: str, *, port: int = 7000, headers: str = "") -> Dialogue:
    """The opening of a call by this phone, up to the INVITE that proves its password."""
    return (
        Dialogue(name, domain="[remote_ip]")
        .calls(body=sdp(port))
        .hears(100, optional=True)
        .hears(401)
        .acks_refusal()
        .calls(headers=f"[authentication]\n{headers}", body=sdp(port), cseq=2)
        .hears(100, optional=True)
    )


def talking(name: str, *, port: int = 7000, headers: str = "", **checks: str) -> Dialogue:
    """A call by this phone that somebody took."""
    return (
        dialled(name, port=port, headers=headers)
        .hears(180, optional=True)
        .hears(200, **checks)
        .asks("ACK", 2)
    )


def subscribing(dialogue: Dialogue, package: str, cseq: int, seconds: int) -> Dialogue:
    """A SUBSCRIBE, refused for want of a password and sent again with it."""
    fields = f"Event: {package}\nExpires: {seconds}\n"
    uri = "sip:[service]@[remote_ip]" if cseq == 1 else "[next_url]"
    return (
        dialogue.asks("SUBSCRIBE", cseq, uri=uri, headers=fields)
        .hears(401)
        .asks("SUBSCRIBE", cseq + 1, uri=uri, headers=fields + "[authentication]\n")
        .hears(200, expires="[0-9]+")
    )


def watching(name: str, package: str, body: str) -> Dialogue:
    """A subscription whose first NOTIFY holds that."""
    return (
        subscribing(Dialogue(name, domain="[remote_ip]"), package, 1, 600)
        .hears("NOTIFY", event=package, subscription_state="active", body=body)
        .says(200, to="NOTIFY")
    )


def told(dialogue: Dialogue, body: str) -> Dialogue:
    """The lamp changes."""
    return dialogue.hears("NOTIFY", body=body).says(200, to="NOTIFY")


def unwatched(dialogue: Dialogue, package: str) -> Dialogue:
    """The subscription is ended by its watcher."""
    return (
        subscribing(dialogue, package, 3, 0)
        .hears("NOTIFY", subscription_state="terminated")
        .says(200, to="NOTIFY")
    )


@pytest.mark.matrix("sipp", "hold", "resume")
def test_it_holds_a_call_and_takes_it_up_again(office: Office, tmp_path: Path) -> None:
    ear = office.alice.ear(7000, tone=ALICE)
    call = office.plays(
        talking("hold")
        .pauses(1500)
        .asks("INVITE", 3, body=sdp(7000, version=2, direction="sendonly"))
        .hears(100, optional=True)
        .hears(200, body="a=recvonly")
        .asks("ACK", 3)
        .pauses(4000)
        .asks("INVITE", 4, body=sdp(7000, version=3))
        .hears(100, optional=True)
        .hears(200, body="m=audio")
        .asks("ACK", 4)
        .is_ended()
    )
    office.bruno.answer()
    until(lambda: office.call_state() == "held", "the hold")
    held = len(ear.heard)
    until(lambda: office.call_state() == "talking", "the resumption")
    office.bruno.listen(2)
    resumed = ear.packets_heard
    until(lambda: ear.packets_heard > resumed + 25, "half a second heard after the resumption")
    office.bruno.hang_up()
    call.finish()
    ear.close()
    office.bruno.wait_event("CALL_CLOSED")
    recorded = office.bruno.recorded_wav()
    assert held
    assert seconds_of_tone(recorded, ALICE) > 1
    assert seconds_of_tone(recorded, 523) > 0.5 and seconds_of_tone(recorded, 784) > 0.5
    assert seconds_of_tone(ear.save(tmp_path / "alice.wav"), BRUNO) > 1


def test_it_is_held(office: Office) -> None:
    ear = office.alice.ear(7000, tone=ALICE)
    call = office.plays(talking("is held").is_ended())
    office.bruno.answer()
    until(lambda: office.call_state() == "talking", "the call")
    office.bruno.command("hold")
    until(lambda: office.call_state() == "held", "the hold")
    office.bruno.command("resume")
    until(lambda: office.call_state() == "talking", "the resumption")
    office.bruno.hang_up()
    call.finish()
    ear.close()
    office.bruno.wait_event("CALL_CLOSED")


def sent_on(dialogue: Dialogue, where: str, *reports: str) -> Dialogue:
    """The other party is sent on by REFER, reported and let go."""
    dialogue.asks("REFER", 3, headers=f"Refer-To: <sip:{where}>\n").hears(202)
    for report in reports:
        told(dialogue, f"SIP/2.0 {report}")
    return dialogue.is_ended()


@pytest.mark.matrix("sipp", "blind transfer")
def test_it_sends_a_colleague_on(office: Office) -> None:
    ear = office.alice.ear(7000, tone=ALICE)
    call = office.plays(sent_on(talking("blind").pauses(1000), "103@[remote_ip]", "100", "200"))
    office.bruno.answer()
    office.chloe.answer()
    call.finish()
    ear.close()
    hear_each_other(office)


@pytest.mark.matrix("sipp", "attended transfer")
def test_it_connects_two_it_has_talked_to(office: Office) -> None:
    """REFER with Replaces of the second call, which names that call as this phone knows it."""
    office.alice.sip_port = 5070
    second = office.plays(talking("consultation", port=7100).is_ended(), service="103")
    office.alice.sip_port = 5060
    office.chloe.answer()
    until(lambda: "ACK sip:" in second.messages().partition("SIP/2.0 200")[2], "the second call")
    ear = office.alice.ear(7000, tone=ALICE)
    call = office.plays(
        sent_on(talking("attended").pauses(1000), "103@[remote_ip]?Replaces=[replaces]", "200"),
        replaces=replaces(second.messages()),
    )
    office.bruno.answer()
    call.finish()
    second.finish()
    ear.close()
    hear_each_other(office)


def test_it_takes_its_users_call_from_another_of_their_phones(office: Office) -> None:
    """INVITE with Replaces of the dialog that the first phone has; Bruno is heard on the second."""
    first_ear = office.alice.ear(7000, tone=CHLOE)
    first = office.plays(talking("here").is_ended())
    office.bruno.answer()
    office.bruno.listen(1)
    named = unquote(replaces(first.messages()))
    office.alice.sip_port = 5070
    ear = office.alice.ear(7100, tone=ALICE)
    fields = f"Replaces: {named}\nRequire: replaces\n"
    second = office.plays(talking("moved", port=7100, headers=fields).is_ended())
    office.alice.sip_port = 5060
    first.finish()
    first_ear.close()
    office.bruno.listen(2)
    office.bruno.hang_up()
    second.finish()
    ear.close()
    office.bruno.wait_event("CALL_CLOSED")
    heard = office.bruno.recordings()
    assert sum(seconds_of_tone(each, ALICE) for each in heard) > 1
    assert seconds_of_tone(ear.save(office.alice.folder / "moved.wav"), BRUNO) > 1


def replaces(messages: str) -> str:
    """The dialog that was answered, escaped as a Refer-To holds it."""
    answer = messages.rpartition("SIP/2.0 200")[2]
    call_id, ours, theirs = (
        re.search(pattern, answer, re.MULTILINE).group(1)  # type: ignore[union-attr]
        for pattern in (r"^Call-ID: *(\S+)", r"^From:.*;tag=([^;\s]+)", r"^To:.*;tag=([^;\s]+)")
    )
    return f"{call_id.replace('@', '%40')}%3Bto-tag%3D{theirs}%3Bfrom-tag%3D{ours}"


def hear_each_other(office: Office) -> None:
    """Bruno and Chloé, connected by Alice, who has left."""
    until(lambda: office.box.resources()["legs"] == 2, "two left")
    office.bruno.listen(2)
    office.chloe.listen(2)
    office.bruno.hang_up()
    office.chloe.wait_event("CALL_CLOSED")
    assert seconds_of_tone(office.chloe.recorded_wav(), BRUNO) > 1
    assert seconds_of_tone(office.bruno.recorded_wav(), CHLOE) > 1


@pytest.mark.matrix("sipp", "BLF", "presence")
def test_its_lamp_of_a_colleague_follows_the_call(office: Office) -> None:
    """Two subscriptions beside each other: the lamp of a key, and presence."""
    lamp = watching("lamp", "dialog", "<dialog-info")
    for state in ("early", "confirmed", "terminated"):
        told(lamp, f"<state>{state}</state>")
    presence = watching("presence", "presence", "<basic>open</basic>")
    for _ in range(3):
        told(presence, "<presence")
    seen = office.plays(unwatched(lamp, "dialog"))
    office.alice.sip_port = 5070
    known = office.plays(unwatched(presence, "presence"))
    office.alice.sip_port = 5060
    until(lambda: office.box.resources()["subscriptions"] == 2, "both subscriptions")
    office.chloe.call("102")
    office.bruno.answer()
    office.chloe.wait_event("CALL_ESTABLISHED")
    until(lambda: "<state>confirmed" in seen.messages(), "the lamp, lit")
    office.bruno.hang_up()
    office.chloe.wait_event("CALL_CLOSED")
    seen.finish()
    known.finish()
    until(lambda: office.box.resources()["subscriptions"] == 0, "no subscription")


@pytest.mark.matrix("sipp", "MWI", "busy")
@pytest.mark.feature("VM-7")
def test_it_is_busy_and_its_message_lamp_is_lit(office: Office) -> None:
    """The phone refuses by 486: the caller leaves a message, which the lamp beside tells of."""
    office.alice.sip_port = 5070
    lamp = told(watching("messages", "message-summary", "Messages-Waiting: no"), "Voice-Message: 1/0")
    seen = office.plays(unwatched(lamp, "message-summary"), service="101")
    office.alice.sip_port = 5060
    until(lambda: office.box.resources()["subscriptions"] == 1, "the subscription")
    answering = office.plays(Dialogue("busy").hears("INVITE").says(486).hears("ACK"))
    office.chloe.call("101")
    answering.finish()
    office.chloe.wait_event("CALL_ESTABLISHED")
    until(lambda: office.call_state() == "message", "the mailbox")
    office.chloe.listen(16)
    office.chloe.hang_up()
    office.chloe.wait_event("CALL_CLOSED")
    seen.finish()
    office.box.wait_quiet()
    record = office.box.api.get("/history")["records"][0]
    assert "busy" in {entry["reason"]["code"] for entry in record["trail"]}, record["trail"]


@pytest.mark.feature("FWD-1")
def test_its_own_forward_is_followed(office: Office) -> None:
    """Its user has set a forward at the phone itself: it answers 302."""
    moved = "Contact: <sip:103@[remote_ip]>\n"
    answering = office.plays(Dialogue("forwards").hears("INVITE").says(302, headers=moved).hears("ACK"))
    office.bruno.call("101")
    answering.finish()
    office.chloe.answer()
    office.bruno.wait_event("CALL_ESTABLISHED")
    office.chloe.listen(1.5)
    office.bruno.hang_up()
    for phone in (office.bruno, office.chloe):
        phone.wait_event("CALL_CLOSED")
    assert seconds_of_tone(office.bruno.recorded_wav(), CHLOE) > 1
    assert seconds_of_tone(office.chloe.recorded_wav(), BRUNO) > 1
    office.box.wait_quiet()
    told = [entry["reason"]["code"] for entry in office.box.api.get("/history")["records"][0]["trail"]]
    assert told[-3:] == ["phone_forwards", "extension_called", "rings"], told


@pytest.mark.matrix("sipp", "TCP")
@pytest.mark.feature("RING-1")
def test_it_calls_and_is_heard_over_tcp(office: Office, tmp_path: Path) -> None:
    ear = office.alice.ear(7000, tone=ALICE)
    call = office.plays(talking("tcp").is_ended(), options=("-t", "t1"))
    office.bruno.answer()
    office.bruno.listen(2)
    until(lambda: ear.packets_heard > 100, "two seconds of sound")
    office.bruno.hang_up()
    call.finish()
    ear.close()
    office.bruno.wait_event("CALL_CLOSED")
    assert "SIP/2.0/TCP" in call.messages()
    assert seconds_of_tone(office.bruno.recorded_wav(), ALICE) > 1
    assert seconds_of_tone(ear.save(tmp_path / "alice.wav"), BRUNO) > 1


@pytest.mark.matrix("sipp", "cancel")
def test_it_gives_up_a_call(office: Office) -> None:
    call = office.plays(
        dialled("cancel")
        .hears(180)
        .pauses(500)
        .cancels(2)
        .hears(200, cseq="CANCEL")
        .hears(487)
        .acks_refusal(2)
    )
    office.bruno.wait_event("CALL_INCOMING")
    office.bruno.wait_event("CALL_CLOSED")
    call.finish()


@pytest.mark.matrix("sipp", "session timer")
def test_it_asks_for_a_session_timer_and_refreshes(office: Office) -> None:
    """Too short an interval is refused with the least; then this phone refreshes by UPDATE and by INVITE."""
    timer = "Supported: timer\nSession-Expires: {};refresher=uac\n"
    ear = office.alice.ear(7000, tone=ALICE)
    call = office.plays(
        dialled("timer", headers=timer.format(60) + "Min-SE: 60\n")
        .hears(422, min_se="90")
        .acks_refusal(2)
        .calls(headers="[authentication]\n" + timer.format(120), body=sdp(7000), cseq=3)
        .hears(100, optional=True)
        .hears(180, optional=True)
        .hears(200, session_expires="120;refresher=uac")
        .asks("ACK", 3)
        .asks("UPDATE", 4, headers=timer.format(120))
        .hears(200, session_expires="120;refresher=uac")
        .asks("INVITE", 5, headers=timer.format(120), body=sdp(7000))
        .hears(100, optional=True)
        .hears(200, session_expires="120;refresher=uac")
        .asks("ACK", 5)
        .is_ended()
    )
    office.bruno.answer()
    until(lambda: "CSeq: 5 ACK" in call.messages(), "both refreshes")
    office.bruno.listen(2)
    office.bruno.hang_up()
    call.finish()
    ear.close()
    office.bruno.wait_event("CALL_CLOSED")
    assert seconds_of_tone(office.bruno.recorded_wav(), ALICE) > 1


@pytest.mark.feature("RING-1")
def test_its_phone_is_spoken_to_without_being_picked_up(office: Office, tmp_path: Path) -> None:
    """The fields that have deskphones answer by themselves, and those only for intercom."""
    ear = office.alice.ear(7000, tone=ALICE)
    answering = office.plays(
        Dialogue("intercom")
        .hears("INVITE", call_info="answer-after=0", alert_info="info=alert-autoanswer", answer_mode="Auto")
        .says(200, body=sdp(7000))
        .hears("ACK")
        .is_ended()
    )
    office.bruno.call("*90101")
    office.bruno.wait_event("CALL_ESTABLISHED")
    until(lambda: office.call_state() == "talking", "the call")
    until(lambda: ear.packets_heard > 150, "three seconds of sound")
    office.bruno.listen(2)
    office.bruno.hang_up()
    answering.finish()
    ear.close()
    office.bruno.wait_event("CALL_CLOSED")
    assert seconds_of_tone(office.bruno.recorded_wav(), ALICE) > 1
    assert seconds_of_tone(ear.save(tmp_path / "alice.wav"), BRUNO) > 1
    office.box.wait_quiet()

    ringing = office.plays(Dialogue("usual").hears("INVITE").says(486).hears("ACK"))
    office.bruno.call("101")
    ringing.finish()
    office.bruno.hang_up()
    office.bruno.wait_event("CALL_CLOSED")
    assert "answer-after" not in ringing.messages() and "autoanswer" not in ringing.messages()
