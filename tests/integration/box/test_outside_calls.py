"""Calls from and to the provider: by number, by name, registered with digest, over several servers."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from appliance.runtime import lines
from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST, office_of_three
from tests.support.raw_messages import RawMessage, description, proves, tag_of
from tests.support.raw_sip import NothingCame, RawPhone


def arrives(provider: RawPhone, number: str = NUMBER):
    """An outsider's call, as the provider hands it over."""
    return provider.call(f"sip:{number}@{provider.domain}", from_user=OUTSIDER, display="Mme Petit")


@pytest.mark.feature("NUM-2", "RING-2")
async def test_a_call_from_outside_rings_all_three_and_one_takes_it(running, provider, phone, audio):
    phones = [await phone(user) for user in ("101", "102", "103")]
    mouth, ear = await audio(PROVIDER_HOST), await audio()
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    rung = [await each.incoming() for each in phones]
    for heard in rung:
        assert "0639981234" in heard.invitation.get("from") and "Mme Petit" in heard.invitation.get("from")
        heard.answer(180)
    await call.ringing()
    rung[1].answer(200, description(ear.port))
    answer = await call.accepted()
    await rung[1].request("ACK")
    await asyncio.gather(rung[0].cancelled(), rung[2].cancelled())
    mouth.say(answer.media, b"\x31" * 160)
    ear.say(rung[1].invitation.media, b"\x32" * 160)
    await ear.hears(lambda: b"\x31" * 160 in ear.sound(), "the outsider")
    await mouth.hears(lambda: b"\x32" * 160 in mouth.sound(), "Bruno")
    await call.hang_up()
    await rung[1].hung_up()
    await running.at_rest()


@pytest.mark.feature("NUM-7")
@pytest.mark.parametrize("written", ["+33199001234", "0199001234", "0033199001234", "33199001234"])
async def test_the_number_is_known_however_the_provider_writes_it(running, provider, phone, written):
    alice = await phone("101")
    call = arrives(provider, written)
    call.invite()
    heard = await alice.incoming()
    heard.answer(180)
    await call.ringing()
    call.cancel()
    assert (await call.refused()).status == 487
    await heard.cancelled()
    await running.at_rest()


@pytest.mark.feature("RING-1")
async def test_a_call_to_a_number_outside_leaves_by_the_trunk(running, provider, phone, audio):
    alice = await phone("101")
    mouth, ear = await audio(), await audio(PROVIDER_HOST)
    call = alice.call("0639981234")
    await call.invite_authenticated(description(mouth.port))
    heard = await provider.incoming()
    assert heard.invitation.uri.startswith(f"sip:{OUTSIDER}@")
    assert NUMBER in heard.invitation.get("from") and NUMBER in heard.invitation.get("p-asserted-identity")
    heard.answer(183, description(ear.port, PROVIDER_HOST))
    early = await call.response(least=183)
    assert early.status == 183
    ear.say(heard.invitation.media, b"\x41" * 160)
    await mouth.hears(lambda: b"\x41" * 160 in mouth.sound(), "the far end's own ringing")
    heard.answer(200, description(ear.port, PROVIDER_HOST))
    answer = await call.accepted()
    await heard.request("ACK")
    mouth.say(answer.media or early.media, b"\x42" * 160)
    await ear.hears(lambda: b"\x42" * 160 in ear.sound(), "Alice")
    heard.bye()
    await call.hung_up()
    await running.at_rest()


@pytest.mark.feature("OUT-5")
async def test_the_caller_hears_ringing_once_the_far_end_rings_and_not_before(running, provider, phone):
    alice = await phone("101")
    call = alice.call("0639981234")
    await call.invite_authenticated()
    heard = await provider.incoming()
    with pytest.raises(NothingCame):
        await call.response(least=180, seconds=0.05)
    heard.answer(180)
    assert (await call.ringing()).status == 180
    call.cancel()
    assert (await call.refused()).status == 487
    await heard.cancelled()
    await running.at_rest()


@pytest.mark.feature("OUT-5")
@pytest.mark.parametrize(
    ("status", "field", "last"),
    [
        (404, "Subject: none", "no_such_number"),
        (503, "Reason: Q.850;cause=1", "no_such_number"),
        (480, "Subject: none", "unreachable"),
    ],
)
async def test_the_caller_is_told_what_the_far_end_refused_with(
    running, provider, phone, status, field, last
):
    alice = await phone("101")
    call = alice.call("0639981234")
    await call.invite_authenticated()
    heard = await provider.incoming()
    heard.answer(status, b"", field)
    assert (await call.response(least=183)).status == 183
    call.cancel()
    assert (await call.refused()).status == 487
    await running.at_rest()
    await running.until(lambda: not running.box.calls.unwritten, "the record is kept")
    (record,) = (await running.ask("GET", "/history"))["records"]
    prompt = {"no_such_number": "number_unobtainable", "unreachable": "call_failed"}[last]
    reasons = [(entry["node"], entry["reason"]["code"]) for entry in record["trail"]]
    assert reasons[-2:] == [("outbound", last), (f"told:{last}@outbound", "announced")], reasons
    node = running.box.plan.nodes[f"told:{last}@outbound"]
    assert node.step.speech.prompt_name == prompt


async def test_the_provider_asks_for_a_password_on_each_call(running, provider, phone):
    settings = running.box.configuration
    proving = settings.lines["trunk"].model_copy(
        update={"user": "acct", "password": SecretStr("open-sesame")}
    )
    await running.set(settings.with_record("lines", "trunk", proving))
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is up")
    alice = await phone("101")
    call = alice.call("0639981234")
    await call.invite_authenticated()
    heard = await provider.incoming()
    challenge = 'Proxy-Authenticate: Digest realm="prov", nonce="n1", algorithm=MD5, qop="auth"'
    heard.answer(407, b"", challenge)
    await heard.request("ACK")
    proven = await heard.request("INVITE")
    assert 'username="acct"' in proven.get("proxy-authorization")
    heard.invitation = proven
    heard.answer(200, description(host=PROVIDER_HOST))
    await call.accepted()
    await heard.request("ACK")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


def office_registered_with(registrar):
    """The office, whose trunk registers there."""
    settings = office_of_three(registrar.address[1])
    registered = settings.lines["trunk"].model_copy(
        update={
            "mode": "registered",
            "user": "acct",
            "password": SecretStr("open-sesame"),
            "trusted_addresses": (),
        }
    )
    return settings.with_record("lines", "trunk", registered)


@pytest.mark.feature("NUM-2")
async def test_a_trunk_registers_where_it_is_sent_and_calls_go_and_come_there(running, phone):
    front = await phone("front", register=False, host=PROVIDER_HOST)
    edge = await phone("edge", register=False, host="127.0.0.10")
    await running.set(office_registered_with(front))
    first = await front.outside.take(lambda m: m.method == "REGISTER", "REGISTER", 10)
    reply(front, first, 302, f"Contact: <sip:acct@{edge.here}>")
    asked = await edge.outside.take(lambda m: m.method == "REGISTER", "REGISTER elsewhere", 10)
    assert asked.uri == f"sip:{edge.here}" and "acct" in asked.get("to")
    reply(edge, asked, 401, 'WWW-Authenticate: Digest realm="prov", nonce="n2", algorithm=MD5, qop="auth"')
    proven = await edge.outside.take(lambda m: m.method == "REGISTER", "proven REGISTER", 10)
    assert proves(proven, "acct", "open-sesame")
    reply(edge, proven, 200, f"Contact: <{proven.contact}>;expires=600")
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is registered")
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("0639981234")
    await call.invite_authenticated()
    await running.is_taken_and_ended(call, await edge.incoming())
    back = edge.call(NUMBER, from_user=OUTSIDER)
    back.invite()
    await alice.incoming()
    await running.is_taken_and_ended(back, await bruno.incoming())
    await running.set(office_of_three().without_record("numbers", "main").without_record("lines", "trunk"))
    left = await edge.outside.take(lambda m: m.method == "REGISTER", "un-REGISTER", 10)
    assert left.get("expires") == "0"
    reply(edge, left, 200)


@pytest.mark.feature("NUM-2")
async def test_a_trunk_registers_with_digest_and_its_calls_come_in_by_contact(running, phone):
    registrar = await phone("registrar", register=False, host=PROVIDER_HOST)
    settings = office_registered_with(registrar)
    registered = settings.lines["trunk"]
    await running.set(settings)
    first = await registrar.outside.take(lambda m: m.method == "REGISTER", "REGISTER", 10)
    challenge = 'WWW-Authenticate: Digest realm="prov", nonce="n2", algorithm=MD5, qop="auth"'
    reply(registrar, first, 401, challenge)
    proven = await registrar.outside.take(lambda m: m.method == "REGISTER", "proven REGISTER", 10)
    assert proves(proven, "acct", "open-sesame")
    reply(registrar, proven, 200, f"Contact: <{proven.contact}>;expires=600")
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is registered")
    renamed = registered.model_copy(update={"name": "Autre nom", "main_number_id": None})
    await running.set(settings.with_record("lines", "trunk", renamed))
    assert "trunk" in running.box.lines.up(), "a name of ours is no reason to register anew"
    await running.set(settings.with_record("lines", "trunk", registered))
    alice = await phone("101")
    call = registrar.call(proven.contact, from_user=OUTSIDER)
    call.invite()
    heard = await alice.incoming()
    heard.answer(486)
    call.cancel()
    await call.refused()
    await running.at_rest()
    await running.set(settings.without_record("numbers", "main").without_record("lines", "trunk"))
    left = await registrar.outside.take(lambda m: m.method == "REGISTER", "un-REGISTER", 10)
    assert left.get("expires") == "0" or "expires=0" in left.get("contact")
    reply(registrar, left, 200)


async def test_a_call_is_tried_by_the_next_line_when_the_first_is_silent(running, provider, phone):
    second = await phone("second", register=False, host="127.0.0.10")
    settings = running.box.configuration
    deaf = settings.lines["trunk"].model_copy(update={"port": 9})  # nobody listens there: ICMP says so
    spare = settings.lines["trunk"].model_copy(
        update={"id": "spare", "name": "Secours", "server": "127.0.0.10", "port": second.address[1]}
    )
    await running.set(settings.with_record("lines", "trunk", deaf).with_record("lines", "spare", spare))
    await running.until(lambda: {"trunk", "spare"} <= running.box.lines.up(), "both lines are up")
    alice = await phone("101")
    call = alice.call("0639981234")
    await call.invite_authenticated()
    heard = await second.incoming()
    heard.answer(200, description(host="127.0.0.10"))
    await call.accepted()
    await heard.request("ACK")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


@pytest.mark.feature("OUT-9")
async def test_an_emergency_call_passes_a_full_line_and_stays_where_it_is_answered(running, provider, phone):
    second, third = [await phone("x", register=False, host=host) for host in ("127.0.0.10", "127.0.0.11")]
    settings = running.box.configuration
    for name, one in (("second", second), ("third", third)):
        line = settings.lines["trunk"].model_copy(
            update={"id": name, "name": name, "server": one.address[0], "port": one.address[1]}
        )
        settings = settings.with_record("lines", name, line)
    await running.set(settings)
    await running.until(lambda: len(running.box.lines.up()) == 3, "the lines are up")
    alice = await phone("101")
    call = alice.call("112")
    call.invite(description())
    full = await provider.incoming()
    full.answer(486)
    heard = await second.incoming()
    heard.answer(200, description(host="127.0.0.10"))
    await call.accepted()
    await heard.request("ACK")
    await running.until(lambda: running.box.calls.live()[0].state == "talking", "the two talk")
    with pytest.raises(NothingCame):
        await third.incoming(seconds=0.2)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_without_any_line_the_caller_is_told(running, phone, audio):
    await running.set(
        running.box.configuration.without_record("numbers", "main").without_record("lines", "trunk")
    )
    alice = await phone("101")
    ear = await audio()
    call = alice.call("0639981234")
    await call.invite_authenticated(description(ear.port))
    await call.response(least=183)
    await ear.hears(lambda: len(ear.heard) > 10, "words")
    call.cancel()
    assert (await call.refused()).status == 487
    await running.at_rest()


def reply(phone: RawPhone, request: RawMessage, status: int, *fields: str) -> None:
    """Answer a request outside any call."""
    lines = [
        f"SIP/2.0 {status} So it is",
        *(f"Via: {via}" for via in request.all("via")),
        f"From: {request.get('from')}",
        f"To: {request.get('to')}{'' if tag_of(request.get('to')) else ';tag=registrar'}",
        f"Call-ID: {request.get('call-id')}",
        f"CSeq: {request.get('cseq')}",
        *fields,
        "Content-Length: 0",
        "",
        "",
    ]
    phone.send("\r\n".join(lines).encode())


async def test_a_provider_that_no_longer_answers_does_not_hold_up_the_end_of_the_box(
    running, provider, monkeypatch
):
    monkeypatch.setattr(lines, "LEAVE_SECONDS", 0.1)
    settings = office_of_three(provider.address[1])
    sign_in = {"mode": "registered", "user": "0199001234", "password": SecretStr("secret-of-the-line")}
    line = settings.lines["trunk"].model_copy(update=sign_in)
    await running.set(settings.with_record("lines", "trunk", line))
    registration = await provider.outside.take(lambda m: m.method == "REGISTER", "a registration", 10.0)
    provider.answer_outside(registration, 200)
    await running.until(lambda: running.box.lines.live()[0].state == "up", "the line up")
    await running.box.lines.close()
    left = await provider.outside.take(lambda m: m.get("expires") == "0", "the registration taken back", 10.0)
    assert left.method == "REGISTER"
    assert "leave line trunk" not in {task.get_name() for task in asyncio.all_tasks()}
