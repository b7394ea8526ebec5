"""What an agreement says, and what it refuses to be."""

from __future__ import annotations

import pytest

from appliance.media.agreement import PCMA, PCMU, AudioCodec, Direction, MediaAgreement

G722 = AudioCodec(9, "G722")


def test_directions_are_ours() -> None:
    assert [d.may_send for d in Direction] == [True, True, False, False]
    assert [d.may_receive for d in Direction] == [True, False, True, False]


def test_what_can_be_played_is_the_first_g711() -> None:
    assert MediaAgreement((G722, PCMU, PCMA), "10.0.0.1", 4000).playable == PCMU
    assert MediaAgreement((G722,), "10.0.0.1", 4000).playable is None


def test_where_reports_go() -> None:
    assert MediaAgreement((PCMA,), "10.0.0.1", 4000).rtcp_port == 4001
    assert MediaAgreement((PCMA,), "10.0.0.1", 4000, rtcp_mux=True).rtcp_port == 4000
    assert MediaAgreement((PCMA,), "10.0.0.1", 4000, remote_rtcp_port=9).rtcp_port == 9


@pytest.mark.parametrize(("host", "port"), [("0.0.0.0", 4000), ("::", 4000), ("10.0.0.1", 0)])
def test_nowhere_is_not_sent_to(host: str, port: int) -> None:
    assert not MediaAgreement((PCMA,), host, port).may_send


def test_what_makes_no_sense_is_refused() -> None:
    for codecs, host, signalling in (
        ((), "10.0.0.1", None),
        ((PCMA,), "name", None),
        ((PCMA,), "::1", "name"),
    ):
        with pytest.raises(ValueError):
            MediaAgreement(codecs, host, 4000, signalling_host=signalling)
    for port, reports in ((70000, None), (4000, 70000), (-1, None)):
        with pytest.raises(ValueError, match="is no port"):
            MediaAgreement((PCMA,), "10.0.0.1", port, reports)
    assert MediaAgreement((PCMA,), "10.0.0.1", 65535).rtcp_port == 0
    with pytest.raises(ValueError):
        AudioCodec(128, "PCMA")


def test_codecs_are_the_same_whatever_their_number_and_case() -> None:
    assert AudioCodec(96, "opus", 48000, 2).key == AudioCodec(111, "OPUS", 48000, 2).key
    assert AudioCodec(96, "G722").key != AudioCodec(96, "G722", 16000).key
