"""INVITE with Replaces (RFC 3891): a phone takes a call that rings a colleague, or its user's own call."""

from __future__ import annotations

from dataclasses import replace

from appliance.calls.arrival import Arrival
from appliance.calls.call import Call
from appliance.calls.moving import own_leg
from appliance.legs.incoming import IncomingLeg
from appliance.legs.outgoing import OutgoingLeg
from appliance.runtime.calls import Calls
from appliance.runtime.sip_driver import SipDriver
from appliance.sip.errors import SipSyntaxError
from appliance.sip.message import Request
from appliance.sip.refer import Replaces, read_replaces

BAD_REQUEST, FORBIDDEN, NO_SUCH_DIALOG, BUSY = 400, 403, 481, 486


def taking(arrival: Arrival, request: Request, calls: Calls, driver: SipDriver) -> Arrival | int:
    """The arrival as the taking of the call that Replaces names, or the status to refuse it with.

    The dialog may be named as our lamps name it, by the call's id, or by its own Call-ID and tags. One that
    has been answered is taken by whoever talks in it themselves, on another phone, and by nobody else.
    """
    values = request.headers.all("Replaces")
    try:
        if len(values) != 1:
            raise SipSyntaxError("One Replaces is allowed")
        named = read_replaces(values[0])
    except SipSyntaxError:
        return BAD_REQUEST
    found = _named(named, calls, driver)
    if found is None:
        return NO_SUCH_DIALOG
    if not found.ringing:
        if named.early_only:
            return BUSY
        if own_leg(found, arrival.facts.caller_person_id) is None:
            return FORBIDDEN
    return replace(arrival, facts=replace(arrival.facts, picks_up=found.id))


def _named(named: Replaces, calls: Calls, driver: SipDriver) -> Call | None:
    known = set(map(id, legs_named(driver, named)))
    for call in calls.in_progress():
        if call.id == named.call_id or any(id(each) in known for each in call.met):
            return call
    return None


def legs_named(driver: SipDriver, named: Replaces) -> list[IncomingLeg | OutgoingLeg]:
    """The legs whose dialog that may be: our tag is the `to-tag`, but some phones confuse the two."""
    legs = (
        driver.handler_of(named.call_id, local, remote)
        for local, remote in ((named.to_tag, named.from_tag), (named.from_tag, named.to_tag))
    )
    return [leg for leg in legs if isinstance(leg, IncomingLeg | OutgoingLeg)]
