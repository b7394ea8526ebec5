"""The pages: one module for each, and the table of what they serve."""

from __future__ import annotations

from webui.pages import (
    backup,
    claim,
    history,
    lines,
    mail,
    mailboxes,
    numbers,
    office,
    opening_hours,
    overrides,
    overview,
    people,
    phones,
    ring_groups,
    security,
    sign_in,
    sounds,
    users,
    voicemail,
    working_day,
)

ROUTES = (
    *claim.ROUTES,
    *sign_in.ROUTES,
    *overview.ROUTES,
    *numbers.ROUTES,
    *people.ROUTES,
    *phones.ROUTES,
    *ring_groups.ROUTES,
    *overrides.ROUTES,
    *opening_hours.ROUTES,
    *voicemail.ROUTES,
    *mailboxes.ROUTES,
    *sounds.ROUTES,
    *lines.ROUTES,
    *mail.ROUTES,
    *history.ROUTES,
    *office.ROUTES,
    *users.ROUTES,
    *backup.ROUTES,
    *security.ROUTES,
    *working_day.ROUTES,
)
