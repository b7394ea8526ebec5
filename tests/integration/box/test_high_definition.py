"""Two phones that talk in G.722 alone: music, words, lines and codes are theirs as well, by G.711."""

import pytest

from appliance.configuration.voicemail import Mailbox, MailboxOwner
from tests.integration.box.offices import NUMBER, OUTSIDER
from tests.integration.box.test_transfers import hear_each_other, refer, reported, talking
from tests.support.raw_messages import description
from tests.support.raw_sip import connected

pytestmark = pytest.mark.feature("RING-10")

BOTH = "9 8 101"


@pytest.fixture
async def pair(running, phone, audio):
    """Alice and Bruno, whose phone answers with one codec: both calls and audios."""
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port, codecs=BOTH))
    heard = await bruno.incoming()
    heard.answer(200, description(ear.port, codecs="9 101"))
    assert b"RTP/AVP 9 101" in (await call.accepted()).body
    await heard.request("ACK")
    (the_call,) = running.box.calls.in_progress()
    await running.until(lambda: the_call.conversation, "they talk")
    return call, mouth, heard, ear


async def takes_g711(side, sound):
    """The box asks for G.711, and the phone agrees; where the box wants it then."""
    asked = await side.request("INVITE")
    assert b"RTP/AVP 8 0" in asked.body
    side.respond(asked, 200, description(sound.port, version=2, codecs="8 101"))
    await side.request("ACK")
    return asked.media


async def test_a_hold_has_music_and_the_talk_goes_on_after_it(running, pair):
    call, mouth, heard, ear = pair
    heard.invite(description(ear.port, direction="sendonly", version=2, codecs=BOTH))
    to_box = await takes_g711(call, mouth)
    assert (await heard.accepted()).direction == "recvonly"
    await mouth.hears(lambda: len(mouth.sound()) > 20 * 160, "music")
    heard.invite(description(ear.port, version=3, codecs=BOTH))
    answer = await heard.accepted()
    assert answer.direction == "sendrecv" and b"RTP/AVP 8 101" in answer.body
    mouth.say(to_box, b"\x42" * 160)
    await ear.hears(lambda: b"\x42" * 160 in ear.sound(), "the voice again")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_phone_that_holds_and_comes_back_in_its_codec_alone_has_the_other_follow(running, pair):
    call, mouth, heard, ear = pair
    heard.invite(description(ear.port, direction="sendonly", version=2, codecs="9 101"))
    await takes_g711(call, mouth)
    assert b"RTP/AVP 9 101" in (await heard.accepted()).body
    await mouth.hears(lambda: len(mouth.sound()) > 20 * 160, "music")
    heard.invite(description(ear.port, version=3, codecs="9 101"))
    asked = await call.request("INVITE")
    assert b"RTP/AVP 9 101" in asked.body
    call.respond(asked, 200, description(mouth.port, version=3, codecs="9 101"))
    await call.request("ACK")
    assert b"RTP/AVP 9 101" in (await heard.accepted()).body
    await running.until(lambda: running.box.calls.live()[0].state == "talking", "the music is over")
    mouth.say(asked.media, b"\x42" * 160, 9)
    await ear.hears(lambda: b"\x42" * 160 in ear.sound(9), "the voice again")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_caller_is_parked_and_not_hung_up(running, pair):
    call, mouth, heard, _ = pair
    refer(heard, "<sip:*682@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    await takes_g711(call, mouth)
    await running.until(lambda: running.box.calls.parking.places, "the caller is parked")
    await mouth.hears(lambda: len(mouth.sound()) > 20 * 160, "music")
    await call.hang_up()
    await running.at_rest()


async def test_a_transfer_outside_offers_what_lines_take_and_a_failure_lets_both_talk(
    running, provider, pair
):
    call, mouth, heard, ear = pair
    refer(heard, f"<sip:{OUTSIDER.replace('+33', '0')}@127.0.0.1>")
    refer_to = await heard.response("REFER")
    assert refer_to.status == 202
    assert await reported(heard) == ("SIP/2.0 100 Trying", False)
    to_box = await takes_g711(call, mouth)
    outside = await provider.incoming()
    assert b"RTP/AVP 8 0" in outside.invitation.body
    outside.answer(486)
    assert await reported(heard) == ("SIP/2.0 486 Busy Here", True)
    # Two who do not speak the same any more are brought together again.
    from_box = await takes_g711(heard, ear)
    await running.until(lambda: next(iter(running.box.calls.in_progress())).conversation, "they talk")
    await hear_each_other(mouth, to_box, ear, from_box, 0x20)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_the_code_of_a_transfer_is_heard(running, phone, pair):
    call, mouth, heard, ear = pair
    chloe = await phone("103")
    await heard.press("*1")
    await takes_g711(heard, ear)
    await takes_g711(call, mouth)
    await ear.hears(lambda: ear.sound(), "the dial tone")
    await heard.press("103")
    taken = await chloe.incoming()
    taken.answer(200, description(9))
    await taken.request("ACK")
    await heard.hung_up()
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_caller_outside_is_connected_to_a_colleague_who_was_asked_in_g722(
    running, provider, phone, audio, refuses
):
    """The line knows G.711 alone; a colleague's phone that will not change leaves it to the line to try."""
    bruno = await phone("102")
    outside, third = await audio(), await audio()
    call = provider.call(NUMBER, from_user=OUTSIDER)
    call.invite(description(outside.port))
    heard = await bruno.incoming()
    heard.answer(200, description(9))
    to_line = (await call.accepted()).media
    await heard.request("ACK")
    chloe = await phone("103")
    offer, answer = description(9, codecs=BOTH), description(third.port, codecs="9 101")
    second, asked = await connected(bruno, chloe, "103", offer=offer, answer=answer)
    refer(heard, f"<sip:103@127.0.0.1?Replaces={second.replaces}>")
    assert (await heard.response("REFER")).status == 202
    if refuses:
        offer = await asked.request("INVITE")
        asked.respond(offer, 488)
        offer = await call.request("INVITE")
        assert b"RTP/AVP 9" in offer.body
        call.respond(offer, 488)
    else:
        to_colleague = await takes_g711(asked, third)
        await hear_each_other(outside, to_line, third, to_colleague, 0x20)
    await call.hang_up()
    await asked.hung_up()
    await running.until(lambda: not len(running.box.calls), "nothing is left")


async def test_a_codec_counts_that_is_agreed_after_the_transfer_was_asked_for(running, phone, audio, pair):
    """Bruno has held, and sends Alice to Chloe before her phone has changed to G.711 for the music."""
    call, mouth, heard, ear = pair
    chloe, third = await phone("103"), await audio()
    offer, answer = description(ear.port, codecs=BOTH), description(third.port, codecs="9 101")
    second, consulted = await connected(heard.phone, chloe, "103", offer=offer, answer=answer)
    heard.invite(description(ear.port, direction="sendonly", version=2, codecs=BOTH))
    asked = await call.request("INVITE")
    refer(heard, f"<sip:103@127.0.0.1?Replaces={second.replaces}>")
    assert (await heard.accepted()).direction == "recvonly"
    await second.hung_up()
    call.respond(asked, 200, description(mouth.port, version=2, codecs="8 101"))
    await call.request("ACK")
    to_colleague = await takes_g711(consulted, third)
    joined = lambda: [each for each in running.box.calls.in_progress() if each.conversation]
    await running.until(joined, "Alice and Chloé talk")
    await hear_each_other(mouth, asked.media, third, to_colleague, 0x20)
    await call.hang_up()
    await consulted.hung_up()
    await running.until(lambda: not len(running.box.calls), "nothing is left")


async def test_two_who_hold_in_the_same_breath_are_both_answered(running, pair):
    call, mouth, heard, ear = pair
    call.invite(description(mouth.port, direction="sendonly", version=2, codecs="9 101"))
    heard.invite(description(ear.port, direction="sendonly", version=2, codecs="9 101"))
    assert (await call.accepted()).direction == "recvonly"
    asked = await call.request("INVITE")
    call.respond(asked, 488)
    await call.request("ACK")
    assert (await call.request("INVITE")).direction == "sendonly"
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def knows_nothing_else(side):
    """The box asks for G.711, which the phone has not."""
    asked = await side.request("INVITE")
    assert b"RTP/AVP 8 0" in asked.body
    side.respond(asked, 488)
    await side.request("ACK")


async def test_phones_that_know_nothing_else_transfer_by_codes_without_hearing_words(running, phone, pair):
    """What would be said or played goes unsaid, and nobody is hung up on."""
    call, _, heard, _ = pair
    (the_call,) = running.box.calls.in_progress()
    chloe = await phone("103")
    await heard.press("*1")
    for side in (heard, call):
        await knows_nothing_else(side)
    await heard.press("999#")
    await knows_nothing_else(heard)
    await running.until(lambda: the_call.conversation, "they talk again")
    await heard.press("*1")
    for side in (heard, call):
        await knows_nothing_else(side)
    await heard.press("103")
    await knows_nothing_else(call)
    taken = await chloe.incoming()
    taken.answer(200, description(9, codecs="9 101"))
    await taken.request("ACK")
    await heard.hung_up()
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


async def test_a_codec_chosen_in_answer_to_the_box_s_offer_is_the_other_s_as_well(running, phone, audio):
    """Some systems send a re-INVITE without an offer to see what may be changed."""
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call, heard, to_box, _ = await talking(alice, bruno, "102", mouth, ear, BOTH)
    call.invite(b"")
    offered = await call.response()
    assert b"RTP/AVP 9 8 0 101" in offered.body
    call.acknowledge(offered, description(mouth.port, version=2, codecs="8 101"))
    from_box = await takes_g711(heard, ear)
    await hear_each_other(mouth, to_box, ear, from_box, 0x20)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_who_may_send_either_codec_is_asked_for_g711_alone_where_a_message_is_kept(
    running, phone, audio
):
    """Most phones send the first codec agreed on, which nobody here could write down."""
    mailbox = Mailbox(id="chloes", name="Chloé", owner=MailboxOwner.PERSON, owner_id="chloe")
    await running.set(running.box.configuration.with_record("mailboxes", mailbox.id, mailbox))
    alice, bruno = await phone("101"), await phone("102")
    mouth = await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port, codecs=BOTH))
    heard = await bruno.incoming()
    heard.answer(200, description(9, codecs=BOTH))
    assert b"RTP/AVP 9 8 101" in (await call.accepted()).body
    await heard.request("ACK")
    refer(heard, "<sip:103@127.0.0.1>")
    await takes_g711(call, mouth)
    await mouth.hears(lambda: mouth.sound(), "the greeting")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
