"""Explain tells the way that a call of real phones has gone: the same steps and reasons, in that order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.interop.box import Box
from tests.interop.waiting import until

# What call control adds to the story: it happens on the way, and is no decision of the plan.
HAPPENED = frozenset(
    {
        "came_back",
        "conference",
        *("conference_joined", "conference_left", "conference_of", "conference_sent"),
        *("conference_stays", "conference_two", "to_conference"),
        "conference_over",
        "left_by",
        "paged",
        "line_failed",
        "moved",
        "moves_here",
        "park_over",
        "parked",
        "picked_up",
        "picks_up",
        *("redirected", "redirected_always", "redirected_busy", "redirected_hidden"),
        *("redirected_no_answer", "redirected_not_connected"),
        "sent_on",
        "transferred",
        "unparked",
    }
)
# Steps that end by what somebody does, or does not do, in time.
PATIENT = ("Ring", "Ask", "Wait", "Say")
Place = tuple[str, str | None, str, dict[str, str]]


def last_call(box: Box, calls: int = 1) -> dict[str, Any]:
    """The record of the newest call, once that many have ended and are kept."""
    box.wait_quiet()
    records = until(
        lambda: (found := box.api.get("/history")["records"])[calls - 1 :] and found, "the record of the call"
    )
    newest: dict[str, Any] = records[0]
    return newest


def same_way(box: Box, record: dict[str, Any], *, dialled: str = "", **what_if: Any) -> list[str]:
    """The reasons of a call that has ended; explain tells the same ones of the same places.

    Explain is told what it cannot know: how the rings ended, and what was pressed. `dialled` is what was
    dialled to the outside, where it was more than the number; `what_if` tells how the world was otherwise.
    A caller who hung up on the way has gone the first part of what explain tells. Explain ends where somebody
    answers or something is said last, and has who waits in a queue wait to the end: calls are followed until
    then.
    """
    steps = [step for step in record["steps"] if step["step"] != "Transfer"]
    asked = {**_question(record, dialled), "what_if": {**_ends(record, steps), **what_if}}
    path = box.api.ask("POST", "/explain", asked)
    own = [_place(each) for each in record["trail"] if each["reason"]["code"] not in HAPPENED]
    own_kinds = [_kind(step["step"]) for step in steps]
    told, goes_on = _told_so_far(path)
    way = [_place(each) for decision in told for each in decision["trail"]]
    kinds = [decision["step"]["kind"] for decision in told]
    if steps and steps[-1]["step"] in PATIENT and "outcome" not in steps[-1]:
        way, kinds = way[: len(own)], kinds[: len(own_kinds)]
    if goes_on:
        assert _may_follow(record, kinds[-1], own[len(way) :]), f"after {way[-1]}: {_lines(own[len(way) :])}"
        own, own_kinds = own[: len(way)], own_kinds[: len(kinds)]
    assert own == way, f"the call went\n{_lines(own)}\nexplain tells\n{_lines(way)}"
    assert own_kinds == kinds
    _is_drawn(box, record, own)
    return [each["reason"]["code"] for each in record["trail"]]


def explained(box: Box, *, calls: int = 1, dialled: str = "", **what_if: Any) -> list[str]:
    """The reasons of the newest call, explained; see `last_call` and `same_way`."""
    return same_way(box, last_call(box, calls), dialled=dialled, **what_if)


def _is_drawn(box: Box, record: dict[str, Any], way: list[Place]) -> None:
    """The call is replayed on the settings that it ran with, and no place of its way is missing there."""
    path = box.api.get(f"/history/{record['id']}/path")
    missing = {node for node, *_ in way} & set(path["missing"])
    assert path["replayed"] and not missing and "" not in path["missing"], path["missing"]
    edges = {edge for _, edge, *_ in way if edge}
    assert edges <= {each["id"] for each in path["edges"]}


def _question(record: dict[str, Any], dialled: str) -> dict[str, Any]:
    at = datetime.fromtimestamp(record["started_at"], UTC).isoformat()
    asked = {"caller": record["caller"], "at": at}
    if record["direction"] == "outbound" and record["line_id"] is not None:
        return {**asked, "line_id": record["line_id"], "called": record["called"]}
    if record["number_id"] is not None:
        return {**asked, "number_id": record["number_id"]}
    return {**asked, "called": dialled or record["called"]}


def _told_so_far(path: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """The decisions that a call must have come to, and whether it may have come to others after these."""
    told = path["decisions"]
    for place, decision in enumerate(told, 1):
        if decision["step"]["kind"] in ("wait", "announce", "tone", "service"):
            return told[:place], True
    return told, path["answered_at"] is not None


def _may_follow(record: dict[str, Any], last: str, rest: list[Place]) -> bool:
    """Whether a call may have gone that way after the last that explain tells: it was sent on, or ended."""
    sent_on = any(each["reason"]["code"] in HAPPENED for each in record["trail"])
    return sent_on or last in ("wait", "service") or all(code == "hung_up" for _, _, code, _ in rest)


def _ends(record: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """How rings and questions ended, until somebody answered; the world is as it is."""
    outcomes: list[str] = []
    for step in steps:
        if step["step"] == "Ring":
            if "outcome" not in step:
                outcomes += ["answered"] if record["outcome"] == "answered" else []
                break
            outcomes.append(step["outcome"])
    keys = [step.get("outcome", "keys:").removeprefix("keys:") for step in steps if step["step"] == "Ask"]
    return {"all_well": False, "outcomes": outcomes, "keys": keys}


def _kind(step: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in step).lstrip("_")


def _place(entry: dict[str, Any]) -> Place:
    """A place and its reason; how many seconds are left to ring depends on how long the others did."""
    parameters = {name: value for name, value in entry["reason"]["parameters"].items() if name != "seconds"}
    return entry["node"], entry["edge"], entry["reason"]["code"], parameters


def _lines(way: list[Place]) -> str:
    return "\n".join(f"  {node} -> {edge}: {code} {parameters}" for node, edge, code, parameters in way)
