"""The ladder: a column for each party, an arrow for each message, nothing of a message taken for markup."""

import re

from webui.drawing.ladder import ladder, said

ALICE, BRUNO = ["192.0.2.7", 5062], ["2001:db8::9", 5060]


def message(at, sent, remote, text):
    return {"at": at, "sent": sent, "remote": remote, "text": text}


MESSAGES = [
    message(10.0, False, ALICE, "INVITE sip:102@box SIP/2.0\r\n\r\nv=0\n"),
    message(10.2, True, BRUNO, "INVITE sip:102@desk SIP/2.0\r\n\r\n"),
    message(10.3, False, BRUNO, "SIP/2.0 486 Busy <b>Here</b>\r\n\r\n"),
    message(10.4, True, ALICE, "SIP/2.0 180 Ringing\r\n\r\n"),
]


def test_parties_stand_with_the_box_second_and_arrows_point_the_right_way():
    svg = str(ladder(MESSAGES, title="Ladder", box="the box"))
    names = re.findall(r'text-anchor="middle">([^<]+)</text></g>(?=<g class="party|<a)', svg)
    assert names == ["192.0.2.7:5062", "the box", "[2001:db8::9]:5060"]
    starts = [tuple(map(float, pair)) for pair in re.findall(r'd="M(\d+) \d+L(\d+) \d+"', svg)]
    assert starts[0][0] < starts[0][1] and starts[1][0] < starts[1][1]
    assert starts[2][0] > starts[2][1] and starts[3][0] > starts[3][1]
    assert [*re.findall(r"\+\d\.\d{3}", svg)] == ["+0.000", "+0.200", "+0.300", "+0.400"]
    assert 'class="message refusal"' in svg and 'class="message answer"' in svg
    assert "<b>" not in svg and "&lt;b&gt;" in svg


def test_what_a_message_says():
    assert said(MESSAGES[0]["text"]) == "INVITE (SDP)"
    assert said(MESSAGES[3]["text"]) == "180 Ringing"
    assert said("") == ""


def test_no_message_no_arrow():
    assert "<a " not in str(ladder([], title="Ladder", box="the box"))
