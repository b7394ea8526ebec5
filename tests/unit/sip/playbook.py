"""For tests that read as a dialogue: an endpoint and a hand-written peer, or two endpoints on one wire."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TypeVar

from appliance.sip.endpoint import Endpoint, Flow, Login
from appliance.sip.events import Event
from appliance.sip.headers import parse_name_addr
from appliance.sip.message import Request, Response, make_response
from appliance.sip.parser import parse_message
from appliance.sip.uri import Uri

T = TypeVar("T")

OFFER, ANSWER = b"v=0\r\ns=offer\r\n", b"v=0\r\ns=answer\r\n"


def token_source(prefix: str = "t") -> Callable[[], str]:
    """Tokens that count."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}{next(numbers)}"


def word(message: Request | Response) -> str:
    """A message in one word or two: "INVITE", "200 INVITE"."""
    if isinstance(message, Request):
        return message.method
    return f"{message.status} {message.cseq.method}"


def parsed(data: bytes) -> Request | Response:
    """A message that the endpoint sent."""
    return parse_message(data)


class Box:
    """An endpoint at 10.0.0.1 and a peer at 10.0.0.2 whose messages the test writes."""

    def __init__(self, transport: str = "UDP", **options: object) -> None:
        self.endpoint = Endpoint(tokens=token_source(), **options)  # type: ignore[arg-type]
        connection = None if transport == "UDP" else 1
        self.flow = Flow(transport, ("10.0.0.1", 5060), ("10.0.0.2", 5060), connection)
        self.now = 0.0
        self.events: list[Event] = []
        self.log: list[tuple[Flow, Request | Response]] = []

    # The peer speaks.

    def hears(self, text: str | bytes, flow: Flow | None = None) -> list[str]:
        """The endpoint receives this; returns what it sends, in words."""
        data = text.encode() if isinstance(text, str) else text
        self.endpoint.receive(data, flow or self.flow, self.now)
        return self.take()

    def hears_request(
        self,
        method: str,
        *,
        cseq: int = 1,
        branch: str | None = None,
        from_tag: str = "peer",
        to_tag: str | None = None,
        call_id: str = "call",
        uri: str = "sip:box@10.0.0.1",
        headers: str = "",
        body: bytes = b"",
    ) -> list[str]:
        """The same, from the parts of a request."""
        tag = f";tag={to_tag}" if to_tag else ""
        branch = branch or f"z9hG4bK-{method}-{cseq}"
        head = (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/{self.flow.transport} 10.0.0.2:5060;branch={branch};rport\r\n"
            f"From: <sip:peer@10.0.0.2>;tag={from_tag}\r\nTo: <sip:box@10.0.0.1>{tag}\r\n"
            f"Call-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:peer@10.0.0.2:5060>\r\n"
            f"Max-Forwards: 70\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        )
        return self.hears(head.encode() + body)

    def answers(
        self,
        status: int,
        to: str = "INVITE",
        *,
        tag: str | None = "peer",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
    ) -> list[str]:
        """The peer answers the endpoint's latest request of that method; returns what the endpoint sends."""
        response = make_response(self.sent(to), status, to_tag=tag, headers=headers, body=body)
        if 100 < status < 400 and "Contact" not in response.headers:
            response.headers.add("Contact", "<sip:peer@10.0.0.2:5070>")
        return self.hears(bytes(response))

    # What the endpoint does.

    def take(self) -> list[str]:
        """What the endpoint has sent since, in words; its events are kept in `events`."""
        fresh = [(outgoing.flow, parsed(outgoing.data)) for outgoing in self.endpoint.take_outgoing()]
        self.log += fresh
        self.events += self.endpoint.take_events()
        return [word(message) for _, message in fresh]

    def sent(self, what: str) -> Request:
        """The latest request of that method that was sent."""
        for _, message in reversed(self.log):
            if isinstance(message, Request) and message.method == what:
                return message
        raise AssertionError(f"no {what} was sent")

    def response(self) -> Response:
        """The latest response that was sent."""
        for _, message in reversed(self.log):
            if isinstance(message, Response):
                return message
        raise AssertionError("no response was sent")

    def news(self) -> list[str]:
        """The events since the last call, by name."""
        names = [type(event).__name__ for event in self.events]
        self.events.clear()
        return names

    def event(self, kind: type[T]) -> T:
        """The latest event of a kind."""
        for event in reversed(self.events):
            if isinstance(event, kind):
                return event
        raise AssertionError(f"no {kind.__name__} in {self.events}")

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, timer by timer; returns what is sent."""
        return [name for names in self._timers(seconds) for name in names]

    def _timers(self, seconds: float) -> Iterator[list[str]]:
        end = self.now + seconds
        while (due := self.endpoint.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.endpoint.advance(self.now)
            yield self.take()
        self.now = end

    # Openings.

    def calls(self, login: Login | None = None, body: bytes = OFFER, route: tuple[str, ...] = ()) -> str:
        """The endpoint sends an INVITE; returns the session."""
        session = self.endpoint.invite(
            target=Uri.parse("sip:peer@10.0.0.2"),
            flow=self.flow,
            from_=parse_name_addr("<sip:box@10.0.0.1>"),
            to=parse_name_addr("<sip:peer@10.0.0.2>"),
            contact=Uri.parse("sip:box@10.0.0.1"),
            body=body,
            credentials=login,
            route=route,
            now=self.now,
        )
        self.take()
        return session

    def is_called(self, body: bytes = OFFER) -> str:
        """The peer sends an INVITE; returns the session."""
        self.hears_request(
            "INVITE", branch="z9hG4bK-first", body=body, headers="Content-Type: application/sdp\r\n"
        )
        return f"session-{self.endpoint._count}"

    def talks(self) -> str:
        """A call from the peer, answered and acknowledged; returns the session."""
        session = self.is_called()
        self.endpoint.accept(session, ANSWER, self.now)
        self.take()
        self.hears_request("ACK", to_tag=self.our_tag)
        self.news()
        return session

    @property
    def our_tag(self) -> str:
        """The tag we gave in our latest response."""
        tag = self.response().to.tag
        assert tag is not None
        return tag

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left once all timers have run."""
        self.wait(200)
        return self.endpoint.is_idle
