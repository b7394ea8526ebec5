"""Which servers to try, and in which order."""

from __future__ import annotations

from collections import Counter

import pytest

from appliance.sip.locate import Answers, Naptr, Question, Srv, Target, Wish, order_targets, questions
from tests.unit.sip.playbook import token_source

ZONE = Answers(
    naptr={
        "provider.fr": [
            Naptr(20, 0, "SIP+D2U", "_sip._udp.provider.fr."),
            Naptr(10, 0, "SIP+D2T", "_SIP._tcp.provider.fr."),
            Naptr(5, 0, "SIPS+D2T", "_sips._tcp.provider.fr"),
        ]
    },
    srv={
        "_sip._tcp.provider.fr": [Srv(10, 1, 5070, "one.provider.fr.")],
        "_sip._udp.provider.fr": [Srv(20, 1, 5060, "two.provider.fr"), Srv(10, 1, 5080, "one.provider.fr")],
    },
    addresses={
        "one.provider.fr": ["203.0.113.1", "2001:db8::1"],
        "two.provider.fr": ["203.0.113.2"],
        "provider.fr": ["203.0.113.9"],
    },
)


def found(wish: Wish) -> list[Target]:
    """Ask the zone round by round as the caller would; names it does not have are empty answers."""
    answers = Answers()
    for _ in range(5):
        asked = questions(wish, answers)
        if not asked:
            break
        for question in asked:
            if question.kind == "NAPTR":
                answers.naptr[question.name] = ZONE.naptr.get(question.name, [])
            elif question.kind == "SRV":
                answers.srv[question.name] = ZONE.srv.get(question.name, [])
            else:
                answers.addresses[question.name] = ZONE.addresses.get(question.name, [])
    assert questions(wish, answers) == []
    return order_targets(wish, answers, token_source())


def test_an_address_needs_no_question() -> None:
    assert found(Wish("203.0.113.5")) == [Target("UDP", "203.0.113.5", 5060)]
    assert found(Wish("203.0.113.5", 5070, "TCP")) == [Target("TCP", "203.0.113.5", 5070)]
    assert found(Wish("[2001:db8::5]")) == [Target("UDP", "2001:db8::5", 5060)]


def test_naptr_orders_the_transports_we_have() -> None:
    assert found(Wish("provider.fr")) == [
        Target("TCP", "203.0.113.1", 5070),
        Target("TCP", "2001:db8::1", 5070),
        Target("UDP", "203.0.113.1", 5080),
        Target("UDP", "2001:db8::1", 5080),
        Target("UDP", "203.0.113.2", 5060),
    ]


def test_a_chosen_transport_asks_for_its_srv_only() -> None:
    assert questions(Wish("provider.fr", transport="UDP"), Answers()) == [
        Question("SRV", "_sip._udp.provider.fr")
    ]
    assert [target.port for target in found(Wish("provider.fr", transport="TCP"))] == [5070, 5070]


def test_a_port_asks_for_addresses_only() -> None:
    assert questions(Wish("provider.fr", 5099), Answers()) == [Question("ADDRESS", "provider.fr")]
    assert found(Wish("Provider.FR.", 5099)) == [Target("UDP", "203.0.113.9", 5099)]


def test_without_naptr_every_transports_srv_is_asked() -> None:
    without = Answers(naptr={"provider.fr": []})
    assert questions(Wish("provider.fr"), without) == [
        Question("SRV", "_sip._udp.provider.fr"),
        Question("SRV", "_sip._tcp.provider.fr"),
    ]


def test_without_srv_the_name_itself_is_asked() -> None:
    assert found(Wish("two.provider.fr")) == [Target("UDP", "203.0.113.2", 5060)]
    assert found(Wish("two.provider.fr", transport="TCP")) == [Target("TCP", "203.0.113.2", 5060)]


def test_an_unknown_name_has_no_targets() -> None:
    assert found(Wish("nowhere.fr")) == []


def test_a_service_that_is_declared_absent_has_no_targets() -> None:
    answers = Answers(
        naptr={"x.fr": []}, srv={"_sip._udp.x.fr": [Srv(0, 0, 0, ".")], "_sip._tcp.x.fr": []}, addresses={}
    )
    assert order_targets(Wish("x.fr"), answers, token_source()) == []


@pytest.mark.parametrize(("light", "heavy"), [(1, 9), (0, 10)])
def test_weights_share_the_load(light: int, heavy: int) -> None:
    answers = Answers(
        srv={"_sip._udp.x.fr": [Srv(1, light, 5060, "10.0.0.1"), Srv(1, heavy, 5060, "10.0.0.2")]}
    )
    tokens = token_source("weight")
    first = Counter(order_targets(Wish("x.fr", None, "UDP"), answers, tokens)[0].host for _ in range(1000))
    assert 700 < first["10.0.0.2"] < 1000
    assert first["10.0.0.1"] > 0
