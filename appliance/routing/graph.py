"""The drawing of a path: the plan's nodes and edges that can be reached from an entry."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from appliance.routing.plan import Entry, Plan


class Everything(Container[object]):
    """Holds whatever is asked for."""

    def __contains__(self, item: object) -> bool:
        return True


EVERYTHING = Everything()

# Every condition an edge is taken on, with its English sentence.
CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "onward": "always",
        "open": "open",
        "closed": "closed",
        "holiday": "holiday",
        "special": "{name}",
        "own_holiday": "{name}",
        "override": "by manual override",
        "unknown_time": "the time is not known",
        "number_full": "more than {most} calls",
        "responsible": "{name}",
        "known_caller": "known caller",
        "let_through": "let through",
        "blocked": "blocked number",
        "anonymous": "number withheld",
        "telemarketing": "telemarketing",
        "unanswered": "nobody takes the call",
        "outcomes": "{outcomes}",
        "no_answer": "no answer",
        "busy": "busy",
        "declined": "declined",
        "unreachable": "not reachable",
        "failed": "nobody can be reached",
        "mailbox_failed": "messages cannot be kept",
        "no_line": "no line",
        "no_such_number": "no such number",
        "barred_costly": "number that costs extra",
        "barred_country": "country not allowed",
        "barred_night": "at night",
        "barred_calls": "too many calls today",
        "barred_minutes": "too many minutes today",
        "key": "{key}: {name}",
        "extension_dialled": "{extension}",
        "extensions": "an extension is dialled",
        "wrong_key": "wrong key",
        "no_key": "no key",
        "no_choice": "no key, or a wrong one",
        "no_call_back": "no call-back",
        "forwarded": "forwarded",
        "otherwise": "otherwise",
    }
)

# Every kind of node, with its English name.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "number": "Number",
        "extension": "Extension",
        "outbound": "Call to the outside",
        "emergency": "Emergency call",
        "limits": "Limits",
        "filter": "Caller filter",
        "announced_first": "Announcement before the call",
        "language": "Choice of a language",
        "welcome": "Announcement; an extension may be dialled",
        "number_limit": "Calls at once",
        "owner": "Person responsible",
        "owners": "Person responsible for the contact",
        "unknown": "Unknown number",
        "hours": "Opening hours",
        "person": "Person",
        "group": "Ring group",
        "queue": "Ring group with a queue",
        "external": "Outside number",
        "menu": "Menu",
        "call_back": "Call-back offered",
        "extensions": "Extension dialled",
        "backup": "Backup number",
        "unanswered": "When unanswered",
        "forward": "Forward",
        "second_call": "On another call",
        "mailbox": "Mailbox",
        "announcement": "Announcement",
        "tone": "Tone",
        "hang_up": "Hang up",
        "service": "Service",
    }
)


# What stands for many ways alike: the kind of the place and the condition, by the kind of where they leave.
_FOLDED = {"owner": ("owners", "known_caller")}


@dataclass(frozen=True, slots=True)
class Node:
    """A place of the drawing: `label` by kind (name, number, seconds, members, devices, prompt, text...).

    `record` is the collection and id of the settings it shows, if any.
    """

    id: str
    kind: str
    label: Mapping[str, str]
    record: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one place to the next, taken on `condition`, a code of CONDITIONS."""

    id: str
    source: str
    target: str
    condition: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Graph:
    """A path to draw; the first node is where it begins."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(plan: Plan, entry: Entry, unfolded: Container[object] = EVERYTHING) -> Graph:
    """The drawing of the path that begins with `entry`; raises KeyError when there is no such entry.

    Of edges that are folded, those whose ids are in `unfolded` are drawn, the others as one for all.
    """
    first = plan.entries[entry]
    waiting, known = deque([first]), {first}
    nodes: list[Node] = []
    edges: list[Edge] = []
    folded: dict[str, None] = {}
    while waiting:
        node = plan.nodes[waiting.popleft()]
        nodes.append(Node(node.id, node.kind, node.label, node.record))
        for way in node.exits:
            if way.folded and way.id not in unfolded:
                folded[node.id] = None
                continue
            edges.append(Edge(way.id, node.id, way.target, way.condition, way.parameters))
            if way.target not in known:
                known.add(way.target)
                waiting.append(way.target)
    for source in folded:
        kind, condition = _FOLDED.get(plan.nodes[source].kind, ("extensions", "extensions"))
        place = f"{kind}:{source}"
        nodes.append(Node(place, kind, {}, None))
        edges.append(Edge(f"{source}>{kind}", source, place, condition, {}))
    return Graph(tuple(nodes), tuple(edges))
