"""Pages of settings of which there is one: a form shown, and kept or shown again with what is wrong."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import creating
from webui.client import Refused
from webui.forms import Form, nest, rearrange
from webui.page import go_to
from webui.records import CHANGED_MEANWHILE, Json
from webui.session import Visit, visit_of


class SettingsPage:
    """The page at `path`, which is also the settings' path in the API."""

    path: str
    # The settings' path in the API, where it differs.
    resource: str = ""

    def to_values(self, record: Json) -> Json:
        """The settings of the API as the form's values."""
        raise NotImplementedError

    def from_values(self, values: Json, before: Json) -> Json:
        """What was posted as the settings of the API; `before` is what they are."""
        raise NotImplementedError

    async def show(self, request: web.Request, visit: Visit, form: Form) -> web.Response:
        """The page with this form."""
        raise NotImplementedError

    async def store(self, visit: Visit, record: Json, version: str, wish: str) -> None:
        """Hand the settings to the API; `wish` names the button. Raises Refused."""
        await visit.send("PUT", self.resource or self.path, record, etag=version)

    async def get(self, request: web.Request) -> web.Response:
        """The form of the settings."""
        visit = visit_of(request)
        answer = await visit.read(self.resource or self.path)
        form = Form(self.to_values(answer.data), version=answer.etag or "")
        return await self.show(request, visit, form)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Keep the settings, or show them again with what is wrong."""
        visit = visit_of(request)
        before = await visit.read(self.resource or self.path)
        posted = await request.post()
        values: dict[str, Any] = nest(
            (name, value) for name, value in posted.items() if isinstance(value, str)
        )
        wish = str(values.pop("do", "save"))
        form = Form(values, version=str(values.pop("version", "")) or before.etag or "")
        if rearrange(values, wish):
            return await self.show(request, visit, form)
        if (status := await creating.create(visit, form, wish)) is not None:
            response = await self.show(request, visit, form)
            response.set_status(status)
            return response
        try:
            await self.store(visit, self.from_values(values, before.data), form.version, wish)
        except Refused as refusal:
            if refusal.status in (401, 403):
                raise
            form.errors, form.version = refusal.errors, before.etag or ""
            if refusal.status == CHANGED_MEANWHILE:
                form.current = self.to_values(before.data)
            response = await self.show(request, visit, form)
            response.set_status(422)
            return response
        return go_to(self.path, "saved")

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The page as routes."""
        return (web.get(self.path, self.get), web.post(self.path, self.post))
