"""A caller's leg: what it is told before and at the answer, and how it ends at each moment."""

import pytest

from appliance.legs.incoming import IncomingLeg
from appliance.legs.sessions import Sound
from appliance.sip import events
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import SdpError, parse_sdp
from appliance.sip.uri import Uri
from tests.support.raw_messages import description
from tests.support.scripted_signalling import ScriptedStack, invite

OFFER = description(5000, "127.0.0.2", codecs="8 0 101")
CONTACT = Uri("sip", "102", host="127.0.0.1")


class Callee:
    """Whom the caller gets, as far as sound goes."""

    label = "Bruno"
    sound = Sound(DEFAULT_CODECS[:1])


def caller(stack: ScriptedStack, body: bytes = OFFER, *, answers_to_speak: bool = False) -> IncomingLeg:
    leg = IncomingLeg(
        stack.around(), "s1", invite(body), "Alice", answers_to_speak=answers_to_speak, contact=CONTACT
    )
    stack.attach("s1", leg)
    return leg


async def test_ringing_is_told_once_and_the_answer_carries_the_callees_codec():
    stack = ScriptedStack()
    leg = caller(stack)
    leg.ring()
    leg.ring()
    leg.answer(Callee())
    leg.answer(Callee())
    leg.ring()
    assert stack.story == ["180", "200"] and leg.answered
    names = [codec.name for codec in parse_sdp(stack.bodies[0]).media[0].codecs]
    assert names[0] == "PCMA" and "telephone-event" in names
    agreed = stack.ports[0].agreement
    assert agreed and agreed.remote_port == 5000 and agreed.dtmf_payload_type == 101


async def test_early_words_go_in_a_183_and_the_answer_says_the_same():
    stack = ScriptedStack()
    leg = caller(stack)
    leg.open_audio()
    assert stack.story == ["183"] and not leg.answered
    leg.ring()
    leg.open_audio()
    leg.answer(Callee())
    assert stack.story == ["183", "200"]
    assert stack.bodies[0] == stack.bodies[1]


async def test_a_line_outside_is_answered_before_we_speak():
    stack = ScriptedStack()
    leg = caller(stack, answers_to_speak=True)
    leg.open_audio()
    assert stack.story == ["200"] and leg.answered


async def test_without_offer_we_answer_to_be_heard_and_the_ack_settles_it():
    stack = ScriptedStack()
    leg = caller(stack, b"")
    leg.open_early(Callee())
    assert not stack.story
    leg.open_audio()
    assert stack.story == ["200"] and stack.ports[0].agreement is None
    stack.tells(events.Confirmed("s1", description(5000, "127.0.0.2")))
    agreed = stack.ports[0].agreement
    assert agreed and agreed.remote_port == 5000


async def test_an_ack_whose_answer_cannot_be_read_ends_the_call():
    stack = ScriptedStack()
    leg = caller(stack, b"")
    leg.answer()
    stack.tells(events.Confirmed("s1", b"v=nonsense"))
    assert leg.has_ended and stack.story[-1] == "s1 hung up"
    leg.close()
    assert stack.ports[0].closed


@pytest.mark.parametrize("body", [b"v=nonsense", description().replace(b"m=audio", b"m=video")])
async def test_an_offer_without_audio_is_not_taken(body):
    with pytest.raises(SdpError):
        caller(ScriptedStack(), body)


@pytest.mark.parametrize("moment", ["new", "ringing", "early", "answered"])
@pytest.mark.parametrize("who", ["caller", "box", "close"])
async def test_it_ends_at_every_moment_with_nothing_left(moment, who):
    stack = ScriptedStack()
    leg = caller(stack)
    if moment != "new":
        leg.ring()
    if moment == "early":
        leg.open_early(Callee())
    if moment == "answered":
        leg.answer()
    told: list[str] = []
    leg.when_ended(lambda: told.append("ended"))
    if who == "caller":
        stack.hangs_up("s1")
    elif who == "box":
        leg.refuse(486)
        assert stack.story[-1] == ("s1 hung up" if moment == "answered" else "refused 486")
    leg.close()
    leg.close()
    assert told == ([] if who == "close" else ["ended"])
    assert leg.has_ended and not stack.handlers
    assert all(port.closed for port in stack.ports)


async def test_commands_after_the_end_are_ignored():
    stack = ScriptedStack()
    leg = caller(stack)
    stack.hangs_up("s1")
    leg.ring()
    leg.open_audio()
    leg.answer()
    leg.refuse(480)
    leg.hang_up()
    leg.close()
    assert stack.story == []


@pytest.mark.parametrize(
    ("kind", "body", "digit"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", b"Signal= *\r\nDuration=160\r\n", "*"),
        ("application/dtmf-relay", b"Signal=11\r\n", "#"),
        ("application/dtmf", b"7", "7"),
        ("application/dtmf", b"77", None),
        ("application/dtmf-relay", b"\xff\xfe", None),
    ],
)
async def test_digits_by_info(kind, body, digit):
    stack = ScriptedStack()
    leg = caller(stack)
    leg.answer()
    stack.info("s1", body, kind)
    assert stack.ports[0].digits == ([digit] if digit else [])
    assert [answer.status for answer in stack.answers] == [200]
    leg.close()


RELAY = "application/dtmf-relay"


@pytest.mark.parametrize(
    ("kind", "body", "fields", "status"),
    [
        ("text/plain", b"Signal=5", (), 415),
        ("application/hook-flash", b"hf", (), 415),
        ("application/isup", b"\x01\x10", (("Content-Disposition", "signal;handling=optional"),), 200),
        ("application/media_control+xml", b"<media_control/>", (), 200),
        (None, b"", (), 200),
        (None, b"", (("Record", "on"),), 403),
        (None, b"", (("Info-Package", "conference"),), 469),
        ("text/plain", b"x", (("Info-Package", "conference"),), 469),
        (RELAY, b"Signal=5", (("Info-Package", "infoDtmf"),), 200),
    ],
)
async def test_what_else_an_info_carries_is_refused_where_the_phone_would_think_it_done(
    kind, body, fields, status
):
    stack = ScriptedStack()
    leg = caller(stack)
    leg.answer()
    stack.info("s1", body, kind, fields)
    (answer,) = stack.answers
    assert answer.status == status
    assert bool(answer.headers.get("Accept")) == (status == 415)
    assert ("Recv-Info" in answer.headers) == (status == 469)
    leg.close()
