"""Our registration with a provider: kept up, refreshed, and its failures told apart."""

from __future__ import annotations

import pytest

from appliance.sip.client_authentication import Login
from appliance.sip.locate import Target
from appliance.sip.message import Request, make_response
from appliance.sip.registration_client import Account, Attempt, RegistrationClient
from appliance.sip.uri import Uri
from tests.unit.sip.playbook import token_source

ONE, TWO = Target("UDP", "203.0.113.1", 5060), Target("UDP", "203.0.113.2", 5060)
CHALLENGE = (("WWW-Authenticate", 'Digest realm="provider", nonce="n", algorithm=MD5, qop="auth"'),)


def contact_for(target: Target) -> Uri:
    return Uri("sip", "33123456789", None, "192.0.2.5", 5060)


class Trunk:
    """The client, a clock, and the provider whose answers the test gives."""

    def __init__(self, *targets: Target, expires: int = 600) -> None:
        account = Account(
            Uri.parse("sip:provider.fr"),
            Uri.parse("sip:33123456789@provider.fr"),
            Login("user", "secret"),
            expires,
        )
        self.client = RegistrationClient(account, token_source())
        self.now = 0.0
        self.client.start(self.now)
        self.client.set_targets(targets or (ONE,), self.now)

    def sends(self) -> Attempt | None:
        return self.client.wants(self.now, contact_for)

    def must_send(self) -> Attempt:
        attempt = self.sends()
        assert attempt is not None
        return attempt

    def answers(
        self, status: int, headers: tuple[tuple[str, str], ...] = (), request: Request | None = None
    ) -> None:
        request = request or self.must_send().request
        request.headers.insert_first(
            "Via", "SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKx;received=198.51.100.4;rport=6000"
        )
        self.client.responded(make_response(request, status, to_tag="p", headers=headers), self.now)

    def registers(self, granted: int = 600) -> None:
        contact = f"<sip:33123456789@192.0.2.5:5060>;expires={granted}"
        self.answers(200, (("Contact", contact),))

    def sleep(self) -> float:
        """Until the next attempt; how long that was."""
        due = self.client.next_timer()
        assert due is not None
        before, self.now = self.now, due
        return due - before

    @property
    def told(self) -> tuple[str, str]:
        return self.client.state.status, self.client.state.reason


def test_it_registers_and_says_so() -> None:
    trunk = Trunk()
    assert trunk.told == ("trying", "")
    attempt = trunk.must_send()
    assert attempt.target == ONE
    request = attempt.request
    assert (str(request.uri), str(request.to)) == ("sip:provider.fr", "<sip:33123456789@provider.fr>")
    assert (request.expires, str(request.contact)) == (600, "<sip:33123456789@192.0.2.5:5060>")
    assert trunk.sends() is None
    trunk.answers(200, request=request)
    assert trunk.told == ("registered", "")
    assert trunk.client.state.expires_at == 600.0
    assert trunk.client.state.seen_as == ("198.51.100.4", 6000)
    assert trunk.client.state.target == ONE


@pytest.mark.parametrize(("granted", "least", "most"), [(60, 0.45, 0.5), (600, 0.75, 0.8), (3600, 0.75, 0.8)])
def test_it_refreshes_before_the_time_granted_is_over(granted: int, least: float, most: float) -> None:
    trunk = Trunk()
    first = trunk.must_send()
    trunk.answers(200, (("Contact", f"<sip:33123456789@192.0.2.5:5060>;expires={granted}"),), first.request)
    assert least * granted <= trunk.sleep() <= most * granted
    second = trunk.must_send()
    assert second.request.call_id == first.request.call_id
    assert second.request.cseq.number == first.request.cseq.number + 1
    trunk.answers(200, request=second.request)
    assert trunk.told == ("registered", "")


def test_the_expires_header_counts_when_the_contact_has_none() -> None:
    trunk = Trunk()
    trunk.answers(200, (("Expires", "300"),))
    assert trunk.client.state.expires_at == 300.0


def test_a_challenge_is_answered_at_once() -> None:
    trunk = Trunk()
    trunk.answers(401, CHALLENGE)
    request = trunk.must_send().request
    assert 'username="user"' in (request.headers.get("Authorization") or "")
    assert (request.cseq.number, "Via" in request.headers) == (2, False)
    trunk.answers(200, request=request)
    assert trunk.told == ("registered", "")


def test_a_wrong_password_is_told_and_tried_seldom() -> None:
    trunk = Trunk()
    trunk.answers(401, CHALLENGE)
    trunk.answers(401, CHALLENGE)
    assert trunk.told == ("refused", "wrong_password")
    assert trunk.sleep() >= 30.0
    assert "Authorization" not in trunk.must_send().request.headers


def test_a_challenge_we_cannot_answer_is_told() -> None:
    trunk = Trunk()
    trunk.answers(401, (("WWW-Authenticate", 'Digest realm="r", nonce="n", algorithm=SHA-512-256'),))
    assert trunk.told == ("refused", "cannot_authenticate")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (403, ("refused", "forbidden")),
        (404, ("refused", "unknown_user")),
        (405, ("refused", "no_registrar")),
        (501, ("refused", "no_registrar")),
        (488, ("refused", "other")),
        (500, ("unreachable", "server_error")),
        (503, ("unreachable", "busy")),
    ],
)
def test_refusals_are_told_apart(status: int, told: tuple[str, str]) -> None:
    trunk = Trunk()
    trunk.answers(status)
    assert trunk.told == told
    assert trunk.client.state.status_code == status
    assert trunk.client.state.retry_at == trunk.client.next_timer()


def test_a_time_too_short_is_lengthened_at_once() -> None:
    trunk = Trunk(expires=60)
    trunk.answers(423, (("Min-Expires", "1800"),))
    request = trunk.must_send().request
    assert request.expires == 1800
    trunk.answers(423, (("Min-Expires", "1800"),), request)
    assert trunk.told == ("refused", "too_short")


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize("status", [403, 404, 488])
def test_a_provider_that_refuses_after_it_has_worked_is_asked_again_soon_and_its_other_server_at_once(
    status: int,
) -> None:
    trunk = Trunk(ONE, TWO)
    trunk.registers()
    for hour in range(60):
        trunk.sleep()
        asked = [trunk.must_send()]
        trunk.answers(status, request=asked[0].request)
        assert trunk.told[0] == "refused"
        assert trunk.sleep() == 0.0
        asked.append(trunk.must_send())
        trunk.answers(status, request=asked[1].request)
        assert {each.target for each in asked} == {ONE, TWO}
        due = trunk.client.next_timer()
        assert due is not None and 15.0 <= due - trunk.now <= 240.0, hour
    trunk.sleep()
    trunk.registers()
    assert trunk.told == ("registered", "")


def test_no_provider_keeps_us_waiting_for_a_day() -> None:
    for status in (403, 503):
        trunk = Trunk()
        trunk.answers(status, (("Retry-After", "86400"),))
        assert trunk.sleep() == 1800.0


@pytest.mark.feature("NUM-2")
def test_of_several_contacts_the_time_of_our_own_counts() -> None:
    """A stale one of ours, and a telephone with the same account, last longer than what we were granted."""
    trunk = Trunk()
    attempt = trunk.client.wants(0.0, lambda target: contact_for(target).with_param("line", "m2"))
    assert attempt is not None
    contacts = (
        "<sip:33123456789@192.0.2.5:5060;line=m1>;expires=3500",
        "<sip:33123456789@192.0.2.5:5060;line=m2>;expires=60",
        "<sip:33123456789@198.51.100.7:5066>;expires=3600",
    )
    trunk.answers(200, (("Contact", ", ".join(contacts)),), attempt.request)
    assert trunk.client.state.expires_at == 60.0


def test_retry_after_is_honoured() -> None:
    trunk = Trunk()
    trunk.answers(503, (("Retry-After", "1000"),))
    assert trunk.sleep() == 1000.0


@pytest.mark.parametrize(("status", "reason"), [(408, "no_answer"), (503, "transport_failed")])
def test_the_next_server_is_tried_at_once(status: int, reason: str) -> None:
    trunk = Trunk(ONE, TWO)
    assert trunk.must_send().target == ONE
    trunk.client.failed(status, trunk.now)
    assert trunk.told == ("unreachable", reason)
    assert trunk.must_send().target == TWO
    trunk.client.failed(status, trunk.now)
    assert trunk.sends() is None
    assert trunk.sleep() >= 2.0
    assert trunk.must_send().target == ONE


def test_the_server_that_answered_stays_in_use() -> None:
    trunk = Trunk(ONE, TWO)
    trunk.must_send()
    trunk.client.failed(408, trunk.now)
    trunk.registers()
    trunk.sleep()
    trunk.client.set_targets((ONE, TWO), trunk.now)
    assert trunk.must_send().target == TWO


def test_it_tries_for_ever_with_longer_and_longer_waits() -> None:
    trunk = Trunk()
    waits = []
    for _ in range(40):
        trunk.must_send()
        trunk.client.failed(408, trunk.now)
        waits.append(trunk.sleep())
    assert 2.0 <= waits[0] <= 4.0
    assert all(120.0 <= wait <= 240.0 for wait in waits[10:])
    trunk.registers()
    assert trunk.told == ("registered", "")
    assert trunk.client.state.failures == 0


def test_without_addresses_it_waits_for_dns() -> None:
    trunk = Trunk()
    trunk.client.set_targets((), trunk.now)
    assert trunk.sends() is None
    assert trunk.told == ("unreachable", "no_address")
    trunk.client.set_targets((ONE,), trunk.now)
    assert trunk.must_send().target == ONE


@pytest.mark.feature("NUM-2")
def test_an_hour_of_silence_ends_within_four_minutes_of_the_provider_s_return() -> None:
    trunk = Trunk()
    trunk.registers()
    while trunk.now < 3600.0:
        trunk.sleep()
        trunk.must_send()
        trunk.client.failed(408, trunk.now)
        assert trunk.told == ("unreachable", "no_answer")
    assert trunk.sleep() <= 240.0
    trunk.registers()
    assert trunk.told == ("registered", "")


def test_a_server_lost_by_other_signs_is_left_for_the_next_at_once() -> None:
    trunk = Trunk(ONE, TWO)
    trunk.registers()
    trunk.client.lost("no_answer", 0, trunk.now)
    assert trunk.told == ("unreachable", "no_answer")
    assert trunk.must_send().target == TWO


def test_a_provider_found_elsewhere_is_asked_at_once() -> None:
    trunk = Trunk()
    trunk.must_send()
    trunk.client.failed(408, trunk.now)
    trunk.client.set_targets((ONE,), trunk.now)
    assert trunk.sends() is None, "nothing new: the wait goes on"
    trunk.client.set_targets((TWO,), trunk.now)
    assert trunk.must_send().target == TWO


def test_it_registers_once_more_when_the_way_it_went_by_is_gone() -> None:
    trunk = Trunk()
    trunk.client.refresh(trunk.now)
    trunk.registers(granted=3600)
    assert trunk.sends() is None
    trunk.client.refresh(trunk.now)
    assert trunk.told == ("registered", "")
    attempt = trunk.must_send()
    trunk.client.refresh(trunk.now)
    trunk.answers(200, request=attempt.request)
    assert trunk.sends() is None and trunk.told == ("registered", "")


def test_it_leaves() -> None:
    trunk = Trunk()
    trunk.registers()
    trunk.client.stop(trunk.now)
    trunk.answers(401, CHALLENGE)
    request = trunk.must_send().request
    assert (request.expires, "Authorization" in request.headers) == (0, True)
    trunk.answers(200, request=request)
    assert trunk.told == ("stopped", "")
    assert trunk.client.next_timer() is None


def test_leaving_without_registration_sends_nothing() -> None:
    trunk = Trunk()
    trunk.client.stop(trunk.now)
    assert trunk.client.next_timer() is None
    assert trunk.sends() is None


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Trunk().client.account)


def test_it_leaves_while_a_refresh_is_under_way() -> None:
    trunk = Trunk()
    trunk.registers()
    trunk.now = trunk.client.next_timer() or 0.0
    trunk.must_send()
    trunk.client.stop(trunk.now)
    assert trunk.must_send().request.expires == 0


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("<sip:edge.provider.fr;lr>, <sip:core.provider.fr;lr>",), ("edge", "core")),
        (("<sip:edge.provider.fr;lr>", "<sip:core.provider.fr;lr>"), ("edge", "core")),
        (("<sip:edge.provider.fr>",), ()),
        (("<sip:edge.provider.fr;lr>, <<",), ()),
        (("<tel:112>",), ()),
        (tuple(f"<sip:p{place}.provider.fr;lr>" for place in range(11)), ()),
        ((), ()),
    ],
)
def test_the_way_that_the_provider_wants_is_kept_when_it_can_be_followed(fields, expected) -> None:
    trunk = Trunk()
    attempt = trunk.must_send()
    assert "path" in attempt.request.option_tags("Supported")
    trunk.answers(200, tuple(("Service-Route", value) for value in fields), attempt.request)
    assert trunk.client.state.service_route == tuple(f"<sip:{each}.provider.fr;lr>" for each in expected)


def test_the_next_registration_may_change_the_way() -> None:
    trunk = Trunk()
    trunk.answers(200, (("Service-Route", "<sip:edge.provider.fr;lr>"),))
    trunk.sleep()
    trunk.registers()
    assert trunk.client.state.service_route == ()


MARKED = Uri("sip", "33123456789", None, "192.0.2.5", 5060, (("line", "mark"),))


@pytest.mark.parametrize(
    ("contacts", "rewritten"),
    [
        ("<sip:33123456789@192.0.2.5:5060;line=mark>;expires=60", False),
        ("<sip:33123456789@192.0.2.5;line=mark>;expires=60", False),
        ("<sip:33123456789@198.51.100.4:6000;line=mark>;expires=60", True),
        ("<sip:33123456789@198.51.100.4:6000>;expires=60", False),
        ("<sip:33123456789@198.51.100.4;line=mark>, <sip:33123456789@192.0.2.5;line=mark>", False),
    ],
)
def test_a_contact_that_comes_back_with_another_address_has_been_rewritten(contacts, rewritten) -> None:
    trunk = Trunk()
    attempt = trunk.client.wants(trunk.now, lambda target: MARKED)
    assert attempt is not None
    trunk.answers(200, (("Contact", contacts),), attempt.request)
    assert trunk.client.state.rewritten is rewritten


def test_a_via_that_comes_back_with_another_address_has_been_rewritten() -> None:
    trunk = Trunk()
    request = trunk.must_send().request
    request.headers.insert_first("Via", "SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKx")
    response = make_response(request, 200, to_tag="p")
    response.headers.replace_first("Via", ("SIP/2.0/UDP 198.51.100.4:6000;branch=z9hG4bKx",))
    trunk.client.responded(response, trunk.now)
    assert trunk.client.state.rewritten


ELSEWHERE = Target("UDP", "203.0.113.7", 5070)
THERE = Uri.parse("sip:edge.provider.fr:5070")
MOVED = (("Contact", f"<{THERE}>"),)


def sent_on(trunk: Trunk, there: tuple[Uri, Target] | None = (THERE, ELSEWHERE), status: int = 302) -> None:
    """The server sends us on; the place is one to go to, or None."""
    trunk.answers(status, MOVED)
    assert trunk.client.sent_to == (THERE,) and trunk.client.next_timer() is None
    trunk.client.follow(there, trunk.now)


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize("status", [301, 302])
def test_it_registers_where_the_provider_sends_it_and_stays_there(status: int) -> None:
    trunk = Trunk()
    sent_on(trunk, status=status)
    attempt = trunk.must_send()
    assert (attempt.target, attempt.request.uri) == (ELSEWHERE, THERE)
    assert str(attempt.request.to) == "<sip:33123456789@provider.fr>", "it is the same account"
    trunk.answers(401, CHALLENGE, request=attempt.request)
    proved = trunk.must_send()
    assert proved.target == ELSEWHERE and f'uri="{THERE}"' in str(proved.request.headers.get("Authorization"))
    trunk.answers(200, request=proved.request)
    assert trunk.told == ("registered", "") and trunk.client.state.target == ELSEWHERE
    trunk.sleep()
    trunk.client.set_targets((ONE,), trunk.now)
    assert trunk.must_send().target == ELSEWHERE, "a refresh goes where the registration is"
    trunk.client.failed(408, trunk.now)
    assert trunk.client.elsewhere is None
    trunk.sleep()
    assert trunk.must_send().target == ONE, "and back to the provider's own server when that is gone"


@pytest.mark.feature("NUM-2")
def test_being_sent_in_a_circle_or_where_it_must_not_go_is_a_refusal() -> None:
    trunk = Trunk()
    sent_on(trunk)
    sent_on(trunk, (THERE, ONE))
    assert trunk.told == ("refused", "sent_elsewhere") and trunk.client.state.status_code == 302
    assert trunk.sleep() >= 30
    sent_on(trunk, None)
    assert trunk.told == ("refused", "sent_elsewhere")
    trunk.sleep()
    for place in range(3):
        sent_on(trunk, (THERE, Target("UDP", "203.0.113.7", 5070 + place)))
    sent_on(trunk, (THERE, TWO))
    assert trunk.told == ("refused", "sent_elsewhere"), "three times is enough"


def test_a_redirection_without_any_contact_is_a_refusal() -> None:
    trunk = Trunk()
    trunk.answers(302)
    assert trunk.told == ("refused", "other")
