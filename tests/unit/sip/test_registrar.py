"""Bindings: added, refreshed, replaced, removed, expired, restored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.sip.flow import Flow
from appliance.sip.headers import parse_contact, parse_name_addr
from appliance.sip.message import Request
from appliance.sip.registrar import Binding, RegisterResult, Registrar
from appliance.sip.uri import Uri

FLOW = Flow("UDP", ("10.0.0.1", 5060), ("198.51.100.7", 33000))
TCP = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 41000), 5)
INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"'


def register(
    *contacts: str, call_id: str = "c", cseq: int = 1, expires: int | None = None, **headers: str
) -> Request:
    request = Request.build(
        "REGISTER",
        Uri.parse("sip:pbx"),
        from_=parse_name_addr("<sip:101@pbx>;tag=1"),
        to=parse_name_addr("<sip:101@pbx>"),
        call_id=call_id,
        cseq=cseq,
        headers=[(name.replace("_", "-"), value) for name, value in headers.items()],
    )
    for contact in contacts:
        request.headers.add("Contact", contact)
    if expires is not None:
        request.headers.add("Expires", str(expires))
    return request


class Office:
    """A registrar with one address-of-record in use."""

    def __init__(self, **limits: int) -> None:
        self.registrar = Registrar(**limits)

    def asks(self, request: Request, now: float = 0.0, flow: Flow = FLOW) -> RegisterResult:
        return self.registrar.register(request, "101", flow, now)

    def contacts(self, now: float = 0.0) -> list[str]:
        return [str(binding.contact) for binding in self.registrar.bindings("101", now)]


def listed(result: RegisterResult) -> list[tuple[str, int | None]]:
    contacts = [parse_contact(value) for value in result.response.headers.all("Contact")]
    return [(str(contact.uri), contact.expires) for contact in contacts]


def changes(result: RegisterResult) -> list[tuple[str, str]]:
    return [(change.kind, change.reason) for change in result.changes]


def test_a_phone_registers_and_is_sent_to_where_it_called_from() -> None:
    office = Office()
    result = office.asks(register("<sip:101@192.168.1.5:5060>", expires=600, User_Agent="Phone 1.0"), 100.0)
    assert result.response.status == 200
    assert listed(result) == [("sip:101@192.168.1.5:5060", 600)]
    assert changes(result) == [("added", "new")]
    [binding] = office.registrar.bindings("101", 100.0)
    assert (binding.flow, binding.expires_at, binding.user_agent) == (FLOW, 700.0, "Phone 1.0")


def test_the_time_left_is_told() -> None:
    office = Office()
    office.asks(register("<sip:101@a>", expires=600), 0.0)
    assert listed(office.asks(register(cseq=2), 100.4)) == [("sip:101@a", 500)]


def test_a_refresh_keeps_one_binding_and_takes_the_new_flow() -> None:
    office = Office()
    office.asks(register("<sip:101@a>"))
    moved = replace(FLOW, remote=("198.51.100.7", 34000))
    assert changes(office.asks(register("<sip:101@a>", cseq=2), 60.0, moved)) == [("refreshed", "refreshed")]
    [binding] = office.registrar.bindings("101", 60.0)
    assert binding.flow == moved


def test_several_phones_and_several_contacts() -> None:
    office = Office()
    office.asks(register("<sip:101@a>;q=0.3, <sip:101@b>;q=0.9", call_id="one"), 0.0)
    office.asks(register("<sip:101@c>;q=0.9", call_id="two"), 5.0)
    assert office.contacts(5.0) == ["sip:101@c", "sip:101@b", "sip:101@a"]


def test_contact_parameters_come_back_as_they_came() -> None:
    result = Office().asks(register(f"<sip:101@a;ob>;{INSTANCE};reg-id=1;expires=300"))
    [value] = result.response.headers.fields("Contact")
    assert value == f"<sip:101@a;ob>;{INSTANCE};reg-id=1;expires=300"


# Expiry.


@pytest.mark.parametrize(
    ("contact", "header", "granted"),
    [
        (";expires=300", 600, 300),
        ("", 600, 600),
        ("", None, 3600),
        (";expires=99999", None, 3600),
        (";expires=nonsense", 120, 120),
    ],
)
def test_the_time_granted(contact: str, header: int | None, granted: int) -> None:
    assert listed(Office().asks(register(f"<sip:101@a>{contact}", expires=header)))[0][1] == granted


def test_a_time_too_short_is_refused_and_changes_nothing() -> None:
    office = Office()
    result = office.asks(register("<sip:101@a>, <sip:101@b>;expires=59"))
    assert (result.response.status, result.response.headers.get("Min-Expires")) == (423, "60")
    assert result.changes == ()
    assert office.contacts() == []


def test_a_binding_expires() -> None:
    office = Office()
    office.asks(register("<sip:101@a>", expires=60), 0.0)
    assert office.contacts(59.9) == ["sip:101@a"]
    assert office.contacts(60.0) == []
    assert [change.reason for change in office.registrar.expire(60.0)] == ["expired"]
    assert office.registrar.expire(60.0) == ()


# Leaving.


def test_a_contact_leaves() -> None:
    office = Office()
    office.asks(register("<sip:101@a>, <sip:101@b>"))
    result = office.asks(register("<sip:101@a>;expires=0", cseq=2))
    assert changes(result) == [("removed", "unregistered")]
    assert office.contacts() == ["sip:101@b"]


def test_leaving_an_old_contact_keeps_the_new_one_of_the_same_phone() -> None:
    office = Office()
    office.asks(register("<sip:101@new>"))
    office.asks(register("<sip:101@old>;expires=0", cseq=2))
    assert office.contacts() == ["sip:101@new"]


def test_all_contacts_leave() -> None:
    office = Office()
    office.asks(register("<sip:101@a>", call_id="one"))
    office.asks(register("<sip:101@b>", call_id="two"))
    result = office.asks(register("*", call_id="three", expires=0))
    assert changes(result) == [("removed", "unregistered")] * 2
    assert listed(result) == []


@pytest.mark.parametrize(
    ("contacts", "expires"), [(("*",), None), (("*",), 60), (("*", "<sip:101@a>"), 0), (("*", "*"), 0)]
)
def test_a_misused_star_is_refused(contacts: tuple[str, ...], expires: int | None) -> None:
    office = Office()
    office.asks(register("<sip:101@a>"))
    result = office.asks(register(*contacts, call_id="other", expires=expires))
    assert result.response.status == 400
    assert office.contacts() == ["sip:101@a"]


# The same phone again.


def test_old_news_is_refused() -> None:
    office = Office()
    office.asks(register("<sip:101@a>", cseq=5))
    assert office.asks(register("<sip:101@a>;expires=0", cseq=5)).response.status == 500
    assert office.asks(register("*", cseq=4, expires=0)).response.status == 500
    assert office.contacts() == ["sip:101@a"]
    assert office.asks(register("<sip:101@a>", call_id="after its restart", cseq=1)).response.status == 200


def test_a_phone_known_by_its_instance_replaces_its_old_address() -> None:
    office = Office()
    office.asks(register(f"<sip:101@a>;{INSTANCE}", call_id="one"))
    result = office.asks(register(f"<sip:101@b>;{INSTANCE}", call_id="two"))
    assert changes(result) == [("removed", "replaced"), ("added", "new")]
    assert office.contacts() == ["sip:101@b"]


def test_two_flows_of_one_phone_are_kept_apart() -> None:
    office = Office()
    office.asks(register(f"<sip:101@a>;{INSTANCE};reg-id=1", call_id="one"))
    office.asks(register(f"<sip:101@b>;{INSTANCE};reg-id=2", call_id="two"))
    assert len(office.contacts()) == 2


def test_a_phone_whose_address_changed_keeps_its_call_id_and_one_binding() -> None:
    office = Office()
    office.asks(register("<sip:101@10.0.0.5:5060>"))
    office.asks(register("<sip:101@10.0.0.6:5060>", cseq=2))
    assert office.contacts() == ["sip:101@10.0.0.6:5060"]


def test_equal_uris_in_other_words_are_one_binding() -> None:
    office = Office()
    office.asks(register("<sip:101@HOST:5060>"))
    office.asks(register("<sip:101@host:5060>", call_id="two"))
    assert office.contacts() == ["sip:101@host:5060"]


def test_too_many_contacts_crowd_out_the_oldest() -> None:
    office = Office(most_contacts=3)
    for number in range(5):
        result = office.asks(register(f"<sip:101@h{number}>", call_id=str(number)), float(number))
    assert changes(result) == [("removed", "crowded_out"), ("added", "new")]
    assert office.contacts(5.0) == ["sip:101@h4", "sip:101@h3", "sip:101@h2"]


# Connections and restarts.


def test_a_closed_connection_takes_its_bindings_along() -> None:
    office = Office()
    office.asks(register("<sip:101@a>", call_id="one"), flow=TCP)
    office.asks(register("<sip:101@b>", call_id="two"))
    assert [change.reason for change in office.registrar.flow_closed(TCP)] == ["connection_closed"]
    assert office.registrar.flow_closed(FLOW) == ()
    assert office.contacts() == ["sip:101@b"]


def test_registrations_survive_a_restart() -> None:
    office = Office()
    office.asks(register("<sip:101@a>", call_id="one", cseq=7, expires=600))
    kept = office.registrar.all_bindings(0.0)
    again = Office()
    again.registrar.restore(kept)
    assert again.registrar.bindings("101", 599.0) == kept
    assert again.contacts(600.0) == []
    assert again.asks(register("<sip:101@a>", call_id="one", cseq=7)).response.status == 500


def test_a_restored_phone_on_tcp_is_sent_to_at_its_contact() -> None:
    registrar = Registrar()
    registrar.restore([Binding("101", Uri.parse("sip:101@10.0.0.2:5062;transport=tcp"), TCP, 600.0)])
    [binding] = registrar.bindings("101", 0.0)
    assert binding.flow == Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 5062), None)


def test_an_instance_that_was_kept_is_told_again() -> None:
    registrar = Registrar()
    registrar.restore([Binding("101", Uri.parse("sip:101@a"), FLOW, 600.0, instance="<urn:uuid:1>")])
    result = registrar.register(register(), "101", FLOW, 0.0)
    assert result.response.headers.fields("Contact") == [
        '<sip:101@a>;+sip.instance="<urn:uuid:1>";expires=600'
    ]


def test_a_deleted_phone_is_forgotten() -> None:
    office = Office()
    office.asks(register("<sip:101@a>"))
    assert len(office.registrar.remove("101")) == 1
    assert office.registrar.remove("101") == ()
    assert office.contacts() == []
