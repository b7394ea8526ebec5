"""Star codes: the sheet of what can be dialled, to be printed, and the form that changes the codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from aiohttp import web

from webui.client import FieldError, Refused
from webui.forms import Field, Form, nest, record_of
from webui.language import N_, gettext
from webui.page import go_to, render
from webui.session import Visit, visit_of


class Row(NamedTuple):
    """One action: the field of its code, what it does, and what is dialled after the code (an example)."""

    name: str
    label: str
    help: str
    after: str = ""


EXTENSION = N_("then the extension")
PLACE = N_("then the place, 1 to 9")
NUMBER = N_("then the number")
CALENDAR = N_("then the number of the hours, if any")

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
            Row(
                "block_caller",
                N_("Block who called last"),
                N_("Says the number; press 1 to let it through no more."),
            ),
            Row(
                "pick_up",
                N_("Pick up a ringing call"),
                N_("Of that colleague or group; without an extension, of your own groups."),
                EXTENSION,
            ),
            Row(
                "intercom",
                N_("Speak on a colleague's phone"),
                N_("Their phone answers by itself, unless they are on a call or not to be disturbed."),
                EXTENSION,
            ),
            Row(
                "paging",
                N_("Speak on the phones of a group"),
                N_("They answer by themselves and hear you; those on a call or not to be disturbed do not."),
                EXTENSION,
            ),
        ),
    ),
    (
        N_("During a call"),
        (
            Row(
                "transfer",
                N_("Send the call on"),
                N_("Then the number; the other hears music, then ringing. A * alone takes them back."),
            ),
            Row(
                "consult",
                N_("Ask first, then connect"),
                N_("Then the number; hang up to connect the two, or * to come back."),
            ),
            Row(
                "conference",
                N_("All together"),
                N_(
                    "Then the number; once they have answered, the same code again: all hear each other. "
                    "Anybody of the office in it brings in one more the same way, up to eight in all; the "
                    "others talk on meanwhile. When somebody leaves, also the one who brought all together, "
                    "the others go on."
                ),
            ),
        ),
    ),
    (
        N_("Park a call"),
        (
            Row(
                "park",
                N_("Park, or take back"),
                N_("Transfer a call to the code and a place to park it; dial both on any phone to take it."),
                PLACE,
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
        N_("Forwards"),
        (
            Row("forward_all", N_("Forward all my calls"), N_("Without a number: as last time."), NUMBER),
            Row("forward_all_off", N_("Forward no more"), N_("Your phones ring again.")),
            Row("forward_no_answer", N_("Forward when I do not answer"), N_("To that number."), NUMBER),
            Row("forward_no_answer_off", N_("No more when I do not answer"), N_("Ends that forward.")),
            Row("forward_busy", N_("Forward while I am on the phone"), N_("To that number."), NUMBER),
            Row("forward_busy_off", N_("No more while I am on the phone"), N_("Ends that forward.")),
            Row(
                "forward_not_connected",
                N_("Forward while my phone is off"),
                N_("Also when the network is down."),
                NUMBER,
            ),
            Row("forward_not_connected_off", N_("No more while my phone is off"), N_("Ends that forward.")),
        ),
    ),
    (
        N_("My working day"),
        (
            Row("day_start", N_("My day starts"), N_("Your phones ring from now on.")),
            Row("day_break", N_("Break"), N_("Your phones are silent; dial it again when you are back.")),
            Row(
                "group_sign",
                N_("Sign in or out of a ring group"),
                N_("Signed out, that group does not ring you. Without an extension: all your groups."),
                EXTENSION,
            ),
            Row("day_end", N_("My day ends"), N_("Your phones are silent until you start again.")),
        ),
    ),
    (
        N_("Opening hours"),
        (
            Row(
                "hours_open",
                N_("Open now"),
                N_("Callers meet the open office until further notice; again: the usual hours."),
                CALENDAR,
            ),
            Row(
                "hours_closed",
                N_("Closed now"),
                N_("Callers meet the closed office until further notice; again: the usual hours."),
                CALENDAR,
            ),
            Row("hours_as_set", N_("The usual hours"), N_("Ends what was said by phone or here."), CALENDAR),
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
    visit = visit_of(request)
    codes, besides = await visit.get("/star_codes"), await visit.get("/dialling")
    return render(request, "star_codes.html", {"sections": SECTIONS, "codes": codes, "besides": besides})


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
        errors = tuple(_named(error) for error in refusal.errors)
        response = _show(request, Form(values, FIELDS, errors=errors, version=before.etag or ""))
        response.set_status(422)
        return response
    return go_to("/star-codes", "saved")


def _named(error: FieldError) -> FieldError:
    """The error with the words of the action that has the code already."""
    labels = {row.name: row.label for row in ROWS}
    action = error.parameters.get("action", "")
    return replace(error, parameters={**error.parameters, "action": gettext(labels.get(action, action))})


ROUTES = (
    web.get("/star-codes", sheet),
    web.get("/star-codes/edit", edit_page),
    web.post("/star-codes/edit", save),
)
