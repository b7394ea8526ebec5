"""Loss and jitter as RFC 3550 appendix A counts them."""

from __future__ import annotations

import pytest

from appliance.media.reception import Reception


def hear(reception: Reception, numbers: list[int], ssrc: int = 1) -> None:
    for number in numbers:
        reception.arrived(ssrc, number & 0xFFFF, number * 160 & 0xFFFFFFFF, 160, number * 0.02)


def test_nothing_lost_nothing_shaken() -> None:
    reception = Reception()
    hear(reception, list(range(65500, 65600)))
    assert (reception.packets, reception.octets, reception.lost) == (100, 16000, 0)
    assert reception.jitter_ms < 0.001


def test_losses_count_across_the_wrap_and_doubles_do_not_add() -> None:
    reception = Reception()
    hear(reception, [65533, 65534, 65536, 65539])
    assert reception.lost == 3
    hear(reception, [65539, 65538])
    assert reception.lost == 1


def test_a_late_packet_is_not_lost() -> None:
    reception = Reception()
    hear(reception, [1, 2, 4, 3, 5])
    assert reception.lost == 0


def test_the_jitter_of_a_shaking_network() -> None:
    reception = Reception()
    for number in range(400):
        late = 0.005 if number % 2 else 0.0
        reception.arrived(1, number, number * 160, 160, number * 0.02 + late)
    assert reception.jitter_ms == pytest.approx(5, abs=0.1)


def test_a_pause_is_no_jitter() -> None:
    reception = Reception()
    hear(reception, [1, 2, 3])
    reception.arrived(1, 4, 640, 160, 60.0)
    assert reception.jitter_ms < 0.001


def test_a_new_source_keeps_the_totals() -> None:
    reception = Reception()
    hear(reception, [1, 2, 4])
    hear(reception, [50000, 50001, 50003], ssrc=2)
    assert (reception.packets, reception.lost) == (6, 2)
    hear(reception, [9, 10], ssrc=2)
    assert (reception.packets, reception.lost) == (8, 2)


def test_each_report_tells_the_share_lost_since_the_one_before() -> None:
    reception = Reception()
    assert reception.report() is None
    hear(reception, [1, 2, 3, 4])
    first = reception.report()
    assert first and (first.fraction_lost, first.lost, first.highest_sequence) == (0, 0, 4)
    hear(reception, [5, 8])
    second = reception.report(last_sr=7, delay_since_last_sr=9)
    assert second and (second.fraction_lost, second.lost) == (128, 2)
    assert (second.last_sr, second.delay_since_last_sr) == (7, 9)
    hear(reception, [9, 10])
    third = reception.report()
    assert third and (third.fraction_lost, third.lost) == (0, 2)
