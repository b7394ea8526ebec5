"""Services of the box itself, by star code: a module for each family, a row of HANDLERS for each action."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from appliance.calls.call import Call
from appliance.calls.parking import park
from appliance.calls.pick_up import pick_up
from appliance.calls.services.box_itself import about, echo
from appliance.calls.services.forwards import forward, forward_off
from appliance.calls.services.handler import Handler
from appliance.calls.services.intercom import intercom
from appliance.calls.services.last_caller import block_caller, last_caller
from appliance.calls.services.mailbox import mailbox
from appliance.calls.services.membership import group_sign
from appliance.calls.services.own_settings import do_not_disturb
from appliance.calls.services.paging import page
from appliance.calls.services.working_day import opening_hours, working_day
from appliance.calls.switchboard import Switchboard
from appliance.configuration.forwards import ForwardCondition
from appliance.configuration.star_codes import Action
from appliance.routing.steps import Outcome, Service
from appliance.routing.world import DayState

HANDLERS: Mapping[Action, Handler] = MappingProxyType(
    {
        Action.MAILBOX: mailbox,
        Action.LAST_CALLER: last_caller,
        Action.BLOCK_CALLER: block_caller,
        Action.DO_NOT_DISTURB: do_not_disturb(None),
        Action.DO_NOT_DISTURB_ON: do_not_disturb(True),
        Action.DO_NOT_DISTURB_OFF: do_not_disturb(False),
        Action.FORWARD_ALL: forward(None),
        Action.FORWARD_ALL_OFF: forward_off(None),
        Action.FORWARD_BUSY: forward(ForwardCondition.BUSY),
        Action.FORWARD_BUSY_OFF: forward_off(ForwardCondition.BUSY),
        Action.FORWARD_NO_ANSWER: forward(ForwardCondition.NO_ANSWER),
        Action.FORWARD_NO_ANSWER_OFF: forward_off(ForwardCondition.NO_ANSWER),
        Action.FORWARD_NOT_CONNECTED: forward(ForwardCondition.NOT_CONNECTED),
        Action.FORWARD_NOT_CONNECTED_OFF: forward_off(ForwardCondition.NOT_CONNECTED),
        Action.DAY_START: working_day(DayState.STARTED),
        Action.DAY_BREAK: working_day(DayState.ON_BREAK),
        Action.DAY_END: working_day(DayState.ENDED),
        Action.GROUP_SIGN: group_sign,
        Action.HOURS_OPEN: opening_hours("open"),
        Action.HOURS_CLOSED: opening_hours("closed"),
        Action.HOURS_AS_SET: opening_hours("as_set"),
        Action.PARK: park,
        Action.PICK_UP: pick_up,
        Action.INTERCOM: intercom,
        Action.PAGING: page,
        Action.ECHO: echo,
        Action.ABOUT: about,
    }
)


async def serve(board: Switchboard, call: Call, step: Service) -> Outcome | None:
    """Give the caller the service they dialled."""
    if step.name is not Action.PARK:
        # Who parks a call is let go only once they know the place.
        call.caller.answer()
        call.stage("service", board.epoch())
    return await HANDLERS[step.name](board, call, step.parameters)
