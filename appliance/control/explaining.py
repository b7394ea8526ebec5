"""Where a call would go and why: the path in words, and the drawing with that path lit (TIME-5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from appliance import numbers
from appliance.calls.arrival import calling_out
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Label, Language
from appliance.configuration.lines import Number
from appliance.configuration.people import Person
from appliance.control.bodies import answer, body, query
from appliance.control.box import Box
from appliance.control.errors import not_found, refusal
from appliance.control.moments import Moment
from appliance.control.own import owns_person
from appliance.control.placing_calls import is_extension
from appliance.control.representation import plain
from appliance.control.routes import Access, Route, box_of
from appliance.control.supposing import WhatIf, supposed_settings, supposed_world
from appliance.routing.decide import Decision
from appliance.routing.dialled import read_dialled, without_wishes
from appliance.routing.explain import Explanation, as_document, explain
from appliance.routing.facts import Direction, Facts, KnownCaller
from appliance.routing.graph import graph
from appliance.routing.plan import Plan, compile_plan
from appliance.routing.steps import Outcome, Step, Tone
from appliance.routing.trail import REASONS
from appliance.routing.world import World

LookUp = Callable[[str], KnownCaller | None]
Typed = Annotated[Label, Field(max_length=60)]


class Question(BaseModel):
    """Which call: to one of our numbers from outside, or to an extension (or what a phone of ours dials).

    `called` is either, in any form. `line_id`: the other phone system that calls outside by us. `caller`: a
    number in any form, an extension, or empty. `at`: ISO 8601, in the office's time when it has no offset;
    now when absent. Without `what_if` the world is as it is now, or, for another moment than now, all well.
    """

    model_config = ConfigDict(extra="forbid")

    number_id: Typed | None = None
    extension: Typed | None = None
    called: Typed | None = None
    line_id: Typed | None = None
    caller: Typed = ""
    at: Moment | None = None
    what_if: WhatIf = WhatIf()


class Place(BaseModel):
    """A place of the path: the ids of its node and of the edge taken to leave it, and why."""

    node: str
    edge: str | None
    reason: dict[str, Any]


class Told(BaseModel):
    """One decision: what the box does (`kind` and its particulars), and the places passed to get there."""

    step: dict[str, Any]
    trail: tuple[Place, ...]


class Path(BaseModel):
    """The path of one call; `lit_nodes` and `lit_edges` are ids of the drawing."""

    at: str
    facts: dict[str, Any]
    entry: tuple[str, ...]
    decisions: tuple[Told, ...]
    lit_nodes: tuple[str, ...]
    lit_edges: tuple[str, ...]
    answered_at: str | None = None


class DrawnNode(BaseModel):
    """A place to draw; `record` is the collection and id of the settings it comes from."""

    id: str
    kind: str
    label: dict[str, str]
    record: tuple[str, str] | None


class DrawnEdge(BaseModel):
    """A way to draw, taken on `condition`."""

    id: str
    source: str
    target: str
    condition: str
    parameters: dict[str, str]


class Drawing(BaseModel):
    """What to draw: the first node is where the path begins; what is lit; the path in words when there is
    one.
    """

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    lit_nodes: tuple[str, ...] = ()
    lit_edges: tuple[str, ...] = ()
    path: Path | None = None


class CallQuery(BaseModel):
    """Which call to light in a drawing."""

    caller: Typed = ""
    at: Moment | None = None
    all_well: bool | None = None
    nobody: bool = False
    offline: bool = False
    busy: Typed = ""
    undisturbed: Typed = ""
    failed: Literal["", "settings", "disk", "media"] = ""
    clock_lost: bool = False
    full: bool = False
    keys: Annotated[str, StringConstraints(pattern=r"^[0-9*#, ]{0,60}$")] = ""

    @property
    def what_if(self) -> WhatIf:
        """The same as a question supposes it."""
        return WhatIf(
            all_well=self.all_well,
            nobody_registered=self.nobody,
            internet_down=self.offline,
            busy=(self.busy,) if self.busy else None,
            undisturbed=(self.undisturbed,) if self.undisturbed else (),
            failures=(self.failed,) if self.failed else None,
            clock_known=False if self.clock_lost else None,
            number_full=self.full,
            keys=tuple(self.keys.replace(",", " ").split()),
        )


class GraphQuery(CallQuery):
    """Which drawing, and which call to light in it."""

    number: Typed | None = None
    extension: Typed | None = None


def facts_of(configuration: Configuration, question: Question) -> Facts:
    """The facts of the call that is asked about; raises ApiError 422."""
    country = configuration.office.country if configuration.office else "FR"
    person = configuration.person_at(question.caller.strip())
    inside = question.extension is not None or (person is not None and question.number_id is None)
    typed = (question.extension or question.called or "").strip()
    if question.line_id is not None:
        return _facts_from_there(configuration, question.line_id, question.caller, typed)
    if question.number_id is not None:
        return _facts_from_outside(_number(configuration, question.number_id), question.caller, country)
    if not inside:
        dialled = numbers.dialled(without_wishes(typed)[0], country)
        ours = [number for number in configuration.numbers.values() if number.number == dialled]
        if ours:
            return _facts_from_outside(ours[0], question.caller, country)
        if question.called is not None and not is_extension(configuration, typed):
            raise refusal(422, "unknown_called", "called")
    return _facts_from_inside(configuration, typed, person, _outsider(question.caller, country))


def _outsider(caller: str, country: str) -> str:
    """The number of a caller who is nobody of the office: somebody may have sent them on."""
    known = numbers.dialled(caller, country)
    if known is None and any(character.isalpha() for character in caller):
        raise refusal(422, "unknown_caller", "caller")
    return known or caller.strip()


def _number(configuration: Configuration, identifier: str) -> Number:
    number = configuration.numbers.get(identifier)
    if number is None:
        raise refusal(422, "unknown_called", "number_id")
    return number


def _facts_from_outside(number: Number, caller: str, country: str) -> Facts:
    return Facts(
        direction=Direction.INBOUND,
        caller=_outsider(caller, country),
        caller_name="",
        called=number.number,
        line_id=number.line_id,
        language=number.language,
    )


def _facts_from_there(configuration: Configuration, line_id: str, caller: str, typed: str) -> Facts:
    """A call outside of somebody at another phone system."""
    line, office = configuration.lines.get(line_id), configuration.office
    if line is None:
        raise refusal(422, "unknown_line", "line_id")
    language = office.language if office else Language.FRENCH
    facts = Facts(Direction.INBOUND, caller.strip(), "", "", line.id, language=language)
    found = calling_out(configuration, line, facts, typed)
    if found is None:
        raise refusal(422, "unknown_called", "called")
    return found


def _facts_from_inside(
    configuration: Configuration, typed: str, person: Person | None, outsider: str
) -> Facts:
    dialled = read_dialled(configuration, typed, person.id if person else None)
    is_number = numbers.is_e164(dialled.called)
    office = configuration.office
    own = person.language if person else None
    return Facts(
        direction=Direction.OUTBOUND if is_number else Direction.INTERNAL,
        caller=person.extension if person else outsider,
        caller_name=person.name if person else "",
        called=dialled.called,
        caller_person_id=person.id if person else None,
        withheld=dialled.withheld or (person is not None and person.withholds_number),
        chosen_line_id=dialled.line_id,
        short=dialled.short,
        language=own or (office.language if office else Language.FRENCH),
    )


def path_of(
    configuration: Configuration,
    plan: Plan,
    question: Question,
    world: World,
    now: datetime,
    look_up: LookUp = lambda _: None,
) -> Path:
    """The answer to a question; `world`, `now` and `look_up` are the box's. Raises ApiError 422."""
    supposed_to_be = supposed_settings(configuration, question.what_if)
    if supposed_to_be is not configuration:
        configuration, plan = supposed_to_be, compile_plan(supposed_to_be)
    facts = facts_of(configuration, question)
    facts = facts.recognised(look_up(facts.caller))
    moment = question.at.at(now.tzinfo) if question.at else now
    supposed = supposed_world(configuration, world, question.what_if, other_moment=question.at is not None)
    remaining = list(question.what_if.outcomes)

    def outcome(decision: Decision) -> Outcome:
        return remaining.pop(0) if remaining else Outcome.NO_ANSWER

    return told_path(explain(plan, facts, supposed, moment, outcome, question.what_if.keys), facts, moment)


def told_path(explanation: Explanation, facts: Facts, moment: datetime) -> Path:
    """An explanation as the API tells it."""
    return Path(
        at=moment.isoformat(timespec="seconds"),
        facts=plain(facts),
        entry=explanation.entry,
        decisions=tuple(_told(decision) for decision in explanation.decisions),
        lit_nodes=explanation.nodes,
        lit_edges=explanation.edges,
        answered_at=explanation.answered_at,
    )


def _told(decision: Decision) -> Told:
    places = tuple(
        Place.model_validate(place) for place in with_sentences(plain(as_document(decision.trail)))
    )
    return Told(step=step_document(decision.step), trail=places)


def with_sentences(trail: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A trail as JSON has it, with each reason's English sentence; a code of an older version has none."""
    result = []
    for place in trail:
        reason = dict(place["reason"])
        template = REASONS.get(reason.get("code", ""), "")
        reason["sentence"] = template.format_map(_Gaps(reason.get("parameters", {})))
        result.append({**place, "reason": reason})
    return result


class _Gaps(dict[str, str]):
    """Parameters, empty where an older version had none."""

    def __missing__(self, key: str) -> str:
        return ""


def step_document(step: Step) -> dict[str, Any]:
    """A step as JSON, by its kind: ring, wait, ask, take_message, keep_call_back, announce, tone, hang_up...

    A tone's own kind is told as `tone`.
    """
    name = type(step).__name__
    kind = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    particulars = plain(step)
    if isinstance(step, Tone):
        particulars["tone"] = particulars.pop("kind")
    return {"kind": kind, **particulars}


def drawing(plan: Plan, entry: tuple[str, ...], lit_edges: Collection[str] = ()) -> Drawing:
    """The drawing of a path, nothing lit; raises KeyError when there is none.

    Of what is drawn folded, the edges in `lit_edges` are shown.
    """
    return Drawing.model_validate(plain(graph(plan, entry, lit_edges)))


async def answer_question(request: web.Request) -> web.Response:
    """Where a call would go, and why."""
    return answer(await _path(box_of(request), await body(request, Question)))


async def _path(box: Box, question: Question) -> Path:
    # The holidays of a year asked for the first time take a moment to work out.
    world = box.world()
    return await box.in_thread(
        lambda: path_of(box.configuration, box.plan, question, world, box.now(), box.contacts.look_up)
    )


async def read_graph(request: web.Request) -> web.Response:
    """The drawing of a number's path or an extension's, with the branch that a call would take lit."""
    box, wanted = box_of(request), query(request, GraphQuery)
    question = Question(
        number_id=wanted.number,
        extension=None if wanted.number else wanted.extension,
        caller=wanted.caller,
        at=wanted.at,
        what_if=wanted.what_if,
    )
    if question.number_id is None and not question.extension:
        raise not_found()
    return await _drawn(box, question)


async def read_person_graph(request: web.Request) -> web.Response:
    """The drawing of what happens to calls to a person's extension, the branch of one call lit."""
    box, wanted = box_of(request), query(request, CallQuery)
    person = box.configuration.people.get(request.match_info["id"])
    if person is None:
        raise not_found()
    question = Question(
        extension=person.extension, caller=wanted.caller, at=wanted.at, what_if=wanted.what_if
    )
    return await _drawn(box, question)


async def _drawn(box: Box, question: Question) -> web.Response:
    path = await _path(box, question)
    try:
        drawn = drawing(box.plan, path.entry, path.lit_edges)
    except KeyError:
        raise not_found() from None
    return answer(
        drawn.model_copy(update={"lit_nodes": path.lit_nodes, "lit_edges": path.lit_edges, "path": path})
    )


async def draw_answer(request: web.Request) -> web.Response:
    """The drawing of the path that a call would take, with that path lit."""
    box, question = box_of(request), await body(request, Question)
    path = await _path(box, question)
    drawn = drawing(box.plan, path.entry)
    return answer(
        drawn.model_copy(update={"lit_nodes": path.lit_nodes, "lit_edges": path.lit_edges, "path": path})
    )


QUERY = {
    "number": "id of a number",
    "extension": "or an extension",
    "caller": "who calls: a number in any form, an extension, or empty",
    "at": "ISO 8601; now when absent",
    "keys": "what is pressed at each question in turn: 1 101",
    "all_well": "true: suppose that all phones are connected and all lines up",
    "nobody": "true: suppose that no phone is connected",
    "offline": "true: suppose that no line over the internet works",
    "busy": "id of a person supposed to be on a call",
    "undisturbed": "id of a person supposed not to want calls",
    "failed": "a part of the box supposed not to work: settings, disk, media",
    "clock_lost": "true: suppose that the box does not know the time",
    "full": "true: suppose that numbers have all the calls that they may have at once",
}

ROUTES = (
    Route(
        "POST",
        "/explain",
        answer_question,
        Access.ADMINISTRATOR,
        "Where a call would go, and why",
        "path",
        takes=Question,
        gives=Path,
    ),
    Route(
        "POST",
        "/explain/drawing",
        draw_answer,
        Access.ADMINISTRATOR,
        "The drawing of the path that a call would take",
        "path",
        takes=Question,
        gives=Drawing,
    ),
    Route(
        "GET",
        "/graph",
        read_graph,
        Access.ADMINISTRATOR,
        "The drawing of a call's path",
        "path",
        gives=Drawing,
        query=QUERY,
    ),
    Route(
        "GET",
        "/people/{id}/graph",
        read_person_graph,
        Access.OWN,
        "The drawing of what happens to calls to a person",
        "path",
        gives=Drawing,
        query={name: words for name, words in QUERY.items() if name not in ("number", "extension")},
        owns=owns_person,
    ),
)
