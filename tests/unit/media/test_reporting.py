"""Two reporters that tell each other how they fare."""

from __future__ import annotations

import pytest

from appliance.media.reception import Reception
from appliance.media.reporting import Reporter
from appliance.media.rewriter import OutgoingStream
from appliance.media.rtcp import parse_rtcp


def reporter(ssrc: int) -> Reporter:
    return Reporter(f"end-{ssrc}", OutgoingStream(ssrc, 0, 0), Reception())


def talk(source: Reporter, listener: Reporter, count: int, now: float, *, lose: int = -1) -> None:
    for number in range(count):
        source.stream.local_header(8, now, octets=160, advance=160)
        if number != lose:
            listener.reception.arrived(
                source.stream.ssrc, source.stream.sequence, source.stream.timestamp, 160, now
            )


def test_nothing_to_say_before_anything_was_sent_or_heard() -> None:
    assert reporter(1).report(1.0) is None
    assert reporter(1).goodbye() is None


def test_each_learns_how_the_other_hears_it() -> None:
    first, second = reporter(1), reporter(2)
    talk(first, second, 10, 1.0, lose=4)
    report = first.report(2.0)
    assert report
    second.received(report, 2.1)
    answer = second.report(3.1)
    assert answer and parse_rtcp(answer).reports[0].sender is None
    first.received(answer, 3.2)
    figures = first.statistics(3.2)
    assert (figures.packets_sent, figures.remote_lost) == (10, 1)
    assert figures.round_trip_ms == pytest.approx(200, abs=2)
    assert second.statistics(3.0).seconds_since_received == pytest.approx(2.0)


def test_a_report_on_somebody_else_and_rubbish_change_nothing() -> None:
    first, second, third = reporter(1), reporter(2), reporter(3)
    talk(first, second, 3, 1.0)
    report = second.report(2.0)
    assert report
    third.received(report, 2.1)
    third.received(b"\x80\xc9", 2.1)
    assert third.statistics(3.0).remote_lost is None


def test_goodbye_names_the_stream_that_ends() -> None:
    first = reporter(1)
    talk(first, reporter(2), 1, 1.0)
    goodbye = first.goodbye()
    assert goodbye and parse_rtcp(goodbye).goodbyes == (1,)
