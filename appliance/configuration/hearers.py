"""Who hears the messages of a mailbox: its person, or the members of its group (VM-7)."""

from __future__ import annotations

from appliance.configuration.configuration import Configuration
from appliance.configuration.voicemail import Mailbox, MailboxOwner


def hearers(configuration: Configuration, mailbox: Mailbox) -> tuple[str, ...]:
    """The ids of the people who hear a mailbox's messages; no one does of one that is the office's."""
    if mailbox.owner is MailboxOwner.PERSON:
        return (mailbox.owner_id,) if mailbox.owner_id else ()
    group = configuration.groups.get(mailbox.owner_id or "") if mailbox.owner is MailboxOwner.GROUP else None
    if group is None or not mailbox.members_hear:
        return ()
    return tuple(dict.fromkeys(member.person_id for member in group.members))


def heard_by(configuration: Configuration, person_id: str) -> tuple[Mailbox, ...]:
    """The mailboxes whose messages a person hears: their own first, then those of their groups."""
    found = [each for each in configuration.mailboxes.values() if person_id in hearers(configuration, each)]
    return tuple(sorted(found, key=lambda mailbox: mailbox.owner is not MailboxOwner.PERSON))
