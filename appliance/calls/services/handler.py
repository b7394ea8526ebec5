"""What a service of the box looks like to whoever serves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome

# Takes the step's parameters; returns as `follow.perform` does.
Handler = Callable[[Switchboard, Call, Mapping[str, str]], Awaitable[Outcome | None]]
