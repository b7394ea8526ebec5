"""Whoever is neither a phone nor a line of ours: told nothing, least of all which extensions exist."""

from __future__ import annotations

import pytest

from appliance.configuration.dialling import ShortNumber
from tests.support.raw_messages import RawMessage, authorization, description


def _without_tokens(message: RawMessage) -> list[tuple[str, str]]:
    """What an answer says, less what differs from one request to the next."""
    own = ("via", "from", "to", "call-id", "www-authenticate", "contact")
    return [(message.first, ""), *(field for field in message.fields if field[0] not in own)]


async def test_an_invite_is_challenged_alike_whether_the_extension_exists_or_not(running, phone):
    stranger = await phone("mallory", register=False)
    answers = []
    for target, from_user in (("101", "mallory"), ("999", "mallory"), ("101", "102"), ("+33123456789", "x")):
        call = stranger.call(target, from_user=from_user)
        call.invite()
        answers.append(await call.refused())
    assert {answer.status for answer in answers} == {401}
    assert len({str(_without_tokens(answer)) for answer in answers}) == 1
    await running.at_rest()


@pytest.mark.parametrize("user", ["101", "999"])
async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(running, phone, user):
    stranger = await phone(user, register=False, password="wrong-password")
    answer = await stranger.register()
    assert answer.status == 401
    call = stranger.call("102")
    await call.invite_authenticated()
    assert (await call.refused()).status == 401
    assert not running.box.phones.registered()
    await running.at_rest()


@pytest.mark.parametrize(("algorithm", "program"), [("MD5", "Old phone 1.0"), ("SHA-256", "Linphone/5.2")])
async def test_a_right_answer_is_taken_once_and_its_replay_challenged(running, phone, algorithm, program):
    alice = await phone("101", register=False)
    uri, fields = f"sip:{alice.domain}", (f"User-Agent: {program}", "Expires: 300")
    challenge = await alice.ask("REGISTER", uri, *fields, call_id="replay")
    proof = authorization(challenge, "REGISTER", uri, "101", alice.password, algorithm)
    first = await alice.ask("REGISTER", uri, *fields, proof, sequence=2, call_id="replay")
    assert first.status == 200
    again = await alice.ask("REGISTER", uri, *fields, proof, sequence=3, call_id="replay")
    assert again.status == 401


async def test_nobody_registers_or_calls_in_a_colleagues_name(running, phone):
    alice = await phone("101")
    call = alice.call("103", from_user="102")
    await call.invite_authenticated()
    assert (await call.refused()).status == 403
    uri = f"sip:{alice.domain}"
    challenge = await alice.ask("REGISTER", uri, call_id="other")
    proof = authorization(challenge, "REGISTER", uri, "101", alice.password)
    alice.user = "102"
    assert (await alice.ask("REGISTER", uri, proof, sequence=2, call_id="other")).status == 403


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("dialled", ["112", "0112", "15#", "+3318", "#31#17", "112;phone-context=+33"])
async def test_any_phone_of_the_office_calls_for_help_however_it_writes_the_number(
    running, provider, phone, dialled
):
    stranger = await phone("mallory", register=False)
    call = stranger.call(f"sip:{dialled}@{stranger.domain}")
    call.invite(description())
    heard = await provider.incoming()
    number = heard.invitation.uri.removeprefix("sip:").partition("@")[0]
    assert number in ("112", "15", "17", "18") and number in dialled
    assert not heard.invitation.get("privacy")
    heard.answer(180)
    await call.ringing()
    call.cancel()
    assert (await call.refused()).status == 487
    await heard.cancelled()
    await running.at_rest()


@pytest.mark.feature("OUT-9", "OUT-10", "OUT-11")
async def test_what_only_ends_like_an_emergency_number_is_asked_for_a_password(running, provider, phone):
    settings = running.box.configuration
    short = ShortNumber(code="015", name="Surtaxé", number="+33899123456")
    alice = settings.people["alice"].model_copy(update={"short_numbers": (short,)})
    await running.set(settings.with_record("people", "alice", alice))
    stranger = await phone("101", register=False)
    for dialled in ("015", "0612345615", "*15", "*2115"):
        call = stranger.call(f"sip:{dialled}@{stranger.domain}")
        call.invite(description())
        assert (await call.refused()).status == 401
    await running.at_rest()


async def test_options_are_answered_and_the_rest_refused(running, phone):
    stranger = await phone("mallory", register=False)
    answer = await stranger.ask("OPTIONS")
    assert answer.status == 200 and "INVITE" in answer.get("allow")
    for method, statuses in (("SUBSCRIBE", {401}), ("MESSAGE", {405}), ("NONSENSE", {405, 501})):
        assert (await stranger.ask(method)).status in statuses
    assert (await stranger.ask("BYE")).status == 481


@pytest.mark.feature("NUM-2")
async def test_an_operator_s_call_for_no_number_of_ours_is_not_found_and_the_office_told(running, provider):
    for _ in range(2):
        call = provider.call("+33188888888")
        call.invite()
        assert (await call.refused()).status == 404
    await running.at_rest()
    await running.until(lambda: not running.box.calls.unwritten, "the records are kept")
    (last, first) = (await running.ask("GET", "/history"))["records"]
    assert (last["called"], last["ended_by"]) == (first["called"], "box") == ("+33188888888", "box")
    assert [entry["reason"]["code"] for entry in last["trail"]] == ["number_unknown"]
    await running.until(lambda: running.box.alarm.warnings(), "the office is told")
    (told,) = running.box.alarm.warnings()
    assert (told.code, told.parameters["number"]) == ("number_unknown", "+33188888888")


async def test_what_is_no_sip_is_dropped_or_refused_and_the_box_goes_on(running, phone):
    stranger = await phone("mallory", register=False)
    for data in (
        b"",
        b"\0",
        b"\r\n\r\n",
        b"hello",
        b"GET / HTTP/1.1\r\n\r\n",
        b"INVITE\r\n",
        b"\xff" * 60000,
    ):
        stranger.send(data)
    assert (await stranger.ask("OPTIONS")).status == 200
    await running.at_rest()
