"""Which way large requests go, and who is not asked again."""

from __future__ import annotations

from appliance.runtime.large_requests import DEAF_SECONDS, LargeRequests
from appliance.sip.flow import Flow

UDP = Flow("UDP", ("192.0.2.1", 5060), ("192.0.2.9", 5062))


def tcp_flow(host: str, port: int) -> Flow:
    return Flow("TCP", ("192.0.2.1", 5060), (host, port))


def test_what_does_not_fit_goes_by_tcp_to_the_same_address():
    large = LargeRequests(lambda: 0.0, tcp_flow)
    assert large.choose(UDP, 1300) == UDP
    assert large.choose(UDP, 1301) == tcp_flow("192.0.2.9", 5062)


def test_a_peer_elsewhere_by_tcp_or_nowhere():
    large = LargeRequests(lambda: 0.0, tcp_flow)
    large.tcp_address = lambda address: ("192.0.2.9", 5070)
    assert large.choose(UDP, 1301).remote == ("192.0.2.9", 5070)
    large.tcp_address = lambda address: None
    assert large.choose(UDP, 1301) == UDP


def test_who_took_no_connection_is_left_alone_for_a_while():
    time = [0.0]
    large = LargeRequests(lambda: time[0], tcp_flow)
    # A connection that stood and was closed says nothing of the next one.
    large.failed(Flow("TCP", ("192.0.2.1", 5060), ("192.0.2.9", 5062), 7))
    assert large.choose(UDP, 1301).transport == "TCP"
    large.failed(tcp_flow("192.0.2.9", 5062))
    assert large.choose(UDP, 1301) == UDP
    time[0] = DEAF_SECONDS + 1
    assert large.choose(UDP, 1301).transport == "TCP"
    for number in range(2000):
        large.failed(tcp_flow("192.0.2.9", number))
    assert large.choose(UDP, 1301).transport == "TCP"
