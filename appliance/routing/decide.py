"""The decision: which step comes next in a call, and why.

A decision starts where the last one stopped (a Position), follows the exits of the plan's nodes, and stops at
the first node that has something to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from appliance import numbers
from appliance.configuration.destinations import RingOutcome
from appliance.configuration.fields import Language
from appliance.configuration.star_codes import ARGUMENTS, Action, split
from appliance.routing import asking, queueing, redirections
from appliance.routing.announcing import AnnouncementNode
from appliance.routing.by_hours import state_at, way_by_hours
from appliance.routing.call_back_paths import WANTED, CallBackNode, Wish, keep, offer, wanted, why_not
from appliance.routing.endings import ending_of, last_reason
from appliance.routing.facts import Facts
from appliance.routing.filtering import FilterNode, way_by_filter
from appliance.routing.forwarding import (
    ForwardNode,
    SecondCallNode,
    way_by_forwards,
    way_of_second_call,
)
from appliance.routing.limits import barred_call
from appliance.routing.nodes import (
    FAILED,
    NO_KEY,
    NO_LINE,
    ONWARD,
    WRONG_KEY,
    EntryNode,
    FinalNode,
    HoursNode,
    LimitsNode,
    MailboxNode,
    MenuNode,
    PlanNode,
    QueueNode,
    RingNode,
    UnansweredNode,
)
from appliance.routing.number_limit import NumberLimitNode, way_by_number_limit
from appliance.routing.outbound import wishes
from appliance.routing.owner_paths import OwnerNode, way_by_owner
from appliance.routing.plan import Plan
from appliance.routing.reaching import NOBODY_REACHED, as_ring, most_telling, reached_by
from appliance.routing.steps import (
    Announce,
    Ended,
    HangUp,
    Keys,
    Outcome,
    Ring,
    Service,
    Step,
)
from appliance.routing.taking_messages import own_messages, take_message
from appliance.routing.targets import find_targets, rung, why_turn
from appliance.routing.trail import Reason, TrailEntry
from appliance.routing.world import World


class Position(NamedTuple):
    """Where a call stands: a node, and what ringing has come to so far. JSON keeps it as a list.

    `reached`: empty before anybody was tried, then NOBODY_REACHED or SOMEBODY_REACHED. `rung`, `passed_over`:
    the most telling outcome of those of the present destination who rang, and who were not rung. `spent`:
    seconds of ringing given to it. `over`: the last step has been given. `tries`: answers that led nowhere at
    this menu; `questions`: those put to the caller in all. `had`: ids of the group's members who have had
    their turn, with commas between. `planned`: seconds that the present step of a queue may take, which
    `spent` holds already. `waits`: that step is a Wait. `calls_back`: that step keeps a call-back.
    `language`: what the caller has chosen to hear.
    """

    node: str
    reached: str = ""
    rung: str = ""
    passed_over: str = ""
    spent: int = 0
    over: bool = False
    tries: int = 0
    questions: int = 0
    had: str = ""
    planned: int = 0
    waits: bool = False
    calls_back: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do next, where the call then stands, and the places passed to get there."""

    step: Step
    position: Position
    trail: tuple[TrailEntry, ...]


def next_step(
    plan: Plan,
    facts: Facts,
    world: World,
    now: datetime,
    position: Position | None = None,
    outcome: Ended | None = None,
    took: float | None = None,
) -> Decision:
    """The next step of a call; `position` and `outcome` are of the last decision, None for the first.

    `now` is aware. `took`: the seconds that the last step took, None when it took all it may.
    Ends with HangUp after finitely many steps, whatever the outcomes. A position that this plan does not know
    ends the call.
    """
    walk = _Walk(plan, facts, world, now)
    if position is None:
        return walk.arrive(plan.entries[plan.entry(facts)])
    return walk.resume(Position(*position), outcome or Outcome.DONE, took)


class _Walk:
    """One decision being taken."""

    def __init__(self, plan: Plan, facts: Facts, world: World, now: datetime) -> None:
        self._plan = plan
        self._facts = facts
        self._world = world
        self._now = now
        self._trail: list[TrailEntry] = []
        self._standing = Position("")

    def arrive(self, place: str) -> Decision:
        """Begin at a node; the story first says who had sent the call on, unless that was here."""
        redirected = self._facts.redirected if self._facts.sent_by is None else None
        before = redirected and TrailEntry(place, None, redirections.told(redirected, self._plan.country))
        decision = self.from_node(place)
        return replace(decision, trail=(before, *decision.trail)) if before else decision

    def from_node(self, place: str) -> Decision:
        """Follow the path from a node to the first step."""
        while True:
            node = self._plan.nodes[place]
            match node:
                case QueueNode():
                    found = self._enter_queue(node)
                case RingNode():
                    found = self._ring(node)
                case EntryNode():
                    found = self._leave(node, ONWARD, self._entry_reason(node))
                case FilterNode():
                    found = self._leave(node, *way_by_filter(node, self._facts, self._world))
                case AnnouncementNode():
                    step = node.step(self._facts.language)
                    found = self._stop(node, step, Reason("announced_first", {"number": node.label["name"]}))
                case NumberLimitNode():
                    found = self._leave(node, *way_by_number_limit(node, self._world))
                case OwnerNode():
                    found = self._leave(node, *way_by_owner(node, self._facts))
                case HoursNode():
                    found = self._by_hours(node)
                case LimitsNode():
                    found = self._limits(node)
                case MenuNode():
                    found = self._menu(node)
                case CallBackNode():
                    found = self._offer_call_back(node)
                case MailboxNode() if FAILED in node.ways and "disk" in self._world.failures:
                    found = self._leave(node, FAILED, Reason("mailbox_failed", dict(node.label)))
                case UnansweredNode():
                    found = self._unanswered(node)
                case ForwardNode():
                    zone_name = self._plan.zone_name
                    found = self._leave(node, *way_by_forwards(node, self._world, zone_name, self._now))
                case SecondCallNode():
                    way, why = way_of_second_call(node, self._facts, self._world, self._now)
                    found = self._leave(node, way, why)
                case _:
                    found = self._stop(node, self._last_step(node), last_reason(node, self._facts))
            if isinstance(found, Decision):
                return found
            place = found

    def resume(self, position: Position, outcome: Ended, took: float | None = None) -> Decision:
        """Go on after a step ended."""
        self._standing = position
        self._speak(position.language)
        node = self._plan.nodes.get(position.node)
        if node is None or position.over:
            return self._end(HangUp(480, "over"), "over", node)
        if outcome is Outcome.CALLER_LEFT:
            return self._end(HangUp(487, "caller_left"), "caller_left", node)
        if isinstance(node, RingNode):
            if outcome is Outcome.ANSWERED:
                return self._end(HangUp(480, "answered"), "answered", node)
            if isinstance(node, QueueNode):
                if position.calls_back and outcome is Outcome.DONE:
                    return self._end(HangUp(480, "call_back_kept"), "hung_up", node)
                return self._in_queue(node, outcome, took)
            return self.from_node(self._after_ring(node, outcome))
        if isinstance(node, AnnouncementNode):
            return self.from_node(self._leave(node, ONWARD, Reason("announcement_heard")))
        if isinstance(node, MenuNode):
            return self._answered(node, outcome)
        if isinstance(node, CallBackNode) and outcome is not Outcome.DONE:
            return self._call_back_answered(node, outcome)
        return self._end(ending_of(node), "hung_up", node)

    # Ringing

    def _ring(self, node: RingNode) -> Decision | str:
        standing = self._standing
        if node.first:
            standing = standing._replace(rung="", passed_over="", spent=0, had="")
        if node.turns is not None:
            node, standing = _whose_turn(node, standing, self._world)
            self._trail.extend(TrailEntry(node.id, None, why) for why in why_turn(node))
        if node.dials_called:
            self._trail.append(TrailEntry(node.id, None, self._outbound_reason(node)))
            wished = wishes(self._plan, node, self._facts, self._world)
            self._trail.extend(TrailEntry(node.id, None, why) for why in wished)
        found = find_targets(self._plan, node, self._facts, self._world, self._now)
        self._trail.extend(TrailEntry(node.id, None, reason) for reason in found.passed_over)
        left = node.seconds if node.limit is None else min(node.seconds, node.limit - standing.spent)
        if found.targets and left > 0:
            self._standing = standing._replace(spent=standing.spent + left)
            parameters = {"who": ", ".join(found.names), "seconds": str(left)}
            if found.asked:
                asked = Reason("must_press_one", {"who": ", ".join(found.asked)})
                self._trail.append(TrailEntry(node.id, None, asked))
            step = Ring(found.targets, left, self._facts.language, node.group_id)
            return self._stop(node, step, Reason("rings", parameters))
        if found.targets:
            self._standing = standing._replace(passed_over=standing.passed_over or RingOutcome.NO_ANSWER)
            return self._leave_ring(node, RingOutcome.NO_ANSWER, Reason("waited_enough"))
        passed_over = most_telling(standing.passed_over, found.outcome)
        reached = reached_by(standing.reached, found.outcome)
        self._standing = standing._replace(passed_over=passed_over, reached=reached)
        reason = found.passed_over[-1] if found.passed_over else Reason("no_phone", {"person": ""})
        if self._trail and found.passed_over:
            self._trail.pop()
        if found.no_line and NO_LINE in node.ways:
            return self._leave(node, NO_LINE, reason)
        return self._leave_ring(node, found.outcome, reason)

    def _outbound_reason(self, node: RingNode) -> Reason:
        number = numbers.national(self._facts.called, self._plan.country)
        if node.only_line:
            line = self._plan.line_names.get(node.only_line, "")
            there = self._plan.is_there(node.only_line, self._facts.called)
            code = "extension_there" if there else "other_pbx_called"
            return Reason(code, {"number": number, "line": line})
        return Reason("emergency_called" if node.any_line else "outside_called", {"number": number})

    def _after_ring(self, node: RingNode, outcome: Ended) -> str:
        ended = as_ring(outcome)
        standing = self._standing
        self._standing = standing._replace(
            rung=most_telling(standing.rung, ended), reached=reached_by(standing.reached, ended)
        )
        if node.turns is not None:
            node = node.turn_of(standing.had.rpartition(",")[2])
        who = rung(node) or numbers.national(self._facts.called, self._plan.country)
        if outcome is Outcome.NO_SUCH_NUMBER and outcome in node.ways:
            return self._leave(node, outcome, Reason(outcome, {"who": who}))
        return self._leave_ring(node, ended, Reason(ended.value, {"who": who, "seconds": str(node.seconds)}))

    def _leave_ring(self, node: RingNode, outcome: RingOutcome, reason: Reason) -> str:
        if not node.last:
            return self._leave(node, outcome.value, reason)
        standing = self._standing
        told = RingOutcome(standing.rung or standing.passed_over or outcome)
        if FAILED in node.ways and told in node.gives_up:
            failed = self._why_backup()
            if failed is not None:
                self._trail.append(TrailEntry(node.id, None, reason))
                return self._leave(node, FAILED, failed)
        return self._leave(node, told.value, reason)

    def _why_backup(self) -> Reason | None:
        if self._standing.reached == NOBODY_REACHED:
            return Reason("nobody_reachable")
        if self._world.failures:
            return Reason("something_failed", {"failures": ", ".join(sorted(self._world.failures))})
        return None

    # Queues

    def _enter_queue(self, node: QueueNode) -> Decision | str:
        self._standing = self._standing._replace(
            rung="", passed_over="", spent=0, had="", planned=0, waits=False
        )
        ahead = self._world.waiting.get(node.group_id, 0)
        if ahead == 0:
            return self._serve(node, "queue_waits", 0)
        look = queueing.outlook(self._plan, node, self._facts, self._world, self._now)
        if not look.somebody:
            return self._nobody_to_wait_for(node, look)
        parameters = {"group": node.label["name"], "waiting": str(ahead)}
        if ahead >= node.queue.max_waiting:
            return self._leave_ring(node, RingOutcome.BUSY, Reason("queue_full", parameters))
        return self._wait(node, Reason("queue_behind", parameters), 0)

    def _in_queue(self, node: QueueNode, outcome: Ended, took: float | None) -> Decision:
        """Go on after a ring, or a wait, of somebody in the queue."""
        standing = self._standing
        if took is not None:
            spent = standing.spent - standing.planned + min(standing.planned, max(1, round(took)))
            standing = standing._replace(spent=spent)
        if standing.calls_back:
            self._trail.append(TrailEntry(node.id, None, Reason("call_back_not_kept")))
            standing = standing._replace(calls_back=False)
        elif standing.waits and outcome == WANTED:
            self._standing = standing
            return self._called_instead(node)
        elif not standing.waits:
            standing = standing._replace(reached=reached_by(standing.reached, as_ring(outcome)))
            parameters = {"who": node.label["name"], "seconds": str(standing.planned)}
            self._trail.append(TrailEntry(node.id, None, Reason(as_ring(outcome).value, parameters)))
        elif outcome is Outcome.DONE:
            self._trail.append(TrailEntry(node.id, None, Reason("queue_turn")))
        self._standing = standing
        pause = 0 if standing.waits and outcome is Outcome.DONE else queueing.PAUSE_SECONDS
        found = self._serve(node, "queue_waits_on", pause)
        return self.from_node(found) if isinstance(found, str) else found

    def _serve(self, node: QueueNode, code: str, pause: int) -> Decision | str:
        """Ring who is free, unless a pause comes first; else let the caller wait, or leave."""
        look = queueing.outlook(self._plan, node, self._facts, self._world, self._now)
        standing, world = self._standing, self._world
        left = (node.limit or 0) - standing.spent
        if not look.somebody:
            return self._nobody_to_wait_for(node, look)
        if left <= 0:
            reason = Reason("queue_over", {"seconds": str(standing.spent)})
            return self._leave_ring(node, RingOutcome.NO_ANSWER, reason)
        if pause or not look.free:
            return self._wait(node, Reason(code, {"group": node.label["name"]}), pause)
        served, had = queueing.next_ring(node, look.free, standing.had, world)
        found = find_targets(self._plan, served, self._facts, world, self._now)
        seconds = min(served.seconds, left)
        self._standing = standing._replace(
            spent=standing.spent + seconds, planned=seconds, had=had, waits=False
        )
        step = Ring(found.targets, seconds, self._facts.language, node.group_id)
        return self._stop(
            node, step, Reason("rings", {"who": ", ".join(found.names), "seconds": str(seconds)})
        )

    def _wait(self, node: QueueNode, reason: Reason, pause: int) -> Decision:
        left = (node.limit or 0) - self._standing.spent
        self._standing = self._standing._replace(spent=node.limit or 0, planned=left, waits=True)
        call_back = why_not(self._plan, self._facts) is None
        return self._stop(node, queueing.waiting(node, left, pause, call_back), reason)

    def _called_instead(self, node: QueueNode) -> Decision:
        """Keep that somebody in the queue wants to be called back."""
        self._standing = self._standing._replace(planned=0, waits=False, calls_back=True)
        wish = Wish(self._plan.number_ids.get(self._facts.called), group_id=node.group_id)
        step = keep(wish, self._plan, self._facts)
        return self._stop(node, step, wanted(node))

    def _nobody_to_wait_for(self, node: QueueNode, look: queueing.Outlook) -> str:
        self._trail.extend(TrailEntry(node.id, None, reason) for reason in look.reasons)
        self._standing = self._standing._replace(reached=reached_by(self._standing.reached, look.outcome))
        return self._leave_ring(node, look.outcome, Reason("queue_nobody", {"group": node.label["name"]}))

    # Menus

    def _menu(self, node: MenuNode) -> Decision | str:
        if node.kind == "language" and self._standing.language:
            return self._leave(node, ONWARD, Reason("language_known"))
        return self._put_question(node, asking.why(node), 0)

    def _answered(self, node: MenuNode, ended: Ended) -> Decision:
        way, reason = asking.way_of(node, ended)
        tries = self._standing.tries
        self._speak(asking.language_of(node, ended) or "")
        if asking.leads_on(node, way, tries):
            return self.from_node(self._leave(node, way, reason))
        found = self._put_question(node, reason, tries + 1, again=way == WRONG_KEY)
        return self.from_node(found) if isinstance(found, str) else found

    def _speak(self, language: str) -> None:
        """All that follows is said in the language that the caller has chosen, if any."""
        if language:
            self._standing = self._standing._replace(language=str(language))
            self._facts = replace(self._facts, language=Language(language))

    def _put_question(
        self, node: MenuNode, reason: Reason, tries: int, *, again: bool = False
    ) -> Decision | str:
        standing = self._standing
        if standing.questions >= asking.MOST_QUESTIONS:
            return self._leave(node, NO_KEY, Reason("asked_enough", {"menu": node.label["name"]}))
        self._standing = standing._replace(tries=tries, questions=standing.questions + 1)
        return self._stop(node, asking.question(node, self._facts.language, again=again), reason)

    # Call-backs

    def _offer_call_back(self, node: CallBackNode) -> Decision | str:
        why = why_not(self._plan, self._facts)
        if why is not None:
            return self._leave(node, ONWARD, why)
        return self._stop(node, offer(self._facts), Reason("call_back_offered", {"name": node.label["name"]}))

    def _call_back_answered(self, node: CallBackNode, outcome: Ended) -> Decision:
        if outcome == WANTED:
            step = keep(node.wish, self._plan, self._facts)
            return self._stop(node, step, wanted(node))
        code = "call_back_not_wanted" if isinstance(outcome, Keys) else "call_back_not_kept"
        return self.from_node(self._leave(node, ONWARD, Reason(code)))

    # Hours

    def _by_hours(self, node: HoursNode) -> str:
        return self._leave(node, *way_by_hours(node, self._world, self._now))

    def _unanswered(self, node: UnansweredNode) -> str:
        state = state_at(node.hours, self._world, self._now).value
        if state in node.ways:
            return self._leave(node, state, Reason("own_when_unanswered", dict(node.label)))
        standing = self._standing
        told = standing.rung or standing.passed_over or RingOutcome.NO_ANSWER.value
        return self._leave(node, told, Reason("no_own_when_unanswered", dict(node.label)))

    def _limits(self, node: LimitsNode) -> str:
        plan = self._plan
        why = barred_call(node.limits, self._facts, self._world, self._now, plan.country, plan.zone_name)
        if why is not None:
            return self._leave(node, why.code, why)
        return self._leave(node, ONWARD, Reason("limits_kept" if node.limits.enabled else "limits_off"))

    # Endings

    def _last_step(self, node: PlanNode) -> Step:
        language = self._facts.language
        if isinstance(node, MailboxNode) and node.mailbox is not None:
            return take_message(node, self._plan, self._facts, self._world, self._now)
        if not isinstance(node, FinalNode):
            return HangUp(480, "over")
        match node.step:
            case Announce(speech=speech):
                return replace(node.step, speech=replace(speech, language=language))
            case Service(name=Action.MAILBOX):
                return own_messages(self._plan, self._facts)
            case Service(name=action) if action in ARGUMENTS:
                dialled = split(self._plan.star_codes, self._facts.called)
                argument = dialled[1] if dialled and not self._facts.picks_up else ""
                picks_up = {"call_id": self._facts.picks_up} if self._facts.picks_up else {}
                return replace(node.step, parameters={"argument": argument, **picks_up})
            case step:
                return step

    # Steps of the walk

    def _entry_reason(self, node: EntryNode) -> Reason:
        code = node.reason.code
        if code == "number_called" and self._trail:
            code = "number_followed"
        return Reason(code, node.reason.parameters)

    def _leave(self, node: PlanNode, way: str, reason: Reason) -> str:
        chosen = node.ways[way]
        self._trail.append(TrailEntry(node.id, chosen.id, reason))
        return chosen.target

    def _stop(self, node: PlanNode, step: Step, reason: Reason) -> Decision:
        self._trail.append(TrailEntry(node.id, None, reason))
        position = self._standing._replace(node=node.id, over=isinstance(step, HangUp))
        return Decision(step, position, tuple(self._trail))

    def _end(self, step: HangUp, code: str, node: PlanNode | None) -> Decision:
        if node is not None:
            parameters = {"who": node.label.get("name", "") or self._facts.called}
            self._trail.append(TrailEntry(node.id, None, Reason(code, parameters)))
        return Decision(step, self._standing._replace(over=True), tuple(self._trail))


def _whose_turn(node: RingNode, standing: Position, world: World) -> tuple[RingNode, Position]:
    """The node for the member whose turn it is; for nobody when all have had theirs."""
    assert node.turns is not None
    had = standing.had.split(",") if standing.had else []
    person_id = node.turns.next_of(world, had)
    if person_id is None:
        return replace(node, candidates=()), standing
    return node.turn_of(person_id), standing._replace(had=",".join((*had, person_id)))
