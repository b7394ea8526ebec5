"""What goes on in the box at this moment, put together for the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.control.live import Live
from appliance.runtime.addresses import own_addresses
from appliance.runtime.phones_live import live_phones
from appliance.runtime.resources import resources_now

if TYPE_CHECKING:
    from appliance.runtime.box import Box


def live_now(box: Box) -> Live:
    """People, phones, lines, calls, resources and warnings as they are now."""
    return Live(
        people=box.people_states.live(),
        phones=live_phones(box.configuration, box.phones, box.calls.busy_people()),
        lines=box.lines.live(),
        calls=box.calls.live(),
        resources=resources_now(
            calls=len(box.calls),
            unwritten=box.calls.unwritten,
            legs=box.driver.attached,
            ports=box.media.open_ports,
            subscriptions=len(box.lamps),
            transactions=box.driver.transactions,
        ),
        warnings=(*box.health.warnings(box.lines.live()), *box.alarm.warnings()),
        addresses=own_addresses(),
        sip_port=box.driver.sockets.port,
        sip_tls_port=box.driver.sockets.secure_port,
        started_at=box.started_at,
        clock_trusted=box.clock_trust.trusted,
    )
