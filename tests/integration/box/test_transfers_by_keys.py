"""Transfers by keys during a call: by which keys, what is refused, and that nobody is lost."""

import pytest

from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST
from tests.integration.box.test_transfers import hear_each_other
from tests.support.raw_messages import description

pytestmark = pytest.mark.feature("RING-10")


def with_keys(port, host="127.0.0.1"):
    """A description that takes keys as events."""
    return description(port, host, codecs="8 101")


@pytest.fixture
def the_call(running):
    """The one call in progress."""
    return lambda: next(iter(running.box.calls.in_progress()))


@pytest.fixture
async def pair(running, phone, audio, the_call):
    """Alice talks to Bruno, who has no key for transfers: both calls, audios and where they send it."""
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(with_keys(mouth.port))
    heard = await bruno.incoming()
    heard.answer(200, with_keys(ear.port))
    to_box, from_bruno = (await call.accepted()).media, heard.invitation.media
    await heard.request("ACK")
    await running.until(lambda: the_call().conversation, "they talk")
    return call, mouth, to_box, heard, ear, from_bruno


async def pressing(running, the_call, ear, to_box, code, number):
    """Press a code, wait until the other hears music, dial."""
    for key in code:
        ear.press(to_box, key)
    await running.until(lambda: the_call().holding, "the other party hears music")
    for key in number:
        ear.press(to_box, key)


async def talk_again(running, the_call, pair):
    call, mouth, to_box, heard, ear, from_bruno = pair
    await running.until(lambda: the_call().conversation and not the_call().holding, "they talk again", 20)
    await hear_each_other(mouth, to_box, ear, from_bruno, 20)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


@pytest.mark.parametrize("code", ["*1", "*2"])
async def test_a_star_alone_goes_back(running, the_call, pair, code):
    await pressing(running, the_call, pair[4], pair[5], code, "**")
    await talk_again(running, the_call, pair)


@pytest.mark.parametrize("code", ["*1", "*2"])
async def test_a_target_that_refuses_gives_the_call_back(running, phone, the_call, pair, code):
    chloe = await phone("103")
    await pressing(running, the_call, pair[4], pair[5], code, "103")
    (await chloe.incoming()).answer(486)
    await talk_again(running, the_call, pair)


async def test_a_star_while_the_target_rings_or_talks_goes_back(running, phone, audio, the_call, pair):
    chloe, ear, to_box = await phone("103"), pair[4], pair[5]
    await pressing(running, the_call, ear, to_box, "*2", "103")
    first = await chloe.incoming()
    first.answer(180)
    ear.press(to_box, "*")
    await first.cancelled()
    await running.until(lambda: the_call().conversation, "they talk again")
    await pressing(running, the_call, ear, to_box, "*2", "103")
    second = await chloe.incoming()
    third = await audio()
    second.answer(200, with_keys(third.port))
    await second.request("ACK")
    third.speak(second.invitation.media, bytes([77]) * 160)
    await ear.hears(lambda: bytes([77]) * 160 in ear.sound(), "Chloé")
    third.hush()
    ear.press(to_box, "*")
    await second.hung_up()
    await talk_again(running, the_call, pair)


async def test_who_hangs_up_while_it_rings_has_sent_the_call_on(running, phone, the_call, pair):
    call, _, _, heard, ear, to_box = pair
    chloe = await phone("103")
    await pressing(running, the_call, ear, to_box, "*2", "103")
    ringing = await chloe.incoming()
    ringing.answer(180)
    await heard.hang_up()
    await ringing.cancelled()
    taken = await chloe.incoming()
    assert "101" in taken.invitation.get("from")
    taken.answer(200, description(9))
    await taken.request("ACK")
    await running.until(lambda: the_call().answered_by_id == "chloe", "Chloé has the call")
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


async def test_keys_by_info_do_the_same(running, phone, the_call, pair):
    call, _, _, heard, *_ = pair
    chloe = await phone("103")
    await heard.press("*1103")
    taken = await chloe.incoming()
    taken.answer(200, description(9))
    await taken.request("ACK")
    await heard.hung_up()
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


@pytest.mark.feature("OUT-10")
async def test_what_the_transferor_may_not_call_is_not_called_for_others(running, provider, the_call, pair):
    await pressing(running, the_call, pair[4], pair[5], "*1", "0899123456#")
    await talk_again(running, the_call, pair)
    assert not provider.calls


@pytest.mark.feature("OUT-10")
async def test_the_keys_of_a_stranger_mean_nothing(running, provider, phone, audio, the_call):
    bruno, chloe = await phone("102"), await phone("103")
    mouth, ear = await audio(PROVIDER_HOST), await audio()
    outside = provider.call(f"sip:{NUMBER}@{provider.domain}", from_user=OUTSIDER)
    outside.invite(with_keys(mouth.port, PROVIDER_HOST))
    ringing = await bruno.incoming()
    ringing.answer(200, with_keys(ear.port))
    await ringing.request("ACK")
    (await chloe.incoming()).answer(487)
    to_box = (await outside.accepted()).media
    await running.until(lambda: the_call().conversation, "they talk")
    for key in "*1103":
        mouth.press(to_box, key)
    await ear.hears(lambda: sum(packet.payload_type == 101 for packet in ear.heard) >= 20, "the keys")
    assert the_call().conversation and not the_call().holding
    await outside.hang_up()
    await ringing.hung_up()
    await running.at_rest()
