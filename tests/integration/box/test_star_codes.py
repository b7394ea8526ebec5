"""Star codes dialled on a phone: what the box does, what it says, and what is kept."""

import asyncio
import json

import pytest

from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST
from tests.interop.box import Refused
from tests.support.raw_sip import description


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
