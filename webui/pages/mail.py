"""E-mail: the server that takes it, and a test of it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui.client import Refused
from webui.forms import Choice, Field, Form, nest, record_of
from webui.language import N_, gettext
from webui.page import go_to, render
from webui.records import CHANGED_MEANWHILE
from webui.session import Visit, visit_of

FIELDS = (
    Field(
        "enabled",
        N_("Send e-mail"),
        N_("Unticked, messages wait in the box; callers notice nothing."),
        kind="checkbox",
    ),
    Field("host", N_("Mail server"), N_("The provider's server for sending: smtp.example.net.")),
    Field("security", N_("Encryption"), kind="select", choices="securities", empty="absent"),
    Field(
        "port", N_("Port"), N_("587 with STARTTLS, 465 with TLS, 25 without."), kind="number", empty="absent"
    ),
    Field("user", N_("User name"), N_("Left empty, the box does not sign in."), empty="text"),
    Field("password", N_("Password"), kind="secret"),
    Field("sender", N_("Sender"), N_("The address messages come from."), kind="email"),
)


async def _show(request: web.Request, visit: Visit, form: Form, test: Form) -> web.Response:
    form.choices = {
        "securities": [
            Choice("starttls", "STARTTLS"),
            Choice("tls", "TLS"),
            Choice("none", gettext("None (only inside your own network)")),
        ]
    }
    state = await visit.get("/state")
    return render(
        request, "mail.html", {"form": form, "test": test, "waiting": state.get("mails_waiting", 0)}
    )


async def _saved_form(visit: Visit) -> Form:
    answer = await visit.read("/mail_server")
    return Form(answer.data, FIELDS, version=answer.etag or "")


async def mail_page(request: web.Request) -> web.Response:
    """The form of the mail server, and the test."""
    visit = visit_of(request)
    return await _show(request, visit, await _saved_form(visit), Form({}))


async def save_mail(request: web.Request) -> web.StreamResponse:
    """Keep the mail server's settings."""
    visit = visit_of(request)
    before = await visit.read("/mail_server")
    values: dict[str, Any] = nest((await request.post()).items())
    version = str(values.pop("version", "")) or before.etag
    try:
        await visit.send("PUT", "/mail_server", {**before.data, **record_of(FIELDS, values)}, etag=version)
    except Refused as refusal:
        values["password_set"] = before.data.get("password_set")
        form = Form(values, FIELDS, errors=refusal.errors, version=before.etag or "")
        if refusal.status == CHANGED_MEANWHILE:
            form.current = before.data
        response = await _show(request, visit, form, Form({}))
        response.set_status(422)
        return response
    return go_to("/mail", "saved")


async def test_mail(request: web.Request) -> web.StreamResponse:
    """Send a test e-mail and say how it went."""
    visit = visit_of(request)
    values: dict[str, Any] = nest((await request.post()).items())
    try:
        await visit.send("POST", "/mail_server/test", {"to": values.get("to", "")})
    except Refused as refusal:
        form = Form(values, errors=refusal.errors)
        response = await _show(request, visit, await _saved_form(visit), form)
        response.set_status(422)
        return response
    return go_to("/mail", "sent")


ROUTES = (
    web.get("/mail", mail_page),
    web.post("/mail", save_mail),
    web.post("/mail/test", test_mail),
)
