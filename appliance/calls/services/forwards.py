"""Forwards set and cleared by phone (FWD-1, FWD-3), said back with the number they lead to."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.saying import say
from appliance.calls.services.handler import Handler
from appliance.calls.switchboard import Switchboard
from appliance.configuration.destinations import Destination
from appliance.configuration.forwards import ForwardCondition
from appliance.routing.steps import Outcome


def forward(condition: ForwardCondition | None) -> Handler:
    """A service that forwards the calls that end so (all of them: None) to what was dialled after the code.

    Nothing dialled after it: the forward is in force again as it was set.
    """
    name = condition.value if condition else "all"

    async def set_it(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
        person_id = call.facts.caller_person_id or ""
        dialled = parameters.get("argument", "")
        before = _before(board, person_id, condition)
        destination = board.by_phone.destination(dialled) if dialled else before
        if destination is None:
            await say(board, call, "forward_nowhere")
            return Outcome.DONE
        fields = _fields(condition, before, destination)
        said = {"number": board.written(dialled)} if dialled else {}
        told = f"forward_{name}_on" if dialled else "forward_on_again"
        await _change(board, call, person_id, fields, told, said)
        return Outcome.DONE

    return set_it


def forward_off(condition: ForwardCondition | None) -> Handler:
    """A service that ends a forward; where it led is kept for the next time when it was of all calls."""
    name = condition.value if condition else "all"

    async def end_it(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
        person_id = call.facts.caller_person_id or ""
        fields: dict[str, object] = (
            {"forwards": {condition.value: None}} if condition else {"forward_active": False}
        )
        await _change(board, call, person_id, fields, f"forward_{name}_off", {})
        return Outcome.DONE

    return end_it


def _before(board: Switchboard, person_id: str, condition: ForwardCondition | None) -> Destination | None:
    if condition is None:
        return board.setting("people", person_id, "forward_to")  # type: ignore[return-value]
    forwards = board.setting("people", person_id, "forwards")
    return forwards.get(condition) if isinstance(forwards, Mapping) else None


def _fields(
    condition: ForwardCondition | None, before: Destination | None, after: Destination
) -> dict[str, object]:
    """The change as a merge patch: what the former destination had besides is taken out."""
    stale = dict.fromkeys(type(before).model_fields) if before is not None else {}
    wanted = {**stale, **after.model_dump()}
    if condition is None:
        return {"forward_to": wanted, "forward_active": True}
    return {"forwards": {condition.value: wanted}}


async def _change(
    board: Switchboard,
    call: Call,
    person_id: str,
    fields: Mapping[str, object],
    told: str,
    said: Mapping[str, str],
) -> None:
    if any(board.by_phone.is_locked(person_id, f"people.{name}") for name in fields):
        await say(board, call, "setting_locked")
        return
    done = await board.change_settings("people", person_id, fields)
    await say(board, call, told if done else "refused", said if done else {})
