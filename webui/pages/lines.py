"""Lines: the ways outside: SIP trunks, and other phone systems, each with a form of its own."""

from __future__ import annotations

import re

from aiohttp import web

from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.live_state import read_live
from webui.operators import OPERATORS, operator_of
from webui.page import render
from webui.pages.phones import encryptions
from webui.pbx_words import pbx_choices, pbx_fields
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of

FIELDS = (
    Field("name", N_("Name"), N_("Such as your provider's name."), required=True, empty="text"),
    Field("enabled", N_("In use"), N_("Unticked, no call comes or goes by this line."), kind="checkbox"),
    Field("mode", N_("How the provider knows the box"), kind="select", choices="modes", empty="absent"),
    Field(
        "server",
        N_("Server"),
        N_("The provider's SIP server, as in its letter: sip.example.net."),
        required=True,
        empty="text",
    ),
    Field("port", N_("Port"), N_("Usually left empty."), kind="number"),
    Field(
        "transport",
        N_("Transport"),
        N_("Automatic asks the provider's DNS."),
        kind="select",
        choices="transports",
        empty="absent",
    ),
    Field(
        "encrypted_audio",
        N_("Encrypted audio"),
        N_("Automatic: with TLS, when the provider can."),
        kind="select",
        choices="encryptions",
        empty="absent",
    ),
    Field(
        "certificate_checked",
        N_("Check the provider's certificate"),
        N_("With TLS only. Unticked, somebody else could pretend to be the provider."),
        kind="checkbox",
    ),
    Field("user", N_("User name"), N_("Often the number itself."), empty="text"),
    Field("password", N_("Password"), kind="secret"),
    Field(
        "authentication_user",
        N_("Authentication name"),
        N_("Only when the provider gave one besides the user name."),
        empty="text",
    ),
    Field(
        "extension_in_to",
        N_("Its people may dial our extensions"),
        N_(
            "A call to an extension (in To) rings whoever has it, at once. "
            "Any other call follows the main number's path."
        ),
        kind="checkbox",
    ),
    Field(
        "calls_outside",
        N_("Its people may call outside by this box"),
        N_(
            "By our other lines and within the limits of calls outside; each of its extensions counts as a "
            "person does. Unticked, none of its calls leaves by our other lines."
        ),
        kind="checkbox",
    ),
    Field(
        "extensions_there",
        N_("Its extensions, dialled from here as they are"),
        N_(
            "Such as 300-349, or several: 300-349, 400. Whoever dials one of them here rings over there. "
            "Empty: only with the prefix."
        ),
    ),
    Field("outbound_proxy", N_("Outbound proxy"), N_("Only when the provider names one.")),
    Field(
        "dialled_format",
        N_("How numbers are sent to the provider"),
        kind="select",
        choices="formats",
        empty="absent",
    ),
    Field(
        "main_number_id",
        N_("Main number"),
        N_("Shown to the people called, unless the caller has a number of their own."),
        kind="select",
        choices="numbers",
    ),
    Field(
        "prefix",
        N_("Prefix that chooses this line"),
        N_("Dialled before a number, the call leaves by this line: *123*, #123# or 801. Empty: none."),
        kind="tel",
    ),
    Field(
        "max_channels",
        N_("Calls at once"),
        N_("When as many are up on this line, further calls leave by another. Empty: no limit."),
        kind="number",
    ),
    Field(
        "called_number_in",
        N_("Where the provider writes the number called"),
        N_("Automatic looks everywhere. Change it only when calls ring the wrong number."),
        kind="select",
        choices="called",
        empty="absent",
    ),
    Field(
        "identity_header",
        N_("Where the provider reads the number shown"),
        N_("Change it only when the people called see no number, or the wrong one."),
        kind="select",
        choices="identities",
        empty="absent",
    ),
    Field(
        "forwarded_caller",
        N_("A call from outside that leaves again by this line shows"),
        N_(
            "Many providers refuse numbers that are not theirs: "
            "ask yours before you let callers' numbers be shown."
        ),
        kind="select",
        choices="forwarded",
        empty="absent",
    ),
    Field(
        "passes_mobiles",
        N_("Let people show their own verified mobile"),
        N_(
            "Ask the provider first: many refuse such calls, or show the line's number. "
            "Off: people called see a number of the office."
        ),
        kind="checkbox",
    ),
    Field(
        "told_redirections",
        N_("Such a call says that the office sent it on"),
        N_("Often what makes a provider accept the caller's own number."),
        kind="select",
        choices="redirections",
        empty="absent",
    ),
    Field(
        "codecs",
        N_("Sound"),
        N_("What the provider is offered, best first."),
        kind="select",
        choices="orders",
    ),
    Field(
        "outside_address",
        N_("Where the provider is told to reach the box"),
        N_(
            "Change it when calls come without sound, or do not come: "
            "the office's router hides the box's own address."
        ),
        kind="select",
        choices="outsides",
        empty="absent",
    ),
    Field(
        "outside_host",
        N_("That address, or the STUN server"),
        N_(
            "An address such as 203.0.113.7, a name, or a server such as stun.example.org:3478. "
            "The router must let calls through to the box."
        ),
    ),
    Field(
        "from_holds", N_("The sender's name on a call (From)"), kind="select", choices="froms", empty="absent"
    ),
    Field(
        "keep_alive_seconds",
        N_("Keep the router's door open every"),
        N_("An empty packet as often, so that calls from outside get through the router. 0: never."),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "probe_seconds",
        N_("Ask whether the provider is there every"),
        N_(
            "Silent twice, the line is shown as down and calls leave by another. "
            "0: never ask, for a provider who forbids it; "
            "only a line trusted by address that is reached where the provider sees the box "
            "asks every five minutes all the same."
        ),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "register_seconds",
        N_("Sign in again every"),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
)


# What is written between the ends of a range.
RANGE = re.compile(r"\s*[-–—]\s*")
# The orders of sound on offer; any other that was set over the API is kept.
ORDERS = {
    "": "",
    "PCMA PCMU": "G.711 A, G.711 µ",
    "PCMU PCMA": "G.711 µ, G.711 A",
    "G722 PCMA PCMU": "G.722, G.711 A, G.711 µ",
    "PCMA": "G.711 A",
    "PCMU": "G.711 µ",
}


class LinePages(RecordPages):
    """The pages of lines."""

    collection = "lines"
    path = "/lines"
    template = "line"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        operator = operator_of(request.query.get("operator", ""))
        filled = {"operator": operator.id, "name": operator.name, **operator.values} if operator else {}
        return {
            "kind": "pbx" if request.query.get("kind") == "pbx" else "sip_trunk",
            "enabled": "on",
            "mode": "trusted" if request.query.get("kind") == "pbx" else "registered",
            "transport": "auto",
            "certificate_checked": "on",
            "register_seconds": 600,
            "keep_alive_seconds": 25,
            "probe_seconds": 30,
            "identity_header": "p_asserted_identity",
            **filled,
        }

    def to_values(self, record: Json) -> Json:
        lists = {name: "\n".join(record.get(name) or []) for name in ("trusted_addresses", "further_servers")}
        there = ", ".join(record.get("extensions_there") or [])
        return {**record, **lists, "codecs": " ".join(record.get("codecs") or []), "extensions_there": there}

    def from_values(self, values: Json, before: Json) -> Json:
        record = {"kind": "sip_trunk", **super().from_values(values, before)}
        if values.get("kind") in ("sip_trunk", "pbx"):
            record["kind"] = values["kind"]
        if "operator" in values:
            record["operator"] = values["operator"] or None
        for name in ("trusted_addresses", "further_servers", "codecs"):
            if name in values:
                record[name] = str(values[name] or "").replace(",", " ").split()
        if "extensions_there" in values:
            written = str(values["extensions_there"] or "")
            record["extensions_there"] = RANGE.sub("-", written).replace(",", " ").replace(";", " ").split()
        return record

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        numbers = (await visit.get("/numbers"))["items"]
        own = [one for one in numbers if one["line_id"] == identifier]
        chosen = str(form.value("codecs"))
        form.choices = {
            "modes": [
                Choice("registered", gettext("By user name and password")),
                Choice("trusted", gettext("By the address calls come from")),
            ],
            "transports": [
                Choice("auto", gettext("Automatic")),
                Choice("udp", "UDP"),
                Choice("tcp", "TCP"),
                Choice("tls", gettext("TLS (secure)")),
            ],
            "encryptions": encryptions(),
            "formats": [
                Choice("plus", "+33 1 23 45 67 89"),
                Choice("double_zero", "00 33 1 23 45 67 89"),
                Choice("national", "01 23 45 67 89"),
            ],
            "called": [
                Choice("auto", gettext("Automatic")),
                Choice("request_uri", gettext("In the address of the call (Request-URI)")),
                Choice("to", gettext("In To")),
                Choice("called_party", gettext("In P-Called-Party-ID")),
                Choice("main", gettext("Nowhere: every call is for the main number")),
            ],
            "identities": [
                Choice("p_asserted_identity", "P-Asserted-Identity"),
                Choice("p_preferred_identity", "P-Preferred-Identity"),
                Choice("remote_party_id", "Remote-Party-ID"),
                Choice("none", gettext("In From alone")),
            ],
            **_sent_on_choices(),
            "froms": [
                Choice("number", gettext("The number shown")),
                Choice("user", gettext("The user name of the line")),
            ],
            "outsides": _outsides(),
            "orders": [
                *([Choice(chosen, chosen)] if chosen not in ORDERS else []),
                Choice("", gettext("What the caller's phone prefers")),
                *(Choice(order, words) for order, words in ORDERS.items() if order),
            ],
            "numbers": [
                Choice("", gettext("The first of this line")),
                *(Choice(one["id"], one["name"]) for one in own),
            ],
        }
        if form.value("kind") == "pbx":
            form.fields, form.choices = pbx_fields(FIELDS), pbx_choices(form.choices)
        has_operator = identifier and form.value("kind") != "pbx"
        return {
            "live": await read_live(visit),
            "forward": await visit.get(f"/lines/{identifier}/forward") if has_operator else None,
            "numbers": own,
            "operators": OPERATORS,
            "operator": operator_of(str(form.value("operator"))),
        }

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"live": await read_live(visit), "numbers": (await visit.get("/numbers"))["items"]}


def _outsides() -> list[Choice]:
    """Where a provider may be told to reach the box."""
    return [
        Choice("own", gettext("At its own address: most providers find the way back")),
        Choice("seen", gettext("At the address the provider sees")),
        Choice("stun", gettext("At the address a STUN server sees")),
        Choice("fixed", gettext("At a fixed address")),
    ]


def _sent_on_choices() -> dict[str, list[Choice]]:
    """What a line may show, and say, of calls from outside that leave again by it."""
    return {
        "forwarded": [
            Choice("ours", gettext("A number of ours: the one called, or the one chosen on its page")),
            Choice("in_from", gettext("The caller's own number; ours only to the provider")),
            Choice("everywhere", gettext("The caller's own number, to the provider too")),
        ],
        "redirections": [
            Choice("none", gettext("No")),
            Choice("diversion", gettext("Yes, by Diversion")),
            Choice("history_info", gettext("Yes, by History-Info")),
            Choice("both", gettext("Yes, by both")),
        ],
    }


async def live_list(request: web.Request) -> web.Response:
    """The list of lines, fetched again when one goes up or down."""
    visit = visit_of(request)
    items = (await visit.get("/lines"))["items"]
    return render(request, "line_rows.html", {"items": items, **await PAGES.list_surroundings(visit, items)})


PAGES = LinePages()
ROUTES = (web.get("/lines/live", live_list), *PAGES.routes())
