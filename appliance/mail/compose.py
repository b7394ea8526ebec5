"""The e-mails themselves: what they say, in French and English, and the sound attached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from babel.dates import format_datetime as words_for_moment

from appliance import numbers
from appliance.configuration.fields import Language
from appliance.configuration.office import Office
from appliance.configuration.voicemail import MailFormat
from appliance.mail.errors import MailError
from appliance.zones import zone

MIME_SUBTYPES = {MailFormat.MP3: "mpeg", MailFormat.WAV: "wav"}

TEXTS: Mapping[Language, Mapping[str, str]] = {
    Language.FRENCH: {
        "subject": "Message vocal de {who} ({duration})",
        "intro": "Un message vocal a été laissé dans la boîte « {mailbox} ».",
        "from": "De",
        "called": "Numéro appelé",
        "received": "Reçu le",
        "length": "Durée",
        "attached": "Le message est joint à cet e-mail.",
        "kept": "Le message peut être écouté dans les pages d'Autocom.",
        "missing": "Le son de ce message n'est plus sur l'appareil.",
        "anonymous": "numéro masqué",
        "moment": "EEEE d MMMM y 'à' HH:mm",
        "file": "message",
        "happened": "Quand",
        "test_subject": "Essai d'envoi d'e-mail",
        "test": "Cet e-mail montre que l'envoi fonctionne. Il a été demandé dans les réglages.",
        "label": "{label} : {value}",
    },
    Language.ENGLISH: {
        "subject": "Voice message from {who} ({duration})",
        "intro": "A voice message was left in the mailbox “{mailbox}”.",
        "from": "From",
        "called": "Number called",
        "received": "Received",
        "length": "Length",
        "attached": "The message is attached to this e-mail.",
        "kept": "The message can be played on Autocom's pages.",
        "missing": "The sound of this message is no longer on the box.",
        "anonymous": "number withheld",
        "moment": "EEEE d MMMM y 'at' HH:mm",
        "file": "message",
        "happened": "When",
        "test_subject": "E-mail test",
        "test": "This e-mail shows that sending works. It was asked for on the mail settings page.",
        "label": "{label}: {value}",
    },
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A sound file to attach."""

    format: MailFormat
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail about a message tells; `received_at` in epoch seconds, phone numbers in E.164."""

    message_id: str
    mailbox: str
    caller: str
    caller_name: str
    called: str
    received_at: float
    seconds: float
    sound_missing: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A short e-mail about something that happened at `moment`; `id` makes its Message-ID."""

    id: str
    subject: str
    text: str
    moment: datetime


def compose_notice(
    notice: Notice, office: Office, language: Language, sender: str, recipients: Sequence[str], now: float
) -> EmailMessage:
    """The e-mail of a notice. Raises MailError."""
    texts = TEXTS[language]
    mail = _headed(notice.subject, office, sender, recipients, now)
    mail["Message-ID"] = f"<{notice.id}@{_domain(sender)}>"
    mail["Content-Language"] = language.value
    mail["Importance"] = "high"
    when = words_for_moment(notice.moment, texts["moment"], locale=language.value)
    _fill(mail, notice.text, [(texts["happened"], when)], "", language)
    return mail


def compose_message(
    letter: Letter,
    office: Office,
    language: Language,
    sender: str,
    recipients: Sequence[str],
    now: float,
    attachment: Attachment | None = None,
) -> EmailMessage:
    """The e-mail about a message left; `now` in epoch seconds dates it. Raises MailError."""
    texts = TEXTS[language]
    who = caller_words(letter.caller, letter.caller_name, office.country, language)
    duration = duration_words(letter.seconds)
    received = datetime.fromtimestamp(letter.received_at, zone(office.time_zone))
    rows = [
        (texts["from"], who),
        (texts["called"], number_words(letter.called, office.country)),
        (texts["received"], words_for_moment(received, texts["moment"], locale=language.value)),
        (texts["length"], duration),
    ]
    ending = "attached" if attachment else "missing" if letter.sound_missing else "kept"
    mail = _headed(texts["subject"].format(who=who, duration=duration), office, sender, recipients, now)
    mail["Message-ID"] = f"<message-{letter.message_id}@{_domain(sender)}>"
    mail["Content-Language"] = language.value
    intro = texts["intro"].format(mailbox=_one_line(letter.mailbox))
    _fill(mail, intro, [row for row in rows if row[1]], texts[ending], language)
    if attachment:
        name = f"{texts['file']}-{received:%Y-%m-%d-%Hh%M}.{attachment.format.value}"
        subtype = MIME_SUBTYPES[attachment.format]
        mail.add_attachment(attachment.data, maintype="audio", subtype=subtype, filename=name)
    return mail


def compose_test(
    office: Office, language: Language, sender: str, recipient: str, now: float, token: str
) -> EmailMessage:
    """The e-mail of the test button; `token` makes its Message-ID unlike any other. Raises MailError."""
    texts = TEXTS[language]
    mail = _headed(texts["test_subject"], office, sender, [recipient], now)
    mail["Message-ID"] = f"<test-{token}@{_domain(sender)}>"
    mail["Content-Language"] = language.value
    _fill(mail, texts["test"], [], "", language)
    return mail


def wire_bytes(mail: EmailMessage) -> bytes:
    """An e-mail as it travels, in seven bits. Slow for a long sound: to be run in a thread.

    Raises MailError when an address cannot be written in a header.
    """
    try:
        return mail.as_bytes(policy=SMTP.clone(cte_type="7bit"))
    except (ValueError, MessageError) as error:
        raise MailError("recipients_refused", str(error), permanent=True) from error


def caller_words(caller: str, name: str, country: str, language: Language) -> str:
    """Who called: the name and the number as it is written in the country, whichever are known."""
    number, name = number_words(caller, country), _one_line(name)
    if not number:
        return name or TEXTS[language]["anonymous"]
    return f"{name} ({number})" if name and name != caller else number


def number_words(number: str, country: str) -> str:
    """A number as it is written in the country; what is not one (an extension) as it is."""
    return numbers.national(number, country) if numbers.is_e164(number) else _one_line(number)


def duration_words(seconds: float) -> str:
    """A length of time, as "42 s" or "3 min 05 s"."""
    whole = max(round(seconds), 1)
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"


def _headed(subject: str, office: Office, sender: str, recipients: Sequence[str], now: float) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    moment = datetime.fromtimestamp(now, zone(office.time_zone))
    try:
        mail["From"] = _address(sender, _one_line(office.name))
        mail["To"] = [_address(recipient) for recipient in recipients]
    except (ValueError, MessageError) as error:
        raise MailError("recipients_refused", str(error), permanent=True) from error
    mail["Subject"] = _one_line(subject)
    mail["Date"] = format_datetime(moment)
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _fill(
    mail: EmailMessage, intro: str, rows: Sequence[tuple[str, str]], ending: str, language: Language
) -> None:
    """Give an e-mail its text, plain and as simple HTML."""
    label = TEXTS[language]["label"]
    plain = [intro, "", *(label.format(label=name, value=value) for name, value in rows), "", ending]
    mail.set_content("\n".join(plain).strip() + "\n")
    cells = "".join(
        f'<tr><th align="left" style="padding-right:1em">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in rows
    )
    mail.add_alternative(
        f'<!doctype html><html lang="{language.value}"><body style="font-family:sans-serif">'
        f"<p>{escape(intro)}</p>{f'<table>{cells}</table>' if cells else ''}<p>{escape(ending)}</p>"
        "</body></html>\n",
        subtype="html",
    )


def _one_line(text: str) -> str:
    """A text from outside made fit for a header: no control character, no run of blanks, not endless."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:200]


def _address(text: str, name: str = "") -> Address:
    user, _, domain = text.rpartition("@")
    return Address(name, user, domain)


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2] or "localhost"
