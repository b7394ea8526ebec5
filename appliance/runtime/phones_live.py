"""The phones as the API tells of them: who is registered, and from where."""

from __future__ import annotations

from collections.abc import Collection

from appliance.configuration.configuration import Configuration
from appliance.control.live import PhoneLive, Registered
from appliance.runtime.phones import Phones


def live_phones(configuration: Configuration, phones: Phones, busy: Collection[str]) -> tuple[PhoneLive, ...]:
    """Each phone: whether it is registered, from where, and whether its person is on the phone."""
    found = []
    for phone in configuration.phones.values():
        bindings = phones.bindings(phone.id)
        told = tuple(
            Registered(
                address=binding.flow.remote[0],
                transport=binding.flow.transport,
                user_agent=binding.user_agent,
                expires_at=binding.expires_at,
            )
            for binding in bindings
        )
        found.append(
            PhoneLive(
                phone_id=phone.id,
                person_id=phone.person_id,
                online=bool(told),
                in_call=phone.person_id in busy,
                bindings=told,
            )
        )
    return tuple(found)
