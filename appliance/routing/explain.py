"""The explanation: the path a call would take, with the reason at each place (TIME-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.routing.decide import Decision, next_step
from appliance.routing.facts import Facts
from appliance.routing.plan import Entry, Plan
from appliance.routing.steps import Ask, Ended, HangUp, KeepCallBack, Keys, Outcome, Ring, Say, Wait
from appliance.routing.trail import TrailEntry
from appliance.routing.world import World

# What happens to a ring: one outcome for all, or one for each decision.
Assumed = Outcome | Callable[[Decision], Outcome]

EARLIEST, LATEST = 1970, 9000


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decisions in order, and the ids of the nodes and edges of the graph they pass (to be lit).

    `answered_at` is the node where somebody takes the call, when an outcome says so.
    """

    entry: Entry
    decisions: tuple[Decision, ...]
    nodes: tuple[str, ...]
    edges: tuple[str, ...]
    answered_at: str | None = None

    @property
    def trail(self) -> tuple[TrailEntry, ...]:
        """The whole trail."""
        return tuple(entry for decision in self.decisions for entry in decision.trail)


def explain(
    plan: Plan,
    facts: Facts,
    world: World,
    now: datetime,
    outcomes: Assumed = Outcome.NO_ANSWER,
    keys: Sequence[str] = (),
) -> Explanation:
    """The path of a call to its last step, when each ring ends with the assumed outcome.

    `keys` are those pressed at each question in turn; at those that follow, none is. Who waits in a queue
    waits to the end.

    Raises ValueError when `now` is outside the years 1970 to 9000.
    """
    if not EARLIEST <= now.year <= LATEST:
        raise ValueError(f"year {now.year}")
    decisions: list[Decision] = []
    answered_at: str | None = None
    pressed = iter(keys)
    decision = next_step(plan, facts, world, now)
    while True:
        decisions.append(decision)
        outcome: Ended
        match decision.step:
            case Ring():
                outcome = outcomes(decision) if callable(outcomes) else outcomes
            case Wait():
                outcome = Outcome.NO_ANSWER
            case Ask():
                outcome = Keys(next(pressed, ""))
            case Say() | KeepCallBack():
                outcome = Outcome.DONE
            case _:
                break
        if outcome is Outcome.ANSWERED:
            answered_at = decision.position.node
            break
        decision = next_step(plan, facts, world, now, decision.position, outcome)
        if isinstance(decision.step, HangUp) and not decision.trail:
            break
    return _lit(plan.entry(facts), decisions, answered_at)


def lit(trail: tuple[TrailEntry, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The node ids and edge ids that a trail passes, each once, in order."""
    nodes = dict.fromkeys(entry.node for entry in trail)
    edges = dict.fromkeys(entry.edge for entry in trail if entry.edge)
    return tuple(nodes), tuple(edges)


def sentences(explanation: Explanation) -> list[str]:
    """The explanation in English, a sentence for each place."""
    return [entry.reason.sentence() for entry in explanation.trail]


def as_document(trail: tuple[TrailEntry, ...]) -> list[Mapping[str, object]]:
    """A trail as JSON keeps it."""
    return [
        {
            "node": entry.node,
            "edge": entry.edge,
            "reason": {"code": entry.reason.code, "parameters": dict(entry.reason.parameters)},
        }
        for entry in trail
    ]


def _lit(entry: Entry, decisions: list[Decision], answered_at: str | None) -> Explanation:
    trail = tuple(entry for decision in decisions for entry in decision.trail)
    nodes, edges = lit(trail)
    return Explanation(entry, tuple(decisions), nodes, edges, answered_at)
