"""What the SIP stack reports outside any leg: new calls, registrations, requests to answer at once."""

from __future__ import annotations

from appliance.runtime.incoming import IncomingCalls
from appliance.runtime.lamps import Lamps
from appliance.runtime.phones import Phones
from appliance.runtime.sip_driver import SipDriver
from appliance.sip.events import DialogRequest, Event, IncomingInvite, IncomingRequest
from appliance.sip.message import make_response

ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE"


class SipRequests:
    """Hands each on to whom it concerns."""

    def __init__(self, driver: SipDriver, phones: Phones, lamps: Lamps, incoming: IncomingCalls) -> None:
        self._driver = driver
        self._phones = phones
        self._lamps = lamps
        self._incoming = incoming

    def handle(self, event: Event) -> None:
        """Take one event; never waits."""
        match event:
            case IncomingInvite():
                self._incoming.invited(event)
            case IncomingRequest():
                self._request(event)
            case DialogRequest(key=key, request=request):
                self._driver.respond(key, make_response(request, 405, headers=[("Allow", ALLOW)]))

    def _request(self, event: IncomingRequest) -> None:
        request = event.request
        if request.method == "REGISTER":
            self._phones.register(event)
        elif request.method == "OPTIONS":
            status = 503 if self._incoming.is_for_the_dead(event) else 200
            headers = [("Allow", ALLOW), ("Accept", "application/sdp")]
            self._driver.respond(event.key, make_response(request, status, headers=headers))
        elif request.method == "SUBSCRIBE":
            self._lamps.subscribe(event)
        elif request.method == "PUBLISH":
            self._driver.respond(event.key, make_response(request, 489))
        else:
            self._driver.respond(event.key, make_response(request, 405, headers=[("Allow", ALLOW)]))
