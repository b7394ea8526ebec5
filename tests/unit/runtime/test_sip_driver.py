"""The driver between sockets and the SIP stack: who gets which event, and what a mistake costs."""

import asyncio

import pytest

from appliance.runtime.addresses import LocalAddresses
from appliance.runtime.clock import Clock
from appliance.runtime.sip_driver import SipDriver
from appliance.sip import events
from appliance.sip.flow import Flow
from appliance.sip.message import Request
from appliance.sip.parser import parse_message
from tests.support.raw_messages import description

FLOW = Flow("UDP", ("127.0.0.1", 5060), ("127.0.0.2", 5060))


@pytest.fixture
def driver(monkeypatch):
    numbers = iter(range(10_000))
    clock = Clock()
    made = SipDriver(clock, lambda: f"t{next(numbers)}", LocalAddresses(clock.monotonic, "127.0.0.1"))
    made.sent = []
    monkeypatch.setattr(made.sockets, "send", lambda outgoing: made.sent.append(parse_message(outgoing.data)))
    yield made
    if made._timer is not None:
        made._timer.cancel()


def request(method: str, number: int, body: bytes = b"") -> bytes:
    lines = [
        f"{method} sip:102@127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bK{number}",
        "From: <sip:101@127.0.0.1>;tag=f",
        "To: <sip:102@127.0.0.1>",
        f"Call-ID: c{number}",
        f"CSeq: 1 {method}",
        "Contact: <sip:101@127.0.0.2>",
        "Max-Forwards: 70",
        *(("Content-Type: application/sdp",) if body else ()),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def statuses(driver) -> list[int]:
    return [message.status for message in driver.sent if not isinstance(message, Request)]


async def test_a_mistake_with_one_call_is_answered_500_and_the_next_goes_on(driver, caplog):
    seen: list[events.Event] = []

    def mistaken(event: events.Event) -> None:
        seen.append(event)
        if len(seen) == 1:
            raise ValueError("a mistake")

    driver.on_event = mistaken
    driver._received(request("INVITE", 1, description()), FLOW)
    assert statuses(driver)[-1] == 500 and "a mistake" in caplog.text
    driver._received(request("INVITE", 2, description()), FLOW)
    invited = next(event for event in reversed(seen) if isinstance(event, events.IncomingInvite))
    driver.refuse(invited.session, 486)
    assert statuses(driver)[-1] == 486
    assert driver.endpoint.open_sessions == 0


async def test_a_mistake_with_a_request_is_answered_500(driver):
    def mistaken(event: events.Event) -> None:
        raise ValueError("a mistake")

    driver.on_event = mistaken
    driver._received(request("OPTIONS", 1), FLOW)
    assert statuses(driver) == [500]


async def test_events_of_a_session_go_to_whoever_is_attached(driver):
    told: list[events.Event] = []
    others: list[events.Event] = []
    driver.on_event = others.append
    driver._received(request("INVITE", 1, description()), FLOW)
    session = others[0].session

    class Leg:
        def handle(self, event: events.Event) -> None:
            told.append(event)

    driver.attach(session, Leg())
    assert driver.attached == 1
    driver._received(request("CANCEL", 1), FLOW)
    assert [type(event) for event in told] == [events.Ended] and len(others) == 1
    driver.detach(session)
    driver.detach(session)
    assert driver.attached == 0


async def test_commands_given_while_events_are_handed_on_join_in(driver):
    def at_once(event: events.Event) -> None:
        if isinstance(event, events.IncomingInvite):
            driver.ring(event.session)
            driver.accept(event.session, description())

    driver.on_event = at_once
    driver._received(request("INVITE", 1, description()), FLOW)
    assert [status for status in statuses(driver) if status > 100] == [180, 200]


async def test_a_question_gets_its_final_answer(driver):
    message = parse_message(request("OPTIONS", 9))
    assert isinstance(message, Request)
    message.headers.remove("Via")
    asking = asyncio.ensure_future(driver.ask(message, FLOW))
    await asyncio.sleep(0)
    sent = driver.sent[-1]
    for status in (100, 200):
        answer = bytes(sent).replace(b"OPTIONS sip:102@127.0.0.1 SIP/2.0", b"SIP/2.0 %d So" % status, 1)
        driver._received(answer, FLOW)
    reply = await asyncio.wait_for(asking, 1)
    assert isinstance(reply, events.ResponseReceived) and reply.response.status == 200


async def test_a_flow_that_fails_is_told(driver):
    failed: list[Flow] = []
    driver.on_flow_failed = failed.append
    message = parse_message(request("OPTIONS", 9))
    assert isinstance(message, Request)
    message.headers.remove("Via")
    asking = asyncio.ensure_future(driver.ask(message, FLOW))
    await asyncio.sleep(0)
    driver._flow_failed(FLOW)
    reply = await asyncio.wait_for(asking, 1)
    assert isinstance(reply, events.RequestFailed) and reply.status == 503 and failed == [FLOW]
