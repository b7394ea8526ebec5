"""How many calls a number has at once, and where those beyond go (IN-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.configuration.lines import Number
from appliance.routing import endings
from appliance.routing.nodes import ONWARD, Exit, PlanNode
from appliance.routing.ringing import Ringing
from appliance.routing.trail import Reason
from appliance.routing.world import World

if TYPE_CHECKING:
    from appliance.routing.contexts import Context
    from appliance.routing.paths import Paths

FULL = "number_full"


@dataclass(frozen=True, slots=True)
class NumberLimitNode(PlanNode):
    """Whether a number has room for one more call: ways ONWARD and FULL."""

    number_id: str = ""
    most: int = 1


def number_limit_node(
    paths: Paths, number: Number, most: int, onward: str, context: Context, place: str
) -> NumberLimitNode:
    """The node before a number's opening hours; `onward` is their node."""
    overflow = number.overflow
    if overflow is None:
        target = paths.ending(endings.busy_tone(f"tone:{place}"))
    else:
        target = paths.destination(overflow, Ringing(place, paths.after(overflow, context)), context)
    return NumberLimitNode(
        id=place,
        kind="number_limit",
        label={"name": number.name, "most": str(most)},
        record=("numbers", number.id),
        ways={
            ONWARD: Exit(f"{place}>{ONWARD}", onward, "otherwise"),
            FULL: Exit(f"{place}>{FULL}", target, FULL, {"most": str(most)}),
        },
        number_id=number.id,
        most=most,
    )


def way_by_number_limit(node: NumberLimitNode, world: World) -> tuple[str, Reason]:
    """The way out, and why; for an hour after an emergency call there is room: somebody may call back."""
    calls = world.number_calls.get(node.number_id, 0)
    parameters = {"number": node.label["name"], "calls": str(calls), "most": str(node.most)}
    if calls >= node.most:
        if world.emergency_lately:
            return ONWARD, Reason("number_kept_open", parameters)
        return FULL, Reason(FULL, parameters)
    return ONWARD, Reason("number_has_room", parameters)
