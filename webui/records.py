"""The life of a record in the pages: list, new, edit, delete; each page says what is particular to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from webui import creating
from webui.client import FieldError, Refused
from webui.forms import Field, Form, nest, rearrange, record_of
from webui.page import go_to, render
from webui.session import Visit, visit_of

Json = dict[str, Any]

# The API refuses a change of another state of the record than the present one.
CHANGED_MEANWHILE = 412


class RecordPages:
    """The pages of one collection of the API; subclasses override what differs.

    Templates: `<template>_list.html` and `<template>.html`.
    """

    collection: str
    path: str
    template: str
    fields: Sequence[Field] = ()

    def blank(self, request: web.Request) -> Json:
        """The values of an empty form."""
        return {}

    def to_values(self, record: Json) -> Json:
        """A record of the API as the form's values."""
        return record

    def tidy(self, values: Json) -> None:
        """Take out of what was posted what the rest of it makes void."""

    def from_values(self, values: Json, before: Json) -> Json:
        """The form's values as a record for the API; `before` is {} for a new one."""
        return {**before, **record_of(self.fields, values)}

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        """What else the form's template needs; also fills the form's choices."""
        return {}

    def seen_from(self, request: web.Request) -> Json:
        """What the form's template needs that depends on the address by which its reader came."""
        return {}

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        """What else the list's template needs."""
        return {}

    def after_save(self, record: Json, created: bool) -> web.Response:
        """Where to go once it is saved."""
        return go_to(f"{self.path}/{record['id']}", "created" if created else "saved")

    async def list_page(self, request: web.Request) -> web.Response:
        """The list of all records."""
        visit = visit_of(request)
        items = (await visit.get(f"/{self.collection}"))["items"]
        around = await self.list_surroundings(visit, items)
        return render(request, f"{self.template}_list.html", {"items": items, **around})

    async def new_page(self, request: web.Request) -> web.Response:
        """An empty form."""
        return await self._show(request, Form(self.blank(request), self.fields), "", {})

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Make a record of what was posted, or show the form again."""
        return await self._take(request, "", {}, "")

    async def edit_page(self, request: web.Request) -> web.Response:
        """The form of a record."""
        identifier = request.match_info["id"]
        answer = await visit_of(request).read(f"/{self.collection}/{identifier}")
        form = Form(self.to_values(answer.data), self.fields, version=answer.etag or "")
        return await self._show(request, form, identifier, answer.data)

    async def save(self, request: web.Request) -> web.StreamResponse:
        """Change a record to what was posted, or show the form again."""
        identifier = request.match_info["id"]
        answer = await visit_of(request).read(f"/{self.collection}/{identifier}")
        return await self._take(request, identifier, answer.data, answer.etag or "")

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Remove a record; show its form with the reason when that can't be."""
        identifier = request.match_info["id"]
        visit = visit_of(request)
        try:
            await visit.send("DELETE", f"/{self.collection}/{identifier}{self.delete_query}")
        except Refused as refusal:
            if refusal.status not in (409, 412, 422):
                raise
            answer = await visit.read(f"/{self.collection}/{identifier}")
            form = Form(self.to_values(answer.data), self.fields, version=answer.etag or "")
            form.errors = refusal.errors
            return await self._show(request, form, identifier, answer.data, status=422)
        return go_to(self.path, "deleted")

    delete_query = ""

    async def _take(
        self, request: web.Request, identifier: str, before: Json, etag: str
    ) -> web.StreamResponse:
        posted = await request.post()
        values = nest((name, value) for name, value in posted.items() if isinstance(value, str))
        wish = str(values.pop("do", "save"))
        version = str(values.pop("version", "")) or etag
        form = Form(values, self.fields, version=version)
        if rearrange(values, wish):
            return await self._show(request, form, identifier, before)
        self.tidy(values)
        if (status := await creating.create(visit_of(request), form, wish)) is not None:
            return await self._show(request, form, identifier, before, status=status)
        try:
            record = await self.store(
                visit_of(request), identifier, self.from_values(values, before), version
            )
        except Refused as refusal:
            if refusal.status in (401, 404):
                raise
            form.errors = refusal.errors
            # Saving again after "changed meanwhile" is meant: the newest version is what it replaces.
            form.version = etag
            if refusal.status == CHANGED_MEANWHILE:
                form.current = self.to_values(before)
            return await self._show(request, form, identifier, before, status=422)
        return await self.saved(request, record, not identifier)

    async def store(self, visit: Visit, identifier: str, record: Json, version: str) -> Json:
        """Hand the record to the API; the record as it is then. Raises Refused."""
        if identifier:
            path = f"/{self.collection}/{identifier}"
            answer = await visit.send("PUT", path, record, etag=version or None)
        else:
            answer = await visit.send("POST", f"/{self.collection}", record)
        stored: Json = answer.data
        return stored

    async def saved(self, request: web.Request, record: Json, created: bool) -> web.StreamResponse:
        """The answer to a record that was saved."""
        return self.after_save(record, created)

    async def _show(
        self, request: web.Request, form: Form, identifier: str, record: Json, *, status: int = 200
    ) -> web.Response:
        around = await self.surroundings(visit_of(request), form, identifier)
        around |= self.seen_from(request)
        context = {"form": form, "identifier": identifier, "record": record, "base": self.path, **around}
        response = render(request, f"{self.template}.html", context)
        response.set_status(status)
        return response

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The collection's pages as routes."""
        one = f"{self.path}/{{id}}"
        return (
            web.get(self.path, self.list_page),
            web.get(f"{self.path}/new", self.new_page),
            web.post(f"{self.path}/new", self.create),
            web.get(one, self.edit_page),
            web.post(one, self.save),
            web.post(f"{one}/delete", self.delete),
        )


def one_error(field: str, code: str, **parameters: str) -> tuple[FieldError, ...]:
    """An error the pages find by themselves."""
    return (FieldError(field, code, parameters),)
