"""Who calls whom, as an INVITE says it: from our phones, and from lines in all the ways providers write."""

import pytest

from appliance.calls.arrival import from_line, from_phone, line_called, transferred
from appliance.calls.call import Party
from appliance.configuration.fields import Language
from appliance.configuration.lines import CalledNumberIn
from appliance.routing.facts import Direction
from appliance.routing.plan import compile_plan
from appliance.sip.message import Request
from appliance.sip.parser import parse_message
from tests.integration.box.offices import NUMBER, OUTSIDER, office_of_three

SETTINGS = office_of_three()
LINE = SETTINGS.lines["trunk"]
SETTINGS_PLAN = compile_plan(SETTINGS)


def invitation(uri: str, *fields: str, from_: str = "<sip:x@y>", to: str = "<sip:x@y>") -> Request:
    lines = [
        f"INVITE {uri} SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bK1",
        f"From: {from_};tag=1",
        f"To: {to}",
        "Call-ID: c",
        "CSeq: 1 INVITE",
        *fields,
        "Content-Length: 0",
        "",
        "",
    ]
    message = parse_message("\r\n".join(lines).encode())
    assert isinstance(message, Request)
    return message


@pytest.mark.parametrize(
    ("dialled", "direction", "called"),
    [
        ("102", Direction.INTERNAL, "102"),
        ("*97", Direction.INTERNAL, "*97"),
        ("0639981234", Direction.OUTBOUND, OUTSIDER),
        ("+33639981234", Direction.OUTBOUND, OUTSIDER),
        ("0033639981234", Direction.OUTBOUND, OUTSIDER),
        ("112", Direction.OUTBOUND, "112"),
        ("15", Direction.OUTBOUND, "15"),
    ],
)
def test_what_our_phones_dial(dialled, direction, called):
    arrival = from_phone(SETTINGS, SETTINGS.phones["alice-desk"], invitation(f"sip:{dialled}@box"))
    facts = arrival.facts
    assert (facts.direction, facts.called) == (direction, called)
    assert (facts.caller, facts.caller_name, facts.caller_person_id) == ("101", "Alice", "alice")


@pytest.mark.feature("NUM-7")
@pytest.mark.parametrize(
    "user", [NUMBER, "0199001234", "33199001234", "0033199001234", f"{NUMBER};npdi;rn=+33900"]
)
@pytest.mark.parametrize("where", ["request", "to"])
def test_our_number_is_known_however_it_is_written(user, where):
    uri, to = (
        (f"sip:{user}@box", "<sip:a@b>") if where == "request" else ("sip:unknown@box", f"<sip:{user}@b>")
    )
    arrival = from_line(SETTINGS, LINE, invitation(uri, to=to, from_=f"<sip:{OUTSIDER}@y>"))
    assert arrival and arrival.number_id == "main" and arrival.facts.called == NUMBER


@pytest.mark.parametrize(
    ("user", "called"),
    [("0188888888", "+33188888888"), ("101", "101@box"), ("*97", "*97@box"), ("15", "15@box")],
)
def test_a_call_for_no_number_of_ours_reaches_nobody(user, called):
    arrival = from_line(SETTINGS, LINE, invitation(f"sip:{user}@box"))
    assert (arrival.facts.called, arrival.number_id) == (called, None)
    assert SETTINGS_PLAN.entry(arrival.facts) == ("unknown_number",)


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize(("kind", "number_id"), [("sip_trunk", "main"), ("pbx", None)])
def test_an_operator_s_call_for_a_number_of_another_line_arrives(kind, number_id):
    other = LINE.model_copy(update={"id": "other", "kind": kind, "main_number_id": None})
    settings = SETTINGS.with_record("lines", "other", other)
    assert from_line(settings, other, invitation(f"sip:{NUMBER}@box")).number_id == number_id


def test_a_registered_line_called_by_its_user_name_means_its_main_number():
    line = LINE.model_copy(update={"mode": "registered", "user": "acct"})
    arrival = from_line(SETTINGS, line, invitation("sip:acct@box"))
    assert arrival and arrival.number_id == "main"


@pytest.mark.parametrize(
    ("fields", "from_", "caller", "name"),
    [
        ((), f'"Mme Petit" <sip:{OUTSIDER}@y>', OUTSIDER, "Mme Petit"),
        ((), "<sip:0639981234@y;user=phone>", OUTSIDER, ""),
        ((), '"Anonymous" <sip:anonymous@anonymous.invalid>', "", "Anonymous"),
        (
            (f'P-Asserted-Identity: "P" <sip:{OUTSIDER}@y>',),
            "<sip:anonymous@anonymous.invalid>",
            OUTSIDER,
            "P",
        ),
        ((f"P-Asserted-Identity: <tel:{OUTSIDER}>",), "<sip:x@y>", OUTSIDER, ""),
        ((f"Remote-Party-ID: <sip:{OUTSIDER}@y>;party=calling",), "<sip:x@y>", OUTSIDER, ""),
        (("P-Asserted-Identity: <<broken",), f"<sip:{OUTSIDER}@y>", OUTSIDER, ""),
        ((), "<sip:pbx-4711@y>", "pbx-4711", ""),
        ((), f"<sip:{OUTSIDER};cpc=ordinary@y;user=phone>", OUTSIDER, ""),
        ((), "<sip:33639981234@y>", OUTSIDER, ""),
        ((), "<sip:639981234@y>", OUTSIDER, ""),
        ((), "<sip:447911123456@y>", "+447911123456", ""),
        ((), "<sip:14155552671@y>", "+14155552671", ""),
        ((), "<sip:3900@y>", "3900", ""),
        ((), "<sip:118712@y>", "118712", ""),
        ((), "<sip:@y>", "", ""),
    ],
)
def test_who_calls(fields, from_, caller, name):
    arrival = from_line(SETTINGS, LINE, invitation(f"sip:{NUMBER}@box", *fields, from_=from_))
    assert arrival and (arrival.facts.caller, arrival.facts.caller_name) == (caller, name)


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize(
    ("where", "found"),
    [("auto", True), ("called_party", True), ("request_uri", False), ("to", False), ("main", True)],
)
def test_the_number_called_is_read_where_the_line_says(where, found):
    line = LINE.model_copy(update={"called_number_in": CalledNumberIn(where), "mode": "trusted"})
    request = invitation(
        "sip:+33199009999@box", f"P-Called-Party-ID: <sip:{NUMBER}@provider>", "Contact: <sip:a@b>"
    )
    assert (from_line(SETTINGS, line, request).number_id is not None) == found


def test_a_line_whose_calls_are_all_for_the_main_number():
    main = next(iter(SETTINGS.numbers))
    line = LINE.model_copy(update={"called_number_in": CalledNumberIn.MAIN, "main_number_id": main})
    arrival = from_line(SETTINGS, line, invitation("sip:+33199009999@box"))
    assert arrival is not None and arrival.number_id == main


@pytest.mark.feature("WHISP-2")
@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('Diversion: "Mairie" <sip:0639985678@y>;reason=user-busy', ("+33639985678", "Mairie", "user-busy")),
        ("History-Info: <sip:0639985678@y>;index=1, <sip:x@y;cause=302>;index=1.1;mp=1",
         ("+33639985678", "", "unconditional")),
        ('Diversion: "Mairie" <sip:0639985678@y>;privacy=full', ("", "", "unknown")),
        (f"Diversion: <sip:{'9' * 5000}@y>", ("9" * 100, "", "unknown")),
    ],
)  # fmt: skip
def test_who_had_sent_the_call_on_is_kept(field, expected):
    arrival = from_line(SETTINGS, LINE, invitation(f"sip:{NUMBER}@box", field, from_=f"<sip:{OUTSIDER}@y>"))
    redirected = arrival.facts.redirected
    assert (redirected.number, redirected.name, redirected.why) == expected


def test_a_broken_diversion_says_nothing():
    arrival = from_line(SETTINGS, LINE, invitation(f"sip:{NUMBER}@box", "Diversion: <<", from_="<sip:a@y>"))
    assert arrival.facts.redirected is None


def line_there(**fields):
    return LINE.model_copy(update={"kind": "pbx", "extension_in_to": True, **fields})


def other_pbx(**fields):
    line = line_there(**fields)
    return from_line(SETTINGS.with_record("lines", line.id, line), line, PBX_CALLS)


PBX_CALLS = invitation("sip:box@127.0.0.1", from_="<sip:205@y>", to="<sip:102@box>")


@pytest.mark.feature("IN-3", "NUM-2")
def test_the_extension_in_to_of_another_phone_system_is_called():
    arrival = other_pbx()
    facts = arrival.facts
    assert (facts.direction, facts.called, facts.caller, facts.line_id) == (
        Direction.INBOUND,
        "102",
        "205",
        LINE.id,
    )
    assert arrival.number_id is None and facts.caller_person_id is None


@pytest.mark.feature("IN-3")
@pytest.mark.parametrize("to", ["999", "*97", "112", "0639981234"])
def test_what_is_no_extension_follows_the_main_number_and_reaches_no_code_and_no_number_outside(to):
    line = LINE.model_copy(update={"kind": "pbx", "extension_in_to": True})
    calls = invitation("sip:box@127.0.0.1", from_="<sip:205@y>", to=f"<sip:{to}@box>")
    arrival = from_line(SETTINGS.with_record("lines", line.id, line), line, calls)
    assert (arrival.facts.called, arrival.number_id is None) == (NUMBER, False)


@pytest.mark.feature("IN-3")
@pytest.mark.parametrize("fields", [{"extension_in_to": False}, {"kind": "sip_trunk"}])
def test_to_counts_only_where_another_phone_system_may_call_extensions(fields):
    arrival = other_pbx(**fields)
    assert arrival.facts.called == "box@127.0.0.1"


@pytest.mark.feature("OUT-9", "OUT-10")
@pytest.mark.parametrize(
    ("proven", "target", "entry"),
    [
        (True, "0639981234", ("outbound",)),
        (False, "0639981234", ("unknown_extension",)),
        (False, "112", ("unknown_extension",)),
        (False, "102", ("extension", "102")),
    ],
)
def test_who_called_for_help_without_a_password_sends_nobody_outside(proven, target, entry):
    by = Party("101", "Alice", "alice", proven)
    facts = transferred(SETTINGS, Party("112"), by, target, Language.FRENCH)
    assert SETTINGS_PLAN.entry(facts) == entry


@pytest.mark.feature("NUM-5")
@pytest.mark.parametrize(
    "party, own, language",
    [
        (Party(OUTSIDER, "Mme Petit"), None, Language.ENGLISH),
        (Party("102", "Bruno", "bruno"), Language.ENGLISH, Language.ENGLISH),
        (Party("102", "Bruno", "bruno"), None, Language.FRENCH),
    ],
)
def test_who_is_transferred_goes_on_in_the_language_of_their_call_or_their_own(party, own, language):
    """Alice, who transfers them, hears French: that is hers alone."""
    office = office_of_three()
    for who, speaks in (("alice", Language.FRENCH), ("bruno", own)):
        person = office.people[who].model_copy(update={"language": speaks})
        office = office.with_record("people", who, person)
    by = Party("101", "Alice", "alice")
    assert transferred(office, party, by, "103", Language.ENGLISH).language is language


@pytest.mark.feature("IN-3", "OUT-10")
@pytest.mark.parametrize(
    ("dialled", "called"),
    [("0639981234", OUTSIDER), (OUTSIDER, OUTSIDER), ("3900", "3900"), ("112", "112"), ("101", None)],
)
def test_another_phone_system_calls_outside_by_us_where_it_may(dialled, called):
    line = line_there(calls_outside=True, extensions_there=("200-299",))
    request = invitation(f"sip:{dialled}@box", from_="<sip:205@annex>", to=f"<sip:{dialled}@box>")
    found = from_line(SETTINGS, line, request)
    if called is None:
        assert found is not None and found.facts.direction is Direction.INBOUND
    else:
        facts = found.facts
        assert (facts.direction, facts.called, found.number_id) == (Direction.OUTBOUND, called, None)
        assert (facts.caller, facts.line_id, facts.counted_as) == ("205", line.id, f"{line.id}/205")
    refused = from_line(SETTINGS, line_there(calls_outside=False), request)
    assert refused is None or refused.facts.direction is Direction.INBOUND


@pytest.mark.feature("IN-3", "OUT-10")
def test_who_is_no_extension_known_there_is_counted_with_all_others_of_that_kind():
    line = line_there(calls_outside=True, extensions_there=("200-299",))
    for caller in ("<sip:305@annex>", "<sip:+33639985678@annex>", "<sip:anonymous@anonymous.invalid>"):
        found = from_line(SETTINGS, line, invitation(f"sip:{OUTSIDER}@box", from_=caller))
        assert found is not None and found.facts.counted_as == f"{line.id}/"
        assert found.facts.withheld is ("anonymous" in caller)


@pytest.mark.feature("IN-3")
def test_a_number_of_ours_is_no_call_outside():
    line = line_there(calls_outside=True)
    found = from_line(SETTINGS, line, invitation(f"sip:{NUMBER}@box"))
    assert found is not None and (found.facts.direction, found.number_id) == (Direction.INBOUND, "main")


REGISTERED = {"mode": "registered", "user": "0299005678", "password": "secret-of-the-line"}
OTHER_LINE = LINE.model_validate({**LINE.model_dump(), "id": "other", "main_number_id": None, **REGISTERED})


@pytest.mark.feature("NUM-7")
@pytest.mark.parametrize(
    ("uri", "to", "line"),
    [
        ("sip:0299005678@box", "<sip:x@y>", "other"),
        (f"sip:{NUMBER}@box", "<sip:x@y>", "trunk"),
        ("sip:autocom@box", "<sip:+33299005679@y>", "other"),
        ("sip:trunk@box", "<sip:+33299005679@y>", "trunk"),
        ("sip:box", "<sip:x@y>", "trunk"),
    ],
)
def test_of_lines_that_share_their_server_the_one_that_is_called_is_it(uri, to, line):
    number = SETTINGS.numbers["main"].model_copy(
        update={"id": "second", "line_id": "other", "number": "+33299005679"}
    )
    settings = SETTINGS.with_record("lines", "other", OTHER_LINE).with_record("numbers", "second", number)
    lines = list(settings.lines.values())
    assert line_called(settings, lines, invitation(uri, to=to)).id == line
