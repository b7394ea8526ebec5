"""Who hears the messages of a mailbox: its person, or the members of its group (VM-7)."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.configuration.people import RingGroup
from appliance.configuration.voicemail import Mailbox, MailboxOwner


def mailboxes_heard(
    mailboxes: Mapping[str, Mailbox], groups: Mapping[str, RingGroup]
) -> dict[str, tuple[Mailbox, ...]]:
    """The mailboxes whose messages each person hears, by the person's id: their own first."""
    found: dict[str, tuple[Mailbox, ...]] = {}
    for mailbox in sorted(mailboxes.values(), key=lambda each: each.owner is not MailboxOwner.PERSON):
        for person_id in _hearers(mailbox, groups):
            found[person_id] = (*found.get(person_id, ()), mailbox)
    return found


def _hearers(mailbox: Mailbox, groups: Mapping[str, RingGroup]) -> tuple[str, ...]:
    """The ids of the people who hear a mailbox's messages; no one does of one that is the office's."""
    if mailbox.owner is MailboxOwner.PERSON:
        return (mailbox.owner_id,) if mailbox.owner_id else ()
    group = groups.get(mailbox.owner_id or "") if mailbox.owner is MailboxOwner.GROUP else None
    if group is None or not mailbox.members_hear:
        return ()
    return tuple(dict.fromkeys(member.person_id for member in group.members))
