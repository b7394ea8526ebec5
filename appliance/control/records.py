"""Reading and changing the records of every collection, and those of which there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS, Configuration
from appliance.configuration.fields import Record
from appliance.control.bodies import answer, check_if_match, country_of, etag_of, json_object, nothing
from appliance.control.changes import edit, refuse_while_used
from appliance.control.errors import not_found, refusal
from appliance.control.identifiers import new_identifier
from appliance.control.own import owns_mailbox, owns_person
from appliance.control.particulars import PARTICULARS, Particulars
from appliance.control.representation import given, merged, shown
from appliance.control.routes import Access, Handler, Owns, Route, box_of, identity_of
from appliance.control.validation import validated

Combine = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


async def list_records(request: web.Request, collection: str) -> web.Response:
    """Every record of a collection, in the order they were made."""
    box = box_of(request)
    items = [shown(record) for record in box.configuration.collection(collection).values()]
    return answer({"items": items, "version": box.version})


async def read_record(request: web.Request, collection: str) -> web.Response:
    """One record, with its ETag."""
    return _told(_found(box_of(request).configuration, collection, request.match_info["id"]))


async def create_record(request: web.Request, collection: str) -> web.Response:
    """Make a record; its id is made from its name unless one is given."""
    box = box_of(request)
    _refuse_before_set_up(box.configuration, collection)
    model, particulars = COLLECTIONS[collection], _particulars(collection)
    sent = await particulars.prepare(request, await json_object(request), None)
    name = sent.get("name")
    taken = box.configuration.collection(collection)
    identifier = sent.get("id") or new_identifier(name if isinstance(name, str) else "", taken, box.token)
    record = validated(model, {**given(model, sent, None), "id": identifier}, country_of(request))

    def change(configuration: Configuration) -> Configuration:
        if identifier in configuration.collection(collection):
            raise refusal(422, "identifier_taken", "id")
        return configuration.with_record(collection, identifier, record)

    await edit(box, change, who=identity_of(request).name, record=(collection, identifier))
    response = _told(record, 201, particulars.shown_once(sent))
    response.headers["Location"] = f"{request.path}/{identifier}"
    return response


async def replace_record(request: web.Request, collection: str) -> web.Response:
    """Replace a record by the one sent (PUT)."""
    return await _change_record(request, collection, lambda current, sent: sent)


async def patch_record(request: web.Request, collection: str) -> web.Response:
    """Change the fields sent and no other (PATCH, JSON Merge Patch of RFC 7396)."""
    return await _change_record(request, collection, merged)


async def _change_record(request: web.Request, collection: str, combine: Combine) -> web.Response:
    box, identifier = box_of(request), request.match_info["id"]
    particulars, who = _particulars(collection), identity_of(request)
    current = _found(box.configuration, collection, identifier)
    sent = await particulars.prepare(request, await json_object(request), current)
    made: list[Record] = []

    def change(configuration: Configuration) -> Configuration:
        before = _found(configuration, collection, identifier)
        record = _combined(request, before, sent, combine)
        if getattr(record, "id", None) != identifier:
            raise refusal(422, "identifier_changed", "id")
        particulars.check_change(who, configuration, before, record)
        made[:] = [record]
        return configuration.with_record(collection, identifier, record)

    await edit(box, change, who=who.name, record=(collection, identifier))
    await particulars.after_change(request, current, made[0])
    return _told(made[0])


def _combined(request: web.Request, before: Record, sent: dict[str, Any], combine: Combine) -> Record:
    """The record that a request makes of the present one; raises ApiError 412, 422."""
    model, present = type(before), shown(before)
    check_if_match(request, etag_of(present))
    data = given(model, combine(present, sent), before)
    if "id" in model.model_fields:
        data.setdefault("id", getattr(before, "id", None))
    return validated(model, data, country_of(request))


async def delete_record(request: web.Request, collection: str) -> web.Response:
    """Remove a record that nothing else uses; `?with=phones,mailboxes` removes a person's too."""
    box, identifier = box_of(request), request.match_info["id"]
    particulars, who = _particulars(collection), identity_of(request)
    current = _found(box.configuration, collection, identifier)
    along = frozenset(request.query.get("with", "").split(","))

    def change(configuration: Configuration) -> Configuration:
        before = _found(configuration, collection, identifier)
        check_if_match(request, etag_of(shown(before)))
        particulars.check_change(who, configuration, before, None)
        removed = {(collection, identifier)}
        removed.update(one for one in particulars.belongings(configuration, identifier) if one[0] in along)
        refuse_while_used(configuration, removed)
        for other, key in removed:
            configuration = configuration.without_record(other, key)
        return configuration

    await edit(box, change, who=who.name, record=(collection, identifier))
    await particulars.after_change(request, current, None)
    return nothing()


async def read_singleton(request: web.Request, name: str) -> web.Response:
    """A record of which there is one, with its ETag."""
    return _told(_singleton(box_of(request).configuration, name))


async def replace_singleton(request: web.Request, name: str) -> web.Response:
    """Replace a record of which there is one (PUT)."""
    return await _change_singleton(request, name, lambda current, sent: sent)


async def patch_singleton(request: web.Request, name: str) -> web.Response:
    """Change some fields of a record of which there is one (PATCH)."""
    return await _change_singleton(request, name, merged)


async def _change_singleton(request: web.Request, name: str, combine: Combine) -> web.Response:
    box, sent = box_of(request), await json_object(request)
    made: list[Record] = []

    def change(configuration: Configuration) -> Configuration:
        record = _combined(request, _singleton(configuration, name), sent, combine)
        made[:] = [record]
        return configuration.with_singleton(name, record)

    await edit(box, change, who=identity_of(request).name, record=(name, ""))
    return _told(made[0])


def _particulars(collection: str) -> Particulars:
    return PARTICULARS.get(collection) or Particulars()


def _found(configuration: Configuration, collection: str, identifier: str) -> Record:
    record = configuration.collection(collection).get(identifier)
    if record is None:
        raise not_found()
    return record


def _singleton(configuration: Configuration, name: str) -> Record:
    record: Record | None = getattr(configuration, name)
    if record is None:
        raise refusal(409, "not_set_up")
    return record


def _refuse_before_set_up(configuration: Configuration, collection: str) -> None:
    if configuration.office is None and collection != "users":
        raise refusal(409, "not_set_up")


def _told(record: Record, status: int = 200, extra: Mapping[str, Any] | None = None) -> web.Response:
    shape = shown(record)
    return answer({**shape, **(extra or {})}, status, etag=etag_of(shape))


# What everybody may read: a phone's codes are for whoever has a phone, and so is blocking a caller.
READERS: Mapping[str, Access] = {
    "star_codes": Access.SIGNED_IN,
    "caller_filter": Access.SIGNED_IN,
    "call_backs": Access.SIGNED_IN,
}

OWNED: Mapping[str, Owns] = {"people": owns_person, "mailboxes": owns_mailbox}

WHAT: Mapping[str, str] = {
    "people": "a person",
    "phones": "a phone",
    "groups": "a ring group",
    "menus": "a menu",
    "calendars": "a calendar",
    "lines": "a line",
    "numbers": "a number",
    "mailboxes": "a mailbox",
    "audios": "a sound",
    "users": "somebody who signs in",
    "office": "the office",
    "mail_server": "the mail server",
    "outbound": "the settings of calls to the outside",
    "star_codes": "the star codes",
    "permissions": "the permissions",
    "caller_filter": "the caller filter",
    "call_backs": "how people are called back",
}


def _collection_routes(collection: str) -> tuple[Route, ...]:
    what, model = WHAT[collection], COLLECTIONS[collection]
    owns = OWNED.get(collection)
    personal = Access.OWN if owns else Access.ADMINISTRATOR
    every, one = f"/{collection}", f"/{collection}/{{id}}"
    here = partial(_row, collection)
    return (
        here("GET", every, list_records, f"List {collection}", gives=[model]),
        here("POST", every, create_record, f"Make {what}", takes=model, gives=model, status=201),
        here("GET", one, read_record, f"Read {what}", gives=model, access=personal, owns=owns),
        here(
            "PUT",
            one,
            replace_record,
            f"Replace {what}",
            takes=model,
            gives=model,
            access=personal,
            owns=owns,
        ),
        here(
            "PATCH",
            one,
            patch_record,
            f"Change fields of {what}",
            takes=dict,
            gives=model,
            access=personal,
            owns=owns,
        ),
        here("DELETE", one, delete_record, f"Remove {what}", status=204),
    )


def _singleton_routes(name: str) -> tuple[Route, ...]:
    what, model, path = WHAT[name], SINGLETONS[name], f"/{name}"
    here = partial(_row, name)
    return (
        here("GET", path, read_singleton, f"Read {what}", gives=model, access=READERS.get(name)),
        here("PUT", path, replace_singleton, f"Replace {what}", takes=model, gives=model),
        here("PATCH", path, patch_singleton, f"Change fields of {what}", takes=dict, gives=model),
    )


def _row(name: str, method: str, path: str, handler: Callable[..., Any], summary: str, **more: Any) -> Route:
    serve: Handler = partial(handler, collection=name) if name in COLLECTIONS else partial(handler, name=name)
    access = more.pop("access", None) or Access.ADMINISTRATOR
    return Route(method, path, serve, access, summary, tag=name, **more)


ROUTES = (
    *(route for name in COLLECTIONS for route in _collection_routes(name)),
    *(route for name in SINGLETONS for route in _singleton_routes(name)),
)
