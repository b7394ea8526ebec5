"""From the API's graph of a call path to a drawing: which words, icon and link each place gets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from webui.drawing.layout import lay_out
from webui.drawing.shapes import Arrow, Box, Drawing
from webui.group_words import QUEUE, TURNS
from webui.language import N_, fill, gettext
from webui.phone_numbers import write_number
from webui.sentences import CONDITIONS, PROMPTS
from webui.wording import say_outcome

Json = Mapping[str, Any]

KINDS = {
    "number": ("incoming", N_("Number")),
    "extension": ("internal", N_("Extension")),
    "outbound": ("outgoing", N_("Call to the outside")),
    "outside": ("outgoing", N_("Call to the outside")),
    "emergency": ("warning", N_("Emergency call")),
    "limits": ("security", N_("Limits")),
    "owner": ("person", N_("Person responsible")),
    "owners": ("person", N_("Person responsible for the contact")),
    "filter": ("security", N_("Caller filter")),
    "announced_first": ("announcement", N_("Announcement before the call")),
    "language": ("menu", N_("Choice of a language")),
    "welcome": ("announcement", N_("Announcement; an extension may be dialled")),
    "number_limit": ("security", N_("Calls at once")),
    "unknown": ("warning", N_("Unknown number")),
    "hours": ("hours", N_("Opening hours")),
    "person": ("person", N_("Person")),
    "group": ("group", N_("Ring group")),
    "queue": ("group", N_("Ring group with a queue")),
    "external": ("external", N_("Outside number")),
    "backup": ("external", N_("Backup number")),
    "menu": ("menu", N_("Menu")),
    "call_back": ("phone", N_("Call-back offered")),
    "extensions": ("internal", N_("An extension")),
    "unanswered": ("next", N_("When unanswered")),
    "forward": ("next", N_("Forward")),
    "second_call": ("phone", N_("On another call")),
    "mailbox": ("voicemail", N_("Voicemail")),
    "announcement": ("announcement", N_("Announcement")),
    "tone": ("tone", N_("Busy tone")),
    "hang_up": ("end", N_("Hang up")),
    "service": ("phone", N_("Service")),
}

PAGES = {
    "caller_filter": "/caller-filter",
    "numbers": "/numbers/{}/edit",
    "people": "/people/{}",
    "groups": "/ring-groups/{}",
    "menus": "/menus/{}",
    "calendars": "/opening-hours/{}",
    "mailboxes": "/mailboxes/{}",
    "audios": "/sounds/{}",
}

DEVICE_WORDS = {"deskphone": N_("desk phone"), "softphone": N_("softphone"), "external": N_("mobile")}


def draw(
    graph: Json,
    lit_nodes: Collection[str] = (),
    lit_edges: Collection[str] = (),
    opens: Callable[[str, str], bool] = lambda collection, identifier: True,
) -> Drawing:
    """The drawing of a graph, with what the call passes lit, and links to the records that somebody opens."""
    boxes = [_box(node, node["id"] in lit_nodes, opens) for node in graph["nodes"]]
    return lay_out(boxes, _arrows(graph["edges"], lit_edges))


def _box(node: Json, lit: bool, opens: Callable[[str, str], bool]) -> Box:
    icon, _ = KINDS.get(node["kind"], ("path", ""))
    title, detail = say_node(node)
    record = node.get("record")
    page = PAGES.get(record[0]) if record and opens(*record) else None
    return Box(
        id=node["id"],
        kind=str(node["kind"]).replace("_", "-"),
        title=title,
        detail=detail,
        icon=icon,
        href=page.format(record[1]) if page and record else "",
        lit=lit,
    )


def say_node(node: Json) -> tuple[str, str]:
    """A place in words: what it is called, and what happens there."""
    kind, label = str(node["kind"]), node.get("label") or {}
    word = gettext(KINDS.get(kind, ("", kind))[1])
    name = str(label.get("name") or "")
    match kind:
        case "number":
            return name, write_number(str(label.get("number", "")))
        case "extension":
            return name or word, f"{word} {label.get('extension', '')}"
        case "person":
            return name or word, _ringing(label, _devices(label))
        case "group":
            return name or word, _group(label)
        case "queue":
            return name or word, fill(QUEUE, {key: str(value) for key, value in label.items()})
        case "external" | "backup":
            return word, _ringing(label, write_number(str(label.get("number", ""))))
        case "announcement" | "announced_first" | "welcome":
            return word, _spoken(label)
        case "unanswered":
            return fill(N_("Not answered: {name}"), {"name": name}), gettext("their own choice")
        case "call_back":
            return word, fill(N_("{name} calls back"), {"name": name}) if name else ""
        case "hours" | "mailbox" | "menu":
            return (name, word) if name and name != word else (word, "")
        case _:
            return word, ""


def _group(label: Json) -> str:
    """Who of a group rings: whose turn it is, where that changes from call to call."""
    members = str(label.get("members", ""))
    if "turn" not in label:
        return _ringing(label, members)
    if label["turn"] != "1":
        return _ringing(label, gettext("the next in turn"))
    return _ringing(label, fill(TURNS[str(label["order"])], {"members": members}))


def _ringing(label: Json, whom: str) -> str:
    seconds = str(label.get("seconds") or "")
    wait = fill(N_("rings {seconds} s"), {"seconds": seconds}) if seconds else ""
    return ", ".join(part for part in (wait, whom) if part)


def _devices(label: Json) -> str:
    kinds = str(label.get("devices") or "").split(",")
    return ", ".join(gettext(DEVICE_WORDS[kind]) for kind in kinds if kind in DEVICE_WORDS)


def _spoken(label: Json) -> str:
    if label.get("text"):
        return fill(N_("“{text}”"), {"text": label["text"]})
    return gettext(PROMPTS.get(str(label.get("prompt") or ""), ""))


def _arrows(edges: Sequence[Json], lit: Collection[str]) -> list[Arrow]:
    """One arrow for all edges between the same two places; its label says each condition."""
    words: dict[tuple[str, str], list[str]] = {}
    shining: set[tuple[str, str]] = set()
    for edge in edges:
        ends = (str(edge["source"]), str(edge["target"]))
        said = words.setdefault(ends, [])
        if edge["id"] in lit:
            shining.add(ends)
        # What holds in misfortune alone is said where a call has gone that way, or where nothing else leads.
        if edge["condition"] != "unknown_time" or edge["id"] in lit or not said:
            said.append(say_condition(edge))
    return [
        Arrow(
            source,
            target,
            ", ".join(dict.fromkeys(word for word in said if word)),
            (source, target) in shining,
        )
        for (source, target), said in words.items()
    ]


def say_condition(edge: Json) -> str:
    """When an edge is taken, in words; "" for an edge that is always taken."""
    condition, parameters = str(edge["condition"]), edge.get("parameters") or {}
    if condition == "outcomes":
        return ", ".join(say_outcome(one) for one in str(parameters.get("outcomes", "")).split(",") if one)
    return fill(CONDITIONS.get(condition, condition), parameters) if condition != "onward" else ""
