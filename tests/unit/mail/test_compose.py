"""The e-mails: what they say in each language, and that nothing from outside can bend them."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration.fields import Language
from appliance.configuration.office import Office
from appliance.configuration.voicemail import MailFormat
from appliance.mail.compose import (
    TEXTS,
    Attachment,
    Letter,
    compose_message,
    compose_test,
    duration_words,
    wire_bytes,
)
from appliance.mail.errors import MailError

OFFICE = Office(name="Cabinet Lefèvre & Fils", time_zone="Europe/Paris")
LETTER = Letter(
    message_id="abc123",
    mailbox="Accueil",
    caller="+33612345678",
    caller_name="Marie Durand",
    called="+33123456789",
    received_at=1798189200.0,  # 2026-12-25 10:00 in Paris
    seconds=65.4,
)


def received(
    letter: Letter = LETTER, language: Language = Language.FRENCH, attachment: Attachment | None = None
) -> EmailMessage:
    """What the reader's program makes of the bytes sent."""
    to = ["a@example.org", "b@example.org"]
    mail = compose_message(letter, OFFICE, language, "autocom@example.org", to, 1798189300.0, attachment)
    parsed = message_from_bytes(wire_bytes(mail), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.feature("VM-3")
def test_a_french_mail_tells_caller_name_time_and_length() -> None:
    mail = received()
    assert mail["Subject"] == "Message vocal de Marie Durand (06 12 34 56 78) (1 min 05 s)"
    sender = mail["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Cabinet Lefèvre & Fils", "autocom@example.org")
    assert mail["To"] == "a@example.org, b@example.org"
    plain = text_of(mail, "plain")
    assert "De : Marie Durand (06 12 34 56 78)" in plain
    assert "Numéro appelé : 01 23 45 67 89" in plain
    assert "Reçu le : vendredi 25 décembre 2026 à 10:00" in plain
    assert "Durée : 1 min 05 s" in plain


@pytest.mark.feature("VM-3")
def test_an_english_mail_says_the_same() -> None:
    plain = text_of(received(language=Language.ENGLISH), "plain")
    assert "From: Marie Durand (06 12 34 56 78)" in plain
    assert "Received: Friday 25 December 2026 at 10:00" in plain
    assert "Length: 1 min 05 s" in plain


def test_headers_are_as_mail_servers_want_them() -> None:
    mail = received()
    assert mail["Message-ID"] == "<message-abc123@example.org>"
    moment = parsedate_to_datetime(mail["Date"])
    assert moment.timestamp() == 1798189300.0 and moment.utcoffset() == timedelta(hours=1)
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.feature("VM-3")
@pytest.mark.parametrize(
    ("format", "kind", "name"),
    [
        (MailFormat.MP3, "audio/mpeg", "message-2026-12-25-10h00.mp3"),
        (MailFormat.WAV, "audio/wav", "message-2026-12-25-10h00.wav"),
    ],
)
def test_the_sound_is_attached(format: MailFormat, kind: str, name: str) -> None:
    sound = bytes(range(256)) * 50
    attached = list(received(attachment=Attachment(format, sound)).iter_attachments())
    assert [(one.get_content_type(), one.get_filename()) for one in attached] == [(kind, name)]
    assert attached[0].get_content() == sound


def test_a_mail_travels_in_seven_bits_and_short_lines() -> None:
    data = wire_bytes(compose_message(LETTER, OFFICE, Language.FRENCH, "a@b.fr", ["c@b.fr"], 0.0))
    assert data.isascii() and all(len(line) <= 998 for line in data.split(b"\r\n"))


def test_a_caller_without_number_or_name() -> None:
    hidden = received(Letter("m", "Accueil", "", "", "", 0.0, 5.0))
    assert "numéro masqué" in hidden["Subject"] and "Numéro appelé" not in text_of(hidden, "plain")
    inside = received(Letter("m", "Accueil", "101", "Zoé", "102", 0.0, 5.0))
    assert "Zoé (101)" in inside["Subject"]


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: everybody@example.org",
        "<script>alert(1)</script>",
        "\x00\x07\u202e",
        "x" * 5000,
        '"; <a@b>',
        "😀",
    ],
)
def test_a_name_from_outside_stays_a_name(name: str) -> None:
    mail = received(Letter("m", name, "+33612345678", name, "", 0.0, 5.0))
    assert mail["Bcc"] is None and len(mail["To"].addresses) == 2
    assert "<script>" not in text_of(mail, "html")
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize("address", ["é@example.org", "a b@exam ple.org", "a\r\nBcc: x@y.fr", "@", ""])
def test_an_address_that_cannot_be_written_is_told(address: str) -> None:
    try:
        data = wire_bytes(compose_test(OFFICE, Language.FRENCH, "a@example.org", address, 0.0, "t"))
    except MailError as error:
        assert error.permanent
    else:
        assert b"\nBcc" not in data


def test_the_test_mail_exists_in_both_languages() -> None:
    mails = [compose_test(OFFICE, language, "a@b.fr", "c@d.fr", 0.0, "t") for language in Language]
    assert {mail["Subject"] for mail in mails} == {"Essai d'envoi d'e-mail", "E-mail test"}


def test_every_text_exists_in_every_language() -> None:
    assert {frozenset(TEXTS[language]) for language in Language} == {frozenset(TEXTS[Language.FRENCH])}


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (42.4, "42 s"), (59.6, "1 min 00 s"), (185.0, "3 min 05 s")]
)
def test_lengths(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@given(name=st.text(), number=st.text(max_size=30), seconds=st.floats(0, 1e7), called=st.text(max_size=30))
def test_whatever_a_caller_sends_makes_one_mail_to_the_same_people(
    name: str, number: str, seconds: float, called: str
) -> None:
    mail = received(Letter("m", "Accueil", number, name, called, 0.0, seconds))
    assert [address.addr_spec for address in mail["To"].addresses] == ["a@example.org", "b@example.org"]
    assert mail["Message-ID"] == "<message-m@example.org>"
    assert len(mail.get_all("Subject", [])) == 1 and not mail.defects
    assert text_of(mail, "plain") and text_of(mail, "html")
