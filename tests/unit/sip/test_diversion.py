"""Who has sent a call on, as providers write it: Diversion (RFC 5806) and History-Info (RFC 7044)."""

import pytest

from appliance.sip.diversion import Diversion, diversions_of, parse_diversion
from appliance.sip.errors import SipSyntaxError
from appliance.sip.fields import Headers
from appliance.sip.headers import NameAddr
from appliance.sip.history_info import history_of, parse_history_entry, redirections_of
from appliance.sip.uri import Uri


def told(*fields: tuple[str, str]) -> list[tuple[str | None, str, str, bool]]:
    found = redirections_of(Headers(fields))
    return [(each.party.uri.user, each.party.display_name, each.reason, each.hidden) for each in found]


@pytest.mark.feature("WHISP-2")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            '"Marie" <sip:+33199001234@a.example>;reason=user-busy',
            ("+33199001234", "Marie", "user-busy", False),
        ),
        ("<tel:+33199001234>;reason=no-answer;counter=2", ("+33199001234", "", "no-answer", False)),
        ("sip:0199001234@a.example;reason=unconditional", ("0199001234", "", "unconditional", False)),
        ('<sip:x@y>;privacy="full";reason=Deflection', ("x", "", "deflection", True)),
        ("<sip:x@y>;reason=whim", ("x", "", "unknown", False)),
        ("<sip:x@y>", ("x", "", "unknown", False)),
    ],
)
def test_who_diverted_and_why(value, expected):
    assert told(("Diversion", value)) == [expected]


def test_the_latest_comes_first_and_broken_ones_are_left_out():
    headers = Headers([("Diversion", "<sip:b@y>;reason=user-busy, <<, <sip:a@y>;reason=no-answer")])
    assert [each.party.uri.user for each in diversions_of(headers)][:1] == ["b"]
    with pytest.raises(SipSyntaxError):
        parse_diversion("<<")


def test_counters_stay_within_reason():
    assert [parse_diversion(f"<sip:a@y>;counter={many}").counter for many in ("0", "7", "9" * 30, "x")] == [
        1,
        7,
        99,
        1,
    ]


@pytest.mark.feature("WHISP-2")
def test_history_tells_who_sent_the_call_on_with_the_cause():
    history = (
        "<sip:0199001234@a.example>;index=1, "
        "<sip:0199005678@a.example;cause=486>;index=1.1;mp=1, "
        "<sip:box@10.0.0.1;cause=408>;index=1.1.1;mp=1.1"
    )
    assert told(("History-Info", history)) == [
        ("0199005678", "", "no-answer", False),
        ("0199001234", "", "user-busy", False),
    ]


def test_history_without_a_change_of_target_tells_nothing():
    history = "<sip:0199001234@a.example>;index=1, <sip:0199001234@10.0.0.1>;index=1.1;rc=1"
    assert told(("History-Info", history)) == []


def test_history_may_give_the_cause_in_the_reason_of_the_one_who_sent():
    history = "<sip:a@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:b@x>;index=1.1;mp=1"
    assert told(("History-Info", history)) == [("a", "", "unconditional", False)]


@pytest.mark.parametrize(
    "fields",
    [
        (("History-Info", "<sip:a@x?Privacy=history>;index=1, <sip:b@x;cause=302>;index=1.1;mp=1"),),
        (
            ("History-Info", "<sip:a@x>;index=1, <sip:b@x;cause=302>;index=1.1;mp=1"),
            ("Privacy", "id;history"),
        ),
    ],
)
def test_privacy_of_history_is_honoured(fields):
    assert [each[3] for each in told(*fields)] == [True]


@pytest.mark.parametrize("text", ["<sip:a@x>", "<sip:a@x>;index=x", "<sip:a@x>;index=" + "1." * 40 + "1"])
def test_an_entry_without_a_usable_index_is_refused(text):
    with pytest.raises(SipSyntaxError):
        parse_history_entry(text)


def test_what_is_written_is_read_back_and_hides_who_is_to_be_hidden():
    diversions = [
        Diversion(NameAddr("", Uri.parse("sip:+33199001234@box")), "no-answer"),
        Diversion(NameAddr("", Uri.parse("sip:+33639981234@box")), "user-busy", hidden=True),
    ]
    values = history_of(Uri.parse("sip:+33612345678@trunk"), diversions)
    assert values[-1] == "<sip:+33612345678@trunk;cause=408>;index=1.1.1;mp=1.1"
    fields = [("History-Info", value) for value in values]
    assert [each[2:] for each in told(*fields)] == [("no-answer", False), ("user-busy", True)]
    assert told(*(("Diversion", str(each)) for each in diversions))[0][0] == "+33199001234"
    assert "639981234" not in " ".join((*values, *map(str, diversions)))
