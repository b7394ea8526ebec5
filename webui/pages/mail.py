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


# Where what is wrong is put right, by why the test did not go.
MENDED_AT = {
    "authentication_refused": "password",
    "cannot_connect": "host",
    "certificate_refused": "host",
    "name_not_found": "host",
    "no_mail_server": "host",
    "sender_refused": "sender",
    "timed_out": "port",
    "tls_failed": "security",
    "tls_not_offered": "security",
}


# Why an e-mail did not go by the server's own words; otherwise it is the box that tells.
SAID_BY_SERVER = frozenset(
    {
        "authentication_refused",
        "message_refused",
        "message_too_large",
        "recipients_refused",
        "sender_refused",
        "server_busy",
        "some_refused",
    }
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
    trouble = str(state.get("mail_trouble", ""))
    mended = next((MENDED_AT[one.code] for one in test.errors if one.code in MENDED_AT), "")
    context = {
        "form": form,
        "test": test,
        "waiting": state.get("mails_waiting", 0),
        "trouble": trouble,
        "said_by_server": SAID_BY_SERVER,
        "mended_at": form.field(mended) if mended else None,
    }
    response = render(request, "mail.html", context)
    response.set_status(422 if form.errors or test.errors else 200)
    return response


async def _saved_form(visit: Visit) -> Form:
    answer = await visit.read("/mail_server")
    return Form(answer.data, FIELDS, version=answer.etag or "")


async def mail_page(request: web.Request) -> web.Response:
    """The form of the mail server, and the test."""
    visit = visit_of(request)
    return await _show(request, visit, await _saved_form(visit), Form({}))


async def _keep(visit: Visit, values: dict[str, Any]) -> Form | None:
    """Keep the settings; the form with what is wrong where they can't be."""
    before = await visit.read("/mail_server")
    version = str(values.pop("version", "")) or before.etag
    if values.get("host") and not before.data.get("host"):
        # Whoever types a server in for the first time means it to be used.
        values["enabled"] = "on"
    try:
        await visit.send("PUT", "/mail_server", {**before.data, **record_of(FIELDS, values)}, etag=version)
    except Refused as refusal:
        values["password_set"] = before.data.get("password_set")
        form = Form(values, FIELDS, errors=refusal.errors, version=before.etag or "")
        if refusal.status == CHANGED_MEANWHILE:
            form.current = before.data
        return form
    return None


async def save_mail(request: web.Request) -> web.StreamResponse:
    """Keep the mail server's settings."""
    visit = visit_of(request)
    form = await _keep(visit, nest((await request.post()).items()))
    return go_to("/mail", "saved") if form is None else await _show(request, visit, form, Form({}))


async def test_mail(request: web.Request) -> web.StreamResponse:
    """Keep the settings, send a test e-mail by them, and say how it went."""
    visit = visit_of(request)
    values: dict[str, Any] = nest((await request.post()).items())
    test = Form({"to": values.pop("to", "")})
    typed = any(one.name in values for one in FIELDS)
    if typed and (form := await _keep(visit, values)) is not None:
        return await _show(request, visit, form, test)
    try:
        await visit.send("POST", "/mail_server/test", {"to": test.value("to")})
    except Refused as refusal:
        test.errors = refusal.errors
        return await _show(request, visit, await _saved_form(visit), test)
    return go_to("/mail", "sent")


ROUTES = (
    web.get("/mail", mail_page),
    web.post("/mail", save_mail),
    web.post("/mail/test", test_mail),
)
