"""Delivery to a real mail server: protected, signed in, down for a day, refusing, slow of understanding."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appliance.configuration.fields import Language
from appliance.configuration.office import MailSecurity
from appliance.mail.deliver import next_try
from appliance.mail.errors import MailError

if TYPE_CHECKING:
    from tests.integration.mail.conftest import Post, PostedOffice

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")
HOUR, DAY = 3600.0, 86400.0


def dominant_frequency(sound: bytes, suffix: str, folder: Path) -> float:
    """What `sox stat` hears in a sound file."""
    path = folder / f"attached.{suffix}"
    path.write_bytes(sound)
    command = ["sox", str(path), "-n", "stat"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    line = next(line for line in done.stderr.splitlines() if line.startswith("Rough"))
    return float(line.split()[-1])


@pytest.mark.feature("VM-3")
@pytest.mark.parametrize("format", ["mp3", "wav"])
async def test_a_message_arrives_with_its_sound(
    office: PostedOffice, post: Post, tmp_path: Path, format: str
) -> None:
    post.up()
    office.mailbox(mail_format=format)
    message_id = await office.leave_message(3.0)
    assert await office.deliver() == 1
    [(recipients, mail)] = post.inbox.mails
    assert recipients == ["anne@example.org"] and "Marie" in mail["Subject"]
    [attached] = mail.iter_attachments()
    assert (attached.get_filename() or "").endswith(format)
    assert 420 < dominant_frequency(attached.get_content(), format, tmp_path) < 460
    message = await office.message(message_id)
    assert (message.mail_state, message.mail_error, message.mail_sent_at) == ("sent", "", office.now)
    assert await office.deliver() == 0 and len(post.inbox.mails) == 1
    assert [path.suffix for path in office.messages.audio_path(message).parent.iterdir()] == [".wav"]


@pytest.mark.feature("VM-3")
@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
async def test_protected_and_signed_in(office: PostedOffice, post: Post, security: MailSecurity) -> None:
    post.up(starttls=security is MailSecurity.STARTTLS, tls=security is MailSecurity.TLS, sign_in=True)
    office.server(security=security, user="autocom@example.org", password="clé secrète")
    await office.leave_message()
    assert await office.deliver() == 1 and len(post.inbox.mails) == 1


@pytest.mark.feature("VM-3")
async def test_a_server_down_for_a_day_gets_the_mail_when_it_is_back(
    office: PostedOffice, post: Post
) -> None:
    message_id = await office.leave_message()
    tries: list[float] = []
    end = office.now + DAY
    while office.now < end:
        tries.append(office.now)
        assert await office.deliver() == 0
        message = await office.message(message_id)
        assert (message.mail_state, message.mail_error) == ("queued", "cannot_connect")
        assert message.mail_next_try is not None
        office.now = message.mail_next_try
    waits = [round((later - earlier) / 60) for earlier, later in zip(tries, tries[1:], strict=False)]
    assert waits[:7] == [1, 2, 5, 15, 30, 60, 60]
    post.up()
    assert await office.deliver() == 1
    message = await office.message(message_id)
    assert (message.mail_state, message.mail_error) == ("sent", "")
    assert message.mail_attempts == len(tries) + 1


@pytest.mark.feature("VM-3")
async def test_a_wrong_password_is_tried_again_and_a_right_one_sends(
    office: PostedOffice, post: Post
) -> None:
    post.up(sign_in=True)
    office.server(user="autocom@example.org", password="wrong")
    message_id = await office.leave_message()
    assert await office.deliver() == 0
    message = await office.message(message_id)
    assert (message.mail_state, message.mail_error) == ("queued", "authentication_refused")
    assert "wrong" not in message.mail_detail
    office.server(password="clé secrète")
    await office.queue.hurry(office.now)
    assert await office.deliver() == 1


@pytest.mark.parametrize(
    ("listening", "wanted", "code"),
    [
        ({}, MailSecurity.STARTTLS, "tls_not_offered"),
        ({}, MailSecurity.TLS, "tls_failed"),
        ({"starttls": True}, MailSecurity.NONE, "authentication_refused"),
    ],
)
async def test_a_protection_that_does_not_match_is_told_and_nothing_leaks(
    office: PostedOffice, post: Post, listening: dict[str, bool], wanted: MailSecurity, code: str
) -> None:
    post.up(**listening)
    office.server(security=wanted)
    message_id = await office.leave_message()
    assert await office.deliver() == 0 and post.inbox.mails == []
    assert (await office.message(message_id)).mail_error == code


async def test_an_untrusted_certificate_is_refused(office: PostedOffice, post: Post) -> None:
    post.up(starttls=True, sign_in=True)
    office.server(security=MailSecurity.STARTTLS, user="autocom@example.org", password="clé secrète")
    office.delivery._certificates = None
    message_id = await office.leave_message()
    assert await office.deliver() == 0 and post.inbox.mails == []
    assert (await office.message(message_id)).mail_error == "certificate_refused"


async def test_a_name_that_nobody_knows(office: PostedOffice) -> None:
    office.server(host="no-such-host.invalid")
    message_id = await office.leave_message()
    await office.deliver()
    assert (await office.message(message_id)).mail_error in ("name_not_found", "cannot_connect", "timed_out")


@pytest.mark.feature("VM-3")
@pytest.mark.parametrize(
    ("place", "answer", "state", "code"),
    [
        ("MAIL", "550 sender unknown", "failed", "sender_refused"),
        ("MAIL", "530 sign in first", "queued", "authentication_refused"),
        ("DATA", "554 no spam here", "failed", "message_refused"),
        ("DATA", "552 too big", "failed", "message_too_large"),
        ("DATA", "451 later please", "queued", "server_busy"),
        ("MAIL", "421 closing", "queued", "server_busy"),
    ],
)
async def test_a_refusal_is_final_or_not_as_the_server_says(
    office: PostedOffice, post: Post, place: str, answer: str, state: str, code: str
) -> None:
    post.up()
    post.inbox.answers[place] = answer
    message_id = await office.leave_message()
    assert await office.deliver() == 0
    message = await office.message(message_id)
    assert (message.mail_state, message.mail_error) == (state, code)
    assert answer[4:8] in message.mail_detail and (message.mail_next_try is None) == (state == "failed")
    post.inbox.answers.clear()
    office.now += 30 * DAY
    assert await office.deliver() == (state == "queued")
    assert await office.messages.retry_mail(message_id, office.now)
    assert await office.deliver() == 1
    assert (await office.message(message_id)).mail_state == "sent"


async def test_one_refused_mail_does_not_hold_up_the_others(office: PostedOffice, post: Post) -> None:
    post.up()
    post.inbox.refused_recipients["gone@example.org"] = "550 no such user"
    office.mailbox(emails=("gone@example.org",))
    refused = await office.leave_message()
    assert await office.deliver() == 0
    assert (await office.message(refused)).mail_error == "recipients_refused"
    await office.messages.retry_mail(refused, office.now)
    office.mailbox(emails=("anne@example.org", "gone@example.org"), delete_after_email=True)
    other = await office.leave_message()
    assert await office.deliver() == 2
    message = await office.message(other)
    assert (message.mail_state, message.mail_error) == ("sent", "some_refused")
    assert "no such user" in message.mail_detail
    assert message.deleted_at is None, "somebody has not got it"


@pytest.mark.feature("VM-4")
async def test_deleted_after_mail_only_once_the_server_has_taken_it(office: PostedOffice, post: Post) -> None:
    office.mailbox(delete_after_email=True)
    message_id = await office.leave_message()
    sound = office.messages.audio_path(await office.message(message_id))
    assert await office.deliver() == 0 and sound.exists()
    post.up()
    post.inbox.answers["DATA"] = "451 later"
    office.now += HOUR
    assert await office.deliver() == 0 and sound.exists()
    post.inbox.answers.clear()
    office.now += HOUR
    assert await office.deliver() == 1
    message = await office.message(message_id)
    assert not sound.exists() and message.deleted_at == office.now and message.mail_state == "sent"
    assert (await office.messages.list()).total == 0


@pytest.mark.feature("VM-4")
async def test_a_message_whose_sound_was_not_attached_is_never_deleted(
    office: PostedOffice, post: Post
) -> None:
    post.up()
    office.mailbox(delete_after_email=True, attach=False)
    message_id = await office.leave_message()
    assert await office.deliver() == 1
    [(_, mail)] = post.inbox.mails
    assert list(mail.iter_attachments()) == []
    assert (await office.message(message_id)).deleted_at is None


async def test_without_the_converter_the_sound_goes_as_wav(
    office: PostedOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.up()
    await office.leave_message()
    monkeypatch.setenv("PATH", "/nonexistent")
    assert await office.deliver() == 1
    [attached] = post.inbox.mails[0][1].iter_attachments()
    assert attached.get_content_type() == "audio/wav"


async def test_a_sound_that_is_gone_still_tells_of_the_call(office: PostedOffice, post: Post) -> None:
    post.up()
    message_id = await office.leave_message()
    office.messages.audio_path(await office.message(message_id)).unlink()
    assert await office.deliver() == 1
    body = post.inbox.mails[0][1].get_body(("plain",))
    assert body is not None and "n'est plus sur l'appareil" in body.get_content()


async def test_without_a_server_or_an_address_the_page_says_so(office: PostedOffice, post: Post) -> None:
    office.server(enabled=False)
    message_id = await office.leave_message()
    assert await office.deliver() == 0
    message = await office.message(message_id)
    assert (message.mail_state, message.mail_error, message.mail_attempts) == ("queued", "no_mail_server", 0)
    post.up()
    office.server(enabled=True)
    office.mailbox(emails=())
    assert await office.deliver() == 0
    message = await office.message(message_id)
    assert (message.mail_state, message.mail_error) == ("failed", "no_recipient")


async def test_what_was_interrupted_is_sent_after_the_next_start(office: PostedOffice, post: Post) -> None:
    post.up()
    message_id = await office.leave_message()
    await office.queue.mark_sending(message_id)
    await office.queue.recover()
    assert (await office.message(message_id)).mail_state == "queued"
    assert await office.deliver() == 1


async def test_two_deliveries_at_once_send_once(office: PostedOffice, post: Post) -> None:
    post.up()
    await office.leave_message()
    assert sorted(await asyncio.gather(office.deliver(), office.deliver())) == [0, 1]
    assert len(post.inbox.mails) == 1


@pytest.mark.feature("VM-3")
async def test_the_test_button(office: PostedOffice, post: Post) -> None:
    with pytest.raises(MailError) as caught:
        await office.delivery.send_test("anne@example.org", Language.ENGLISH, "t1")
    assert caught.value.code == "cannot_connect"
    post.up()
    await office.delivery.send_test("anne@example.org", Language.ENGLISH, "t2")
    [(recipients, mail)] = post.inbox.mails
    assert recipients == ["anne@example.org"] and mail["Subject"] == "E-mail test"
    office.server(enabled=False)
    with pytest.raises(MailError) as caught:
        await office.delivery.send_test("anne@example.org", Language.FRENCH, "t3")
    assert caught.value.code == "no_mail_server"


def test_the_back_off_never_ends() -> None:
    assert [next_try(attempts, 0.0) / 60 for attempts in (0, 1, 2, 3, 4, 5, 6, 500)] == [
        1,
        2,
        5,
        15,
        30,
        60,
        60,
        60,
    ]
