"""Dialling: from the targets of a step to legs ready to ring, by phone bindings and by lines."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import Line
from appliance.legs.outgoing import LineFull, OutgoingLeg
from appliance.legs.refusals import line_has_failed, refuses_emergency
from appliance.legs.sessions import Sound
from appliance.legs.signalling import InviteRequest
from appliance.legs.sip_leg import Surroundings
from appliance.routing.facts import Facts
from appliance.routing.steps import ExternalTarget, PhoneTarget, Ring
from appliance.runtime.auto_answer import answer_by_itself
from appliance.runtime.contacts import our_contact
from appliance.runtime.encrypted_audio import encryption_on
from appliance.runtime.lines import Lines
from appliance.runtime.phones import Phones
from appliance.runtime.presenting import (
    ANONYMOUS,
    caller_for_phones,
    line_identity,
    line_redirections,
    phone_fields,
)
from appliance.sip.flow import Flow, bracketed
from appliance.sip.headers import NameAddr
from appliance.sip.registrar import Binding
from appliance.sip.reliable_provisional import OPTION as RELIABLE
from appliance.sip.sdes import Encryption
from appliance.sip.uri import Uri

log = logging.getLogger(__name__)

MOST_BINDINGS = 5

Invitation = Callable[[], InviteRequest]


class Dialling:
    """Makes the legs of a Ring step."""

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        phones: Phones,
        lines: Lines,
        surroundings: Callable[[Flow, bool], Surroundings],
    ) -> None:
        self._configuration = configuration
        self._phones = phones
        self._lines = lines
        self._surroundings = surroundings

    def legs(
        self,
        step: Ring,
        shown: Facts,
        sound: Sound,
    ) -> list[OutgoingLeg]:
        """A leg for each binding of each phone and for each number outside, not dialled yet.

        `shown` tells who calls; `sound` what they can take.
        """
        found: list[OutgoingLeg] = []
        for target in step.targets:
            if isinstance(target, PhoneTarget):
                own = list(self._phone_legs(target, shown, sound))
            else:
                leg = self._external_leg(target, shown, sound)
                own = [leg] if leg is not None else []
            for each in own:
                each.introduction = target.introduction
            found.extend(own)
        return found

    def _phone_legs(self, target: PhoneTarget, shown: Facts, sound: Sound) -> Sequence[OutgoingLeg]:
        configuration = self._configuration()
        person = configuration.people.get(target.person_id)
        label = person.name if person else target.phone_id
        return [
            OutgoingLeg(
                self._surroundings(binding.flow, True),
                label,
                [partial(self._to_phone, binding, target, label, shown)],
                sound,
                target.person_id,
            )
            for binding in self._phones.bindings(target.phone_id)[:MOST_BINDINGS]
        ]

    def _to_phone(self, binding: Binding, target: PhoneTarget, label: str, shown: Facts) -> InviteRequest:
        configuration, flow = self._configuration(), binding.flow
        phone, host = configuration.phones.get(target.phone_id), bracketed(flow.local[0])
        to = Uri("sip", binding.aor, host=host)
        by_itself = answer_by_itself(host) if target.by_itself else ()
        return InviteRequest(
            target=binding.contact,
            flow=flow,
            from_=caller_for_phones(configuration, shown, host),
            to=NameAddr(label, to),
            contact=our_contact(flow, shown.caller or "anonymous"),
            headers=(*by_itself, *phone_fields(configuration, shown, target, to, host)),
            encryption=encryption_on(flow, phone.encrypted_audio) if phone else Encryption.ACCEPTED,
        )

    def _external_leg(self, target: ExternalTarget, shown: Facts, sound: Sound) -> OutgoingLeg | None:
        configuration = self._configuration()
        attempts: list[Invitation] = []
        first: Flow | None = None
        for line_id in self._in_turn(target):
            line = configuration.lines.get(line_id)
            if line is None:
                continue
            for flow in self._lines.flows(line_id):
                first = first or flow
                attempts.append(partial(self._through_line, line, flow, target, shown))
        if first is None:
            return None
        around = self._surroundings(first, False)
        redirect = partial(self._redirected, target, shown)
        moves_on = refuses_emergency if target.emergency else line_has_failed
        return OutgoingLeg(
            around,
            target.number,
            attempts,
            sound,
            target.person_id,
            redirect,
            moves_on,
            self._lines.suspect,
        )

    def _in_turn(self, target: ExternalTarget) -> tuple[str, ...]:
        """The lines to ask; a call for help asks those that were signed off once more: they may be back."""
        again = filter(self._lines.is_signed_off, target.line_ids) if target.emergency else ()
        return (*target.line_ids, *again)

    def _redirected(
        self, target: ExternalTarget, shown: Facts, line_id: str | None, contacts: Sequence[Uri]
    ) -> Invitation | None:
        """Where a line's 3xx leads: to another server of the same provider, for the same number only.

        A stranger who is called could have any number dialled at the office's cost otherwise.
        """
        line = self._configuration().lines.get(line_id or "")
        if line is None:
            return None
        for contact in contacts:
            flow = self._lines.flow_of_provider(line.id, contact)
            if flow is not None and self._is_same(contact.telephone, target.number):
                return partial(self._through_line, line, flow, target, shown, uri=contact)
        log.info("line %s: its redirection is not followed: another number, or not the provider", line.id)
        return None

    def _is_same(self, user: str, number: str) -> bool:
        office = self._configuration().office
        return number in (user, numbers.dialled(user, office.country if office else "FR"))

    def _through_line(
        self,
        line: Line,
        flow: Flow,
        target: ExternalTarget,
        facts: Facts,
        uri: Uri | None = None,
    ) -> InviteRequest:
        if not target.emergency and line.id in self._lines.full():
            raise LineFull(line.name)
        office = self._configuration().office
        country = office.country if office else "FR"
        number = numbers.for_line(target.number, line.dialled_format.value, country)
        to = Uri("sip", number, host=line.server)
        from_, identity = line_identity(line, target, facts, country)
        headers = [("Supported", RELIABLE)]
        if identity is not None:
            headers.append(identity)
        if from_ is ANONYMOUS:
            headers.append(("Privacy", "id"))
        headers.extend(line_redirections(line, target, facts, to, country))
        outside = self._lines.outside(line.id, flow)
        user = line.user or (from_.uri.user if from_ is not ANONYMOUS else None)
        return InviteRequest(
            target=uri or Uri("sip", number, host=line.server, port=line.port),
            flow=flow,
            from_=from_,
            to=NameAddr("", to),
            contact=our_contact(flow, user or "autocom", outside),
            outside_host=outside[0] if outside else None,
            headers=tuple(headers),
            encryption=encryption_on(flow, line.encrypted_audio),
            credentials=self._lines.login(line.id),
            route=self._lines.service_route(line.id, flow),
            line_id=line.id,
            line_name=line.name,
            codecs=tuple(codec.value for codec in line.codecs),
        )
