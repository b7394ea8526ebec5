"""Star codes: the sheet of what can be dialled, to be printed, and the form that changes the codes."""

from __future__ import annotations

from typing import Any, NamedTuple

from aiohttp import web

from webui.client import Refused
from webui.forms import Field, Form, nest, record_of
from webui.language import N_
from webui.page import go_to, render
from webui.session import Visit, visit_of


class Row(NamedTuple):
    """One action: the field of its code, what it does, and what is dialled after the code (an example)."""

    name: str
    label: str
    help: str
    after: str = ""


# The sheet, in its order: a heading, then its actions.
SECTIONS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        N_("Messages and calls"),
        (
            Row("mailbox", N_("Hear my messages"), N_("Plays your own mailbox.")),
            Row(
                "last_caller",
                N_("Who called last"),
                N_("Says the number; press 1 to call it back."),
            ),
        ),
    ),
    (
        N_("Do not disturb"),
        (
            Row("do_not_disturb", N_("Do not disturb, on or off"), N_("Turns it the other way round.")),
            Row("do_not_disturb_on", N_("Do not disturb"), N_("Your phones stop ringing.")),
            Row("do_not_disturb_off", N_("May be disturbed"), N_("Your phones ring again.")),
        ),
    ),
    (
        N_("The phone and the box"),
        (
            Row("echo", N_("Echo test"), N_("You hear yourself: the phone's sound works both ways.")),
            Row("about", N_("My extension"), N_("Says your extension and the address of these pages.")),
        ),
    ),
)
ROWS = tuple(row for _, rows in SECTIONS for row in rows)
FIELDS = tuple(Field(row.name, row.label, row.help) for row in ROWS)


async def sheet(request: web.Request) -> web.Response:
    """What can be dialled, for everybody, fit for printing."""
    codes = await visit_of(request).get("/star_codes")
    return render(request, "star_codes.html", {"sections": SECTIONS, "codes": codes})


def _show(request: web.Request, form: Form) -> web.Response:
    return render(request, "star_codes_form.html", {"sections": SECTIONS, "form": form})


async def edit_page(request: web.Request) -> web.Response:
    """The form of the codes."""
    visit: Visit = visit_of(request)
    answer = await visit.read("/star_codes")
    return _show(request, Form(answer.data, FIELDS, version=answer.etag or ""))


async def save(request: web.Request) -> web.StreamResponse:
    """Keep the codes."""
    visit = visit_of(request)
    before = await visit.read("/star_codes")
    values: dict[str, Any] = nest((await request.post()).items())
    version = str(values.pop("version", "")) or before.etag
    try:
        await visit.send("PUT", "/star_codes", {**before.data, **record_of(FIELDS, values)}, etag=version)
    except Refused as refusal:
        response = _show(request, Form(values, FIELDS, errors=refusal.errors, version=before.etag or ""))
        response.set_status(422)
        return response
    return go_to("/star-codes", "saved")


ROUTES = (
    web.get("/star-codes", sheet),
    web.get("/star-codes/edit", edit_page),
    web.post("/star-codes/edit", save),
)
