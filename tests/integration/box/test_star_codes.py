"""Star codes dialled on a phone: what the box does, what it says, and what is kept."""

import asyncio
import json

import pytest

from appliance.configuration.star_codes import DURING_CALL, Action
from appliance.configuration.voicemail import MailboxOwner
from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST
from tests.interop.box import Refused
from tests.support.raw_messages import description


@pytest.fixture
def said(running, monkeypatch):
    """The names of the prompts that the box has said, in order."""
    names = []
    speak = running.box.calls.board.spoken

    async def note(speech):
        names.append(speech.prompt_name)
        return await speak(speech)

    monkeypatch.setattr(running.box.calls.board, "spoken", note)
    return names


async def dial(phone, audio, code):
    """Call a code, to the end of what the box says."""
    ear = await audio()
    call = phone.call(code)
    await call.invite_authenticated(description(ear.port, codecs="8 101"))
    return call, (await call.accepted()).media, ear


async def kept(running):
    """Wait until the call that has ended is in the history."""
    await running.at_rest()
    async with asyncio.timeout(10):
        with running.box.events.subscribe(None) as events:
            while not (await running.box.history.list()).total:
                await events.next()


@pytest.mark.feature("FWD-6")
async def test_do_not_disturb_by_phone_is_in_the_settings_and_survives_a_restart(running, phone, audio, said):
    alice = await phone("101")
    call, _, _ = await dial(alice, audio, "*78")
    await call.hung_up(15)
    assert said == ["do_not_disturb_on"]
    assert (await running.ask("GET", "/people/alice"))["do_not_disturb"] is True
    await running.stop()
    await running.start()
    assert running.box.configuration.people["alice"].do_not_disturb


async def test_a_code_that_was_changed_answers_at_once_and_the_former_no_more(running, phone, audio, said):
    codes = await running.ask("GET", "/star_codes")
    await running.ask("PUT", "/star_codes", {**codes, "do_not_disturb_on": "*25"})
    alice = await phone("101")
    call, _, _ = await dial(alice, audio, "*25")
    await call.hung_up(15)
    assert said == ["do_not_disturb_on"]
    call = alice.call("*78")
    await call.invite_authenticated(description(9))
    await call.response(least=183)
    assert said[1:] == ["unknown_extension"]
    call.cancel()
    await running.at_rest()


async def test_a_code_that_stands_in_the_way_is_refused_at_its_field(running):
    with pytest.raises(Refused) as refused:
        await running.ask("PATCH", "/star_codes", {"echo": "*97", "about": "102"})
    assert refused.value.status == 422
    assert {(each["field"], each["code"]) for each in json.loads(refused.value.body)["errors"]} == {
        ("echo", "star_code_taken"),
        ("about", "star_code_is_extension"),
    }


async def test_the_last_caller_is_said_and_called_back(running, provider, phone, audio, said):
    bruno = await phone("102")
    missed = provider.call(f"sip:{NUMBER}@{provider.domain}", from_user=OUTSIDER)
    missed.invite(description(9, PROVIDER_HOST))
    ringing = await bruno.incoming()
    ringing.answer(180)
    await missed.ringing()
    missed.cancel()
    assert (await missed.refused()).status == 487
    await kept(running)
    call, media, ear = await dial(bruno, audio, "*69")
    await running.until(lambda: "last_caller_keys" in said, "the choice was said", 15)
    ear.press(media, "1")
    outside = await provider.incoming()
    assert OUTSIDER[3:] in outside.invitation.uri
    outside.answer(200, description(9, PROVIDER_HOST))
    await running.until(lambda: any(c.callee for c in running.box.calls.in_progress()), "they talk")
    await call.hang_up()
    await outside.hung_up()
    await running.at_rest()


@pytest.fixture
def told_by(running, audio, said):
    """What the box says when a phone dials a code; the phone does not wait for the end of it."""

    async def ask(phone, code):
        before = len(said)
        call, _, _ = await dial(phone, audio, code)
        await running.until(lambda: len(said) > before, "the box has said something")
        await call.hang_up()
        await running.at_rest()
        return said[before:]

    return ask


# What each code does first when Alice dials it, by what comes after it; pressed codes are with transfers.
SAID = {
    Action.MAILBOX: ("", "no_messages"),
    Action.LAST_CALLER: ("", "last_caller_none"),
    Action.BLOCK_CALLER: ("", "last_caller_none"),
    Action.DO_NOT_DISTURB_ON: ("", "do_not_disturb_on"),
    Action.DO_NOT_DISTURB: ("", "do_not_disturb_off"),
    Action.DO_NOT_DISTURB_OFF: ("", "do_not_disturb_off"),
    Action.FORWARD_ALL: ("103", "forward_all_on"),
    Action.FORWARD_ALL_OFF: ("", "forward_all_off"),
    Action.FORWARD_BUSY: ("103", "forward_busy_on"),
    Action.FORWARD_BUSY_OFF: ("", "forward_busy_off"),
    Action.FORWARD_NO_ANSWER: ("0639981234", "forward_no_answer_on"),
    Action.FORWARD_NO_ANSWER_OFF: ("", "forward_no_answer_off"),
    Action.FORWARD_NOT_CONNECTED: ("103", "forward_not_connected_on"),
    Action.FORWARD_NOT_CONNECTED_OFF: ("", "forward_not_connected_off"),
    Action.DAY_START: ("", "day_started"),
    Action.DAY_BREAK: ("", "day_on_break"),
    Action.DAY_END: ("", "day_ended"),
    Action.GROUP_SIGN: ("200", "group_signed_out"),
    Action.HOURS_OPEN: ("", "hours_open"),
    Action.HOURS_CLOSED: ("", "hours_closed"),
    Action.HOURS_AS_SET: ("", "hours_as_set"),
    Action.PARK: ("9", "park_empty"),
    Action.PICK_UP: ("103", "nothing_to_pick_up"),
    Action.INTERCOM: ("103", "person_unavailable"),
    Action.PAGING: ("200", "nobody_available"),
    Action.ECHO: ("", "echo_test"),
    Action.ABOUT: ("", "own_extension"),
}


async def test_every_code_does_what_it_says_by_the_code_that_the_office_chose(running, phone, told_by):
    table = {action.value: f"*3{number:02}" for number, action in enumerate(Action)}
    await running.ask("PUT", "/star_codes", table)
    settings = running.box.configuration
    alice_ = settings.people["alice"].model_copy(update={"working_day": True})
    group = settings.groups["all"].model_copy(update={"extension": "200"})
    own = {"id": "own", "owner": MailboxOwner.PERSON, "owner_id": "alice"}
    mailbox = settings.mailboxes["office"].model_copy(update=own)
    settings = settings.with_record("people", "alice", alice_).with_record("groups", "all", group)
    await running.set(settings.with_record("mailboxes", "own", mailbox))
    alice, heard = await phone("101"), {}
    for action, (after, _) in SAID.items():
        heard[action] = (await told_by(alice, table[action.value] + after))[0]
    assert heard == {action: said for action, (_, said) in SAID.items()}
    assert set(SAID) | DURING_CALL == set(Action)


@pytest.mark.feature("FWD-1", "PERM-1")
async def test_a_forward_dialled_on_a_phone_takes_the_calls_until_it_is_locked(running, phone, told_by):
    alice, bruno = await phone("101"), await phone("102")
    await phone("103")
    assert await told_by(bruno, "*21*103%23") == ["forward_all_on"]
    call = alice.call("102")
    await call.invite_authenticated(description(9))
    await running.until(
        lambda: any("chloe" in each.ringing_people for each in running.box.calls.in_progress()),
        "the call is at Chloé",
    )
    call.cancel()
    await running.at_rest()
    await running.ask("PATCH", "/permissions", {"people": {"bruno": ["people.forward_active"]}})
    assert await told_by(bruno, "%2321%23") == ["setting_locked"]
    assert running.box.configuration.people["bruno"].forward_active
    await running.ask("PATCH", "/permissions", {"people": {"bruno": []}})
    assert await told_by(bruno, "%2321%23") == ["forward_all_off"]
    assert not running.box.configuration.people["bruno"].forward_active


@pytest.mark.feature("FWD-3", "OUT-10")
async def test_no_forward_leads_to_a_number_that_costs_extra(running, phone, told_by):
    alice = await phone("101")
    assert await told_by(alice, "*670899123456") == ["forward_nowhere"]
    assert await told_by(alice, "*67*0639981234") == ["forward_busy_on"]
    forwards = (await running.ask("GET", "/people/alice"))["forwards"]
    assert forwards["busy"]["number"] == OUTSIDER


@pytest.mark.feature("STAT-1")
async def test_a_day_begun_on_a_phone_lasts_over_a_restart(running, phone, told_by):
    alice = await phone("101")
    assert await told_by(alice, "*71") == ["day_not_used"]
    await running.ask("PATCH", "/people/alice", {"working_day": True})
    assert await told_by(alice, "*71") == ["day_started"]
    assert await told_by(alice, "*72") == ["day_on_break"]
    await running.at_rest()
    await running.stop()
    await running.start()
    assert running.box.world().person("alice").day.value == "on_break"


@pytest.mark.feature("TIME-4", "PERM-1")
async def test_the_office_and_a_calendar_are_closed_and_opened_by_phone(running, phone, told_by):
    created = await running.ask("POST", "/calendars", {"name": "Atelier", "code": "2"})
    alice = await phone("101")
    assert await told_by(alice, "*52") == ["hours_closed"]
    assert await told_by(alice, "*512") == ["hours_open"]
    held = (await running.ask("GET", "/overrides"))["items"]
    assert {(each["calendar_id"], each["state"], each["by"]) for each in held} == {
        (None, "closed", "Alice"),
        (created["id"], "open", "Alice"),
    }
    assert await told_by(alice, "*52") == ["hours_as_set"]
    assert await told_by(alice, "*50*2") == ["hours_as_set"]
    assert await told_by(alice, "*529") == ["hours_unknown"]
    assert not (await running.ask("GET", "/overrides"))["items"]
    await running.ask("PATCH", "/permissions", {"everybody": ["phone.hours"]})
    assert await told_by(alice, "*52") == ["setting_locked"]
    assert not (await running.ask("GET", "/overrides"))["items"]


@pytest.mark.feature("IN-9")
async def test_who_called_last_is_blocked_by_phone(running, provider, phone, audio, said):
    """The call that was missed is made again: it does not ring any more."""
    bruno = await phone("102")
    missed = provider.call(f"sip:{NUMBER}@{provider.domain}", from_user=OUTSIDER)
    missed.invite(description(9, PROVIDER_HOST))
    (await bruno.incoming()).answer(180)
    await missed.ringing()
    missed.cancel()
    await kept(running)
    call, media, ear = await dial(bruno, audio, "*60")
    await running.until(lambda: "block_caller_keys" in said, "the choice was said", 15)
    ear.press(media, "1")
    await running.until(lambda: said[-1] == "caller_blocked", "that it is blocked", 15)
    await call.hang_up()
    again = provider.call(f"sip:{NUMBER}@{provider.domain}", from_user=OUTSIDER)
    again.invite(description(9, PROVIDER_HOST))
    await again.accepted()
    told = next(iter(running.box.calls.in_progress()))
    assert not told.met[1:], "nobody is rung"
    assert "filter_blocked" in [entry.reason.code for entry in told.trail]
    await again.hang_up()
    await running.at_rest()
