"""Contacts: list, look up, make, change, forget, export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.contact_destinations import moved_numbers, numbers_that_follow, with_moved
from appliance.configuration.contact_files import as_csv
from appliance.configuration.contacts import MOST_CONTACTS, Contact
from appliance.control.bodies import (
    answer,
    check_if_match,
    country_of,
    etag_of,
    json_object,
    nothing,
    query,
)
from appliance.control.box import Box
from appliance.control.changes import edit, wrong
from appliance.control.errors import not_found, refusal
from appliance.control.representation import plain
from appliance.control.routes import Access, Identity, Route, box_of, identity_of
from appliance.control.validation import validated
from appliance.storage.contacts import NumberTaken


class ContactQuery(BaseModel):
    """Which contacts: `q` in names, companies, e-mail addresses and numbers."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=100)] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 50


class ContactList(BaseModel):
    """One page of contacts by name; `total` counts those of all pages."""

    items: tuple[Contact, ...]
    total: int
    page: int
    page_size: int


class NumberQuery(BaseModel):
    """A number in any form."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(max_length=60)]


async def list_contacts(request: web.Request) -> web.Response:
    """A page of contacts."""
    wanted = query(request, ContactQuery)
    found = await box_of(request).contacts.list(
        wanted.q, (wanted.page - 1) * wanted.page_size, wanted.page_size
    )
    items = [plain(contact) for contact in found.contacts]
    return answer({"items": items, "total": found.total, "page": wanted.page, "page_size": wanted.page_size})


async def look_up(request: web.Request) -> web.Response:
    """The contact who has a number (CRM-1)."""
    box, wanted = box_of(request), query(request, NumberQuery)
    number = numbers.dialled(wanted.number, country_of(request) or "FR")
    known = box.contacts.look_up(number) if number else None
    contact = await box.contacts.get(known.contact_id) if known else None
    if contact is None:
        raise not_found()
    return answer(plain(contact))


async def read_contact(request: web.Request) -> web.Response:
    """One contact, with its ETag."""
    return _told(await _found(request))


async def create_contact(request: web.Request) -> web.Response:
    """Make a contact."""
    box, sent = box_of(request), await json_object(request)
    if box.configuration.office is None:
        raise refusal(409, "not_set_up")
    sent["id"] = new_contact_id(box)
    contact = validated(Contact, sent, country_of(request))
    check_contact(box.configuration, contact)
    if (await box.contacts.list(count=1)).total >= MOST_CONTACTS:
        raise wrong("name", "too_long", max_length=str(MOST_CONTACTS))
    await keep(box, contact, by=identity_of(request))
    return _told(contact, 201)


async def replace_contact(request: web.Request) -> web.Response:
    """Replace a contact by the one sent."""
    box, before = box_of(request), await _found(request)
    check_if_match(request, etag_of(plain(before)))
    sent = {**await json_object(request), "id": before.id}
    contact = validated(Contact, sent, country_of(request))
    check_contact(box.configuration, contact)
    await keep(box, contact, by=identity_of(request))
    return _told(contact)


async def delete_contact(request: web.Request) -> web.Response:
    """Forget a contact."""
    box = box_of(request)
    if not await box.contacts.delete(request.match_info["id"]):
        raise not_found()
    box.events.publish("contact", id=request.match_info["id"])
    return nothing()


async def export_contacts(request: web.Request) -> web.Response:
    """Every contact as CSV that spreadsheets open."""
    box = box_of(request)
    contacts = await box.contacts.everything()
    people = {person.id: person.name for person in box.configuration.people.values()}
    text = await box.in_thread(lambda: as_csv(contacts, people))
    headers = {"Content-Disposition": 'attachment; filename="contacts.csv"', "Cache-Control": "no-store"}
    return web.Response(body=text.encode("utf-8-sig"), content_type="text/csv", headers=headers)


async def keep(box: Box, *contacts: Contact, by: Identity) -> None:
    """Keep contacts, all or none; destinations that follow one of them ring their other number.

    Raises ApiError at the number that is somebody else's, or that only an administrator may move since
    destinations follow it, and StorageError.
    """
    moved = await _moved_numbers(box, contacts)
    if moved and not by.is_administrator:
        office = box.configuration.office
        number = numbers.national(min(moved), office.country if office else "FR")
        raise wrong("numbers", "contact_followed", number=number)
    try:
        await box.contacts.keep(contacts)
    except NumberTaken as taken:
        raise wrong(f"numbers.{taken.place}", "number_of_contact", name=taken.name) from None
    for contact in contacts[:1]:
        box.events.publish("contact", id=contact.id if len(contacts) == 1 else "")
    # A number that is another contact's by now is meant as it stands.
    moved = {number: other for number, other in moved.items() if box.contacts.look_up(number) is None}
    if moved:
        await edit(box, lambda settings: with_moved(settings, moved), who=by.name, record=("contacts", ""))


async def _moved_numbers(box: Box, contacts: Sequence[Contact]) -> dict[str, str]:
    """What destinations follow of the numbers that these contacts give up, each with the other one."""
    after = {contact.id: contact for contact in contacts}
    moved: dict[str, str] = {}
    for number in numbers_that_follow(box.configuration):
        known = box.contacts.look_up(number)
        if known is None or known.contact_id not in after:
            continue
        before = await box.contacts.get(known.contact_id)
        if before is not None and number in (other := moved_numbers(before, after[before.id])):
            moved[number] = other[number]
    return moved


def check_contact(configuration: Configuration, contact: Contact) -> None:
    """Raises ApiError 422 when a contact names nobody of ours, or has a number of ours."""
    if contact.owner_id is not None and contact.owner_id not in configuration.people:
        raise wrong("owner_id", "unknown_person")
    ours = {each.number: each.name for each in configuration.numbers.values()}
    for place, number in enumerate(contact.numbers):
        if number in ours:
            raise wrong(f"numbers.{place}", "number_is_own", name=ours[number])


def new_contact_id(box: Box) -> str:
    """A fresh identifier; contacts of one name are many."""
    return f"c{box.token()[:16]}"


async def _found(request: web.Request) -> Contact:
    contact = await box_of(request).contacts.get(request.match_info["id"])
    if contact is None:
        raise not_found()
    return contact


def _told(contact: Contact, status: int = 200) -> web.Response:
    shape: dict[str, Any] = plain(contact)
    return answer(shape, status, etag=etag_of(shape))


TAG = "contacts"
_HERE = Access.SIGNED_IN
_QUERY = {
    "q": "in names, companies, e-mail addresses and numbers",
    "page": "from 1",
    "page_size": "1 to 200",
}
ROUTES = (
    Route("GET", "/contacts", list_contacts, _HERE, "List contacts", TAG, gives=ContactList, query=_QUERY),
    Route(
        "GET",
        "/contacts/look-up",
        look_up,
        _HERE,
        "Who has a number",
        TAG,
        gives=Contact,
        query={"number": "in any form"},
    ),
    Route(
        "GET",
        "/contacts/export",
        export_contacts,
        Access.ADMINISTRATOR,
        "Every contact as CSV",
        TAG,
        gives_type="text/csv",
    ),
    Route("POST", "/contacts", create_contact, _HERE, "Make a contact", TAG, Contact, Contact, 201),
    Route("GET", "/contacts/{id}", read_contact, _HERE, "Read a contact", TAG, gives=Contact),
    Route("PUT", "/contacts/{id}", replace_contact, _HERE, "Replace a contact", TAG, Contact, Contact),
    Route("DELETE", "/contacts/{id}", delete_contact, _HERE, "Forget a contact", TAG, status=204),
)
