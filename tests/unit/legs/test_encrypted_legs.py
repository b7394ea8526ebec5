"""Legs whose audio is encrypted: what is offered, what is answered, and keys that stay through a session."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from appliance.legs.incoming import IncomingLeg
from appliance.legs.outgoing import OutgoingLeg
from appliance.legs.sessions import Sound
from appliance.media.srtp_keys import SrtpKeys
from appliance.routing.steps import Outcome
from appliance.sip import events
from appliance.sip.offer_answer import DEFAULT_CODECS, LocalAudio, build_offer, negotiate
from appliance.sip.sdes import Encryption
from appliance.sip.sdp import Direction, SdpError, SessionDescription, parse_sdp
from appliance.sip.uri import Uri
from tests.support.scripted_calls import settle
from tests.support.scripted_signalling import ScriptedStack, attempt, invite, response

PHONE = LocalAudio("127.0.0.2", 6000, encryption=Encryption.OFFERED, secret=b"the phone's")


def dialling(stack: ScriptedStack, wish: Encryption) -> tuple[OutgoingLeg, asyncio.Future]:
    way = attempt(stack)
    around = replace(stack.around(), secret=b"the box's")
    leg = OutgoingLeg(around, "Bruno", [lambda: replace(way(), encryption=wish)], Sound(DEFAULT_CODECS))
    return leg, asyncio.ensure_future(leg.dial())


def incoming(stack: ScriptedStack, body: bytes, wish: Encryption) -> IncomingLeg:
    around = replace(stack.around(), secret=b"the box's", encryption=wish)
    contact = Uri("sip", "102", host="127.0.0.1")
    leg = IncomingLeg(around, "s1", invite(body), "Alice", answers_to_speak=False, contact=contact)
    stack.attach("s1", leg)
    return leg


def sent(stack: ScriptedStack) -> SessionDescription:
    return parse_sdp(stack.bodies[-1])


def keys(stack: ScriptedStack) -> SrtpKeys | None:
    agreement = stack.ports[0].agreement
    assert agreement is not None
    return agreement.srtp


async def test_a_phone_that_can_is_encrypted_through_holds_and_changes_of_its_key():
    stack = ScriptedStack()
    leg, dialled = dialling(stack, Encryption.OFFERED)
    await settle()
    assert sent(stack).media[0].protocol == "RTP/SAVP"
    stack.accepted("s1", bytes(negotiate(sent(stack), PHONE, 1)[0]))
    assert (await dialled).outcome is Outcome.ANSWERED
    first = keys(stack)
    assert first is not None
    # We hold: only what is in force is offered again, under the same key.
    holding = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS, Direction.SENDONLY)))
    await settle()
    offered = sent(stack).media[0]
    assert offered.protocol == "RTP/SAVP" and len(offered.crypto) == 1
    answer = bytes(negotiate(sent(stack), PHONE, 1, 2)[0])
    stack.tells(events.ReinviteAccepted("s1", response(200, answer)))
    await holding
    assert keys(stack) == first
    # They change their key: ours stays.
    body = bytes(build_offer(replace(PHONE, secret=b"another"), 1, 3))
    stack.reinvited("s1", body)
    await settle()
    changed = keys(stack)
    assert changed is not None
    assert changed.sending == first.sending and changed.receiving != first.receiving
    leg.close()


@pytest.mark.parametrize("status", [415, 488, 606])
async def test_a_phone_that_cannot_is_asked_again_without(status):
    stack = ScriptedStack()
    leg, dialled = dialling(stack, Encryption.OFFERED)
    await settle()
    stack.refused("s1", status)
    await settle()
    assert sent(stack).media[0].protocol == "RTP/AVP" and not sent(stack).media[0].crypto
    stack.accepted("s2", bytes(negotiate(sent(stack), PHONE, 1)[0]))
    assert (await dialled).outcome is Outcome.ANSWERED
    assert keys(stack) is None
    leg.close()


@pytest.mark.parametrize(("wish", "invitations"), [(Encryption.REQUIRED, 1), (Encryption.NEVER, 1)])
async def test_nothing_else_is_tried_when_the_setting_leaves_no_choice(wish, invitations):
    stack = ScriptedStack()
    leg, dialled = dialling(stack, wish)
    await settle()
    assert bool(sent(stack).media[0].crypto) is (wish is Encryption.REQUIRED)
    stack.refused("s1", 488)
    assert (await dialled).status == 488
    assert len(stack.invitations) == invitations
    leg.close()


async def test_a_caller_who_offers_keys_is_answered_with_ours():
    stack = ScriptedStack()
    leg = incoming(stack, bytes(build_offer(PHONE, 1)), Encryption.ACCEPTED)
    leg.answer()
    assert sent(stack).media[0].protocol == "RTP/SAVP" and keys(stack) is not None
    leg.close()


async def test_a_caller_without_keys_is_refused_where_they_are_required():
    stack = ScriptedStack()
    plain = bytes(build_offer(replace(PHONE, encryption=Encryption.NEVER), 1))
    with pytest.raises(SdpError) as refusal:
        incoming(stack, plain, Encryption.REQUIRED)
    assert refusal.value.status == 488
    leg = incoming(stack, plain, Encryption.OFFERED)
    leg.answer()
    assert sent(stack).media[0].protocol == "RTP/AVP" and keys(stack) is None
    leg.close()


@pytest.mark.parametrize(("wish", "profile"), [("offered", "RTP/AVP"), ("required", "RTP/SAVP")])
async def test_an_offer_that_comes_with_our_answer_is_plain_unless_keys_are_required(wish, profile):
    stack = ScriptedStack()
    leg = incoming(stack, b"", Encryption(wish))
    leg.answer()
    assert sent(stack).media[0].protocol == profile
    leg.close()
