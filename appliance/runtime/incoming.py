"""Incoming calls: who may call, what is refused, and the start of each call's coroutine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from appliance import numbers
from appliance.calls.arrival import LONGEST_SHOWN, Arrival, from_line, from_phone
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import EncryptedAudio
from appliance.configuration.lines import Line
from appliance.configuration.people import Phone
from appliance.legs.incoming import IncomingLeg, NotEncrypted
from appliance.legs.sip_leg import Surroundings
from appliance.routing.dialled import read_dialled
from appliance.routing.facts import Direction, Facts, KnownCaller
from appliance.runtime.calls import Calls
from appliance.runtime.contacts import our_contact
from appliance.runtime.doors import Doors
from appliance.runtime.encrypted_audio import encryption_on
from appliance.runtime.lines import Lines
from appliance.runtime.phones import Phones
from appliance.runtime.sip_driver import SipDriver
from appliance.runtime.taking import taking
from appliance.sip.authentication import Authenticated
from appliance.sip.events import IncomingInvite, IncomingRequest
from appliance.sip.flow import Flow
from appliance.sip.message import Request
from appliance.sip.sdp import SdpError

log = logging.getLogger(__name__)


class IncomingCalls:
    """Lets calls in: from phones that prove who they are, from lines we know, from nobody else."""

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        driver: SipDriver,
        phones: Phones,
        doors: Doors,
        lines: Lines,
        calls: Calls,
        surroundings: Callable[[Flow, bool], Surroundings],
    ) -> None:
        self._configuration = configuration
        self._driver = driver
        self._phones = phones
        self._doors = doors
        self._lines = lines
        self._calls = calls
        self._surroundings = surroundings
        self.look_up: Callable[[str], KnownCaller | None] = lambda number: None

    def invited(self, event: IncomingInvite) -> None:
        """Let the call in and start it, or refuse it."""
        line = self._lines.line_of(event.flow, event.request)
        if line is not None:
            arrival = from_line(self._configuration(), line, event.request)
            if self._lines.dead_seconds(line.id):
                self._turn_away(event, line, arrival)
            else:
                self._start(event, arrival, arrival.facts.called, line.encrypted_audio)
            return
        if (emergency := self._emergency(event)) is not None:
            self._start(event, emergency, event.request.uri.user)
            return
        phone = self._authenticated(event)
        if phone is not None:
            self._called(event, phone)

    def _turn_away(self, event: IncomingInvite, line: Line, arrival: Arrival) -> None:
        """Say what an operator hears of a dead box: nobody is registered, or nothing works."""
        log.info("line %s plays dead: a call is turned away", line.id)
        self._driver.refuse(event.session, 480 if line.mode == "registered" else 503)
        self._lines.turned_away(line.id, arrival.facts.caller)

    def is_for_the_dead(self, event: IncomingRequest) -> bool:
        """Whether a provider asks after a line that plays dead."""
        return self._lines.seems_dead(event.flow, event.request)

    def _called(self, event: IncomingInvite, phone: Phone) -> None:
        """A phone of ours calls somebody, or takes a call that rings somebody."""
        arrival: Arrival | int = from_phone(self._configuration(), phone, event.request)
        if isinstance(arrival, Arrival) and event.request.headers.get("Replaces") is not None:
            arrival = taking(arrival, event.request, self._calls, self._driver)
        if isinstance(arrival, int):
            self._driver.refuse(event.session, arrival)
        else:
            self._start(event, arrival, event.request.uri.user, phone.encrypted_audio)

    def _emergency(self, event: IncomingInvite) -> Arrival | None:
        """The call of somebody of the office's network for help, from any phone, known or not (OUT-9).

        Nobody is asked for a password, the phone says whose it is.
        """
        configuration, request = self._configuration(), event.request
        country = configuration.office.country if configuration.office else "FR"
        number, host = request.uri.telephone, event.flow.remote[0]
        if not (numbers.ends_like_emergency(number, country) and self._doors.is_near(host)):
            return None
        user = request.from_.uri.user or ""
        phone = configuration.phone_of(user)
        if phone is not None:
            facts = from_phone(configuration, phone, request).facts
        else:
            dialled = read_dialled(configuration, number[:LONGEST_SHOWN], None)
            direction = Direction.INTERNAL if dialled.internal else Direction.OUTBOUND
            facts = Facts(direction, "", f"{user} {host}".strip(), dialled.called)
        if facts.direction is not Direction.OUTBOUND or not numbers.is_emergency(facts.called, country):
            return None
        return Arrival(replace(facts, proven=False))

    def _authenticated(self, event: IncomingInvite) -> Phone | None:
        """The phone that calls, or None when it was challenged or refused."""
        verdict = self._phones.check(event.request, event.flow)
        if not isinstance(verdict, Authenticated):
            headers = verdict.headers
            self._doors.answer_later(
                self._phones.patience(verdict, event.flow),
                lambda: self._driver.refuse(event.session, 401, headers=headers),
            )
            return None
        phone = self._phones.phone_of(verdict.username)
        if phone is None or not same_user(event.request, phone):
            self._driver.refuse(event.session, 403)
            return None
        return phone

    def _start(
        self,
        event: IncomingInvite,
        arrival: Arrival,
        our_user: str | None,
        setting: EncryptedAudio = EncryptedAudio.AUTOMATIC,
    ) -> None:
        by_line = arrival.facts.line_id is not None
        facts = arrival.facts.recognised(self.look_up(arrival.facts.caller))
        outside = self._lines.outside(facts.line_id, event.flow)
        try:
            leg = IncomingLeg(
                replace(
                    self._surroundings(event.flow, not by_line),
                    encryption=encryption_on(event.flow, setting),
                    outside_host=outside[0] if outside else None,
                ),
                event.session,
                event.request,
                facts.caller_name or facts.caller,
                answers_to_speak=facts.direction is Direction.INBOUND,
                contact=our_contact(event.flow, our_user or "autocom", outside),
            )
        except SdpError as error:
            self._driver.refuse(event.session, error.status)
            if facts.proven:
                code = "sound_not_encrypted" if isinstance(error, NotEncrypted) else "sound_refused"
                self._calls.turned_away(facts, arrival.number_id, code, event.request.call_id)
            return
        leg.line_id = facts.line_id
        self._driver.attach(event.session, leg)
        self._driver.on_dialog(leg, event.request.call_id)
        self._calls.start(facts, leg, arrival.number_id)


def same_user(request: Request, phone: Phone) -> bool:
    """Whether the phone calls in its own name: nobody may take a colleague's identity by the From header."""
    user = request.from_.uri.user
    return user is None or user == phone.sip_user
