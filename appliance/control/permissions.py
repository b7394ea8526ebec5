"""What people may change themselves: the settings, the locks of one person, the office's defaults."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel

from appliance.configuration.configuration import Configuration
from appliance.configuration.permissions import BY_PHONE, locks_of
from appliance.control.bodies import answer, nothing
from appliance.control.changes import edit
from appliance.control.errors import not_found
from appliance.control.own import OWN_FIELDS, owns_person
from appliance.control.routes import Access, Route, box_of, identity_of


class Lockable(BaseModel):
    """Every setting that people may change themselves, and that may therefore be locked: people.mobile."""

    items: tuple[str, ...]


class PersonLocks(BaseModel):
    """The settings that are locked for a person, each with where it is locked: office, group, person."""

    locks: dict[str, str]


async def list_lockable(request: web.Request) -> web.Response:
    """Every setting that may be locked."""
    names = (f"{collection}.{field}" for collection in OWN_FIELDS for field in sorted(OWN_FIELDS[collection]))
    return answer(Lockable(items=(*names, *sorted(BY_PHONE))))


async def read_locks(request: web.Request) -> web.Response:
    """What is locked for one person."""
    configuration, person_id = box_of(request).configuration, request.match_info["id"]
    if person_id not in configuration.people:
        raise not_found()
    return answer(PersonLocks(locks=dict(locks_of(configuration, person_id))))


async def apply_defaults(request: web.Request) -> web.Response:
    """Give everybody what new people begin with."""

    def change(configuration: Configuration) -> Configuration:
        defaults = configuration.permissions.defaults
        fields = {name: getattr(defaults, name) for name in type(defaults).model_fields}
        for key, person in configuration.people.items():
            configuration = configuration.with_record("people", key, person.model_copy(update=fields))
        return configuration

    await edit(box_of(request), change, who=identity_of(request).name, record=("permissions", ""))
    return nothing()


TAG = "permissions"
ROUTES = (
    Route(
        "GET",
        "/permissions/settings",
        list_lockable,
        Access.ADMINISTRATOR,
        "Settings that may be locked",
        TAG,
        gives=Lockable,
    ),
    Route(
        "POST",
        "/permissions/defaults/apply",
        apply_defaults,
        Access.ADMINISTRATOR,
        "Give everybody the office's defaults",
        TAG,
        status=204,
    ),
    Route(
        "GET",
        "/people/{id}/locks",
        read_locks,
        Access.OWN,
        "What is locked for a person",
        TAG,
        gives=PersonLocks,
        owns=owns_person,
    ),
)
