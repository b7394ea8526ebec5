"""Why a call went wrong: its messages without secrets, how each leg sounded, a side that was not heard."""

from __future__ import annotations

import asyncio
import json
import struct
import zipfile
from io import BytesIO

import pytest
from pydantic import SecretStr

from appliance.calls import audio_watch
from appliance.configuration.calendars import Calendar, Feed
from appliance.configuration.fields import EncryptedAudio
from appliance.configuration.office import Role, User
from tests.integration.box.offices import PASSWORD
from tests.interop.box import Refused
from tests.support.raw_messages import description
from tests.support.raw_sip import connected


async def _one_sided_call(running, phone, audio):
    """Alice speaks for a moment, Bruno is never heard; returns the call's record."""
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port))
    heard = await bruno.incoming()
    heard.answer(180)
    heard.answer(200, description(ear.port))
    answer = await call.accepted()
    await heard.request("ACK")
    mouth.speak(answer.media, b"\x55" * 160 * 500)
    await running.until(
        lambda: any(each.audio_faults for each in running.box.calls.live()), "the silent side noted"
    )
    await call.hang_up()
    mouth.hush()
    await heard.hung_up()
    await running.at_rest()
    return await _record(running)


async def _record(running):
    async with asyncio.timeout(10):
        with running.box.events.subscribe(None) as events:
            while not (records := (await running.ask("GET", "/history"))["records"]):
                await events.next()
    return records[0]


async def test_a_side_that_is_not_heard_is_said_with_its_cause(running, phone, audio, monkeypatch):
    monkeypatch.setattr(audio_watch, "SILENT_SECONDS", 0.3)
    record = await _one_sided_call(running, phone, audio)
    # Of Alice too it may say that she paused: a busy machine speaks no faster than it can.
    said = {(fault["code"], fault["label"]) for fault in record["audio_faults"]}
    assert ("audio_never_came", "Bruno") in said
    speaker, silent = record["legs"]
    assert speaker["received"] > 10 and speaker["lost"] == 0 and speaker["score"] > 4
    assert silent["received"] == 0 and silent["sent"] > 10 and silent["score"] == 1.0
    assert speaker["codec"] in ("PCMA", "PCMU")


async def test_the_messages_are_kept_without_secrets_and_over_a_restart(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    call, heard = await connected(alice, bruno, "102")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
    record = await _record(running)
    at_once = (await running.ask("GET", f"/history/{record['id']}/messages"))["messages"]
    firsts = [message["text"].split("\r\n")[0].split(" ")[0:2] for message in at_once]
    assert firsts[0][0] == "INVITE" and not at_once[0]["sent"]
    assert ["SIP/2.0", "401"] in firsts and sum(first[0] == "BYE" for first in firsts) == 2
    assert {tuple(message["remote"]) for message in at_once} == {tuple(end.address) for end in (alice, bruno)}
    proofs = [message["text"] for message in at_once if "\r\nAuthorization:" in message["text"]]
    assert proofs and all("response=***" in text and PASSWORD not in text for text in proofs)
    await running.stop()  # Which ends the wait for the last answer, and keeps what there is.
    await running.start()
    kept = (await running.ask("GET", f"/history/{record['id']}/messages"))["messages"]
    assert [message["text"] for message in kept][: len(at_once)] == [message["text"] for message in at_once]
    capture = await running.ask("GET", f"/history/{record['id']}/capture")
    magic, *_, link = struct.unpack_from("<IHHiIII", capture)
    assert (magic, link) == (0xA1B2C3D4, 101)
    assert capture.count(b"INVITE sip:") >= 2 and PASSWORD.encode() not in capture


async def test_a_call_whose_sound_cannot_be_taken_is_in_the_history_with_the_reason(running, phone):
    desk = running.box.configuration.phones["bruno-desk"]
    secret = desk.model_copy(update={"encrypted_audio": EncryptedAudio.ALWAYS})
    await running.set(running.box.configuration.with_record("phones", desk.id, secret))
    alice, bruno = await phone("101"), await phone("102")
    for who, body, code in (
        (alice, b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", "sound_refused"),
        (bruno, description(), "sound_not_encrypted"),
    ):
        call = who.call("103")
        await call.invite_authenticated(body)
        assert (await call.refused()).status in (400, 488)
        await running.at_rest()
        record = await _newest(running, code)
        assert [entry["reason"]["code"] for entry in record["trail"]] == [code]
        assert (record["called"], record["outcome"], record["ended_by"]) == ("103", "failed", "box")
        messages = (await running.ask("GET", f"/history/{record['id']}/messages"))["messages"]
        assert sum(message["text"].startswith("INVITE") for message in messages) == 2
        assert (await running.ask("GET", f"/history/{record['id']}/path"))["trail"]


async def _newest(running, code):
    """The newest record, once it tells that reason."""
    async with asyncio.timeout(10):
        with running.box.events.subscribe(None) as events:
            while True:
                records = (await running.ask("GET", "/history"))["records"]
                if records and records[0]["trail"][0]["reason"]["code"] == code:
                    return records[0]
                await events.next()


SECRETS = {"password": SecretStr("of-the-line-8801"), "hash": SecretStr("of-the-user-8802")}
PRIVATE, TYPED, WRONG = "private-8803/basic.ics", "application/dtmf-relay", "not-right-8804"


def with_secrets(settings):
    line = settings.lines["trunk"].model_copy(update={"password": SECRETS["password"], "user": "acct"})
    user = User(id="adm", name="Adm", role=Role.ADMINISTRATOR, password_hash=SECRETS["hash"])
    calendar = Calendar(id="cal", name="Fermetures", feeds=(Feed(url=f"https://127.0.0.1:1/{PRIVATE}"),))
    mail = settings.mail_server.model_copy(update=SECRETS | {"host": "mail"})
    settings = settings.with_singleton("mail_server", mail).with_record("calendars", "cal", calendar)
    return settings.with_record("lines", "trunk", line).with_record("users", "adm", user)


async def test_the_support_file_tells_all_but_secrets(running, phone, caplog):
    await running.set(with_secrets(running.box.configuration))
    alice, bruno = await phone("101"), await phone("102")
    assert (await (await phone("101", register=False, password=WRONG)).register()).status == 401
    await running.box.feeds.refresh("cal")
    call, heard = await connected(alice, bruno, "102")
    call.write("INFO", f"Content-Type: {TYPED}", body=b"Signal=7\r\nDuration=160\r\n")
    assert (await call.response("INFO", sequence=call.sequence)).status == 200
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
    await _record(running)
    body = await running.ask("GET", "/support")
    with zipfile.ZipFile(BytesIO(body)) as archive:
        names = set(archive.namelist())
        assert {"system.json", "settings.json", "state.json", "calls.json", "log.txt"} <= names
        everything = b"".join(archive.read(name) for name in names)
        settings = json.loads(archive.read("settings.json"))
    hidden = [PASSWORD, PRIVATE, WRONG, "Signal=7", *(each.get_secret_value() for each in SECRETS.values())]
    assert [each for each in hidden if each.encode() in everything or each in caplog.text] == []
    assert TYPED.encode() in everything and b"Signal=***" in everything
    assert settings["phones"] and all(phone["sip_password_set"] for phone in settings["phones"].values())


@pytest.mark.parametrize("path", ["/history/none/messages", "/history/none/capture"])
async def test_an_unknown_call_has_no_messages(running, path):
    with pytest.raises(Refused, match="404"):
        await running.ask("GET", path)
