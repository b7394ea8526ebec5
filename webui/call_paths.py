"""A number's call path as its page shows it: the drawing, and the reasons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from webui.drawing.call_path import draw
from webui.drawing.svg import to_svg
from webui.language import gettext, now, write_full_day
from webui.session import Visit
from webui.wording import say_reason

Json = Mapping[str, Any]


# Places that wait for keys.
ASKING = frozenset({"menu", "welcome", "language"})


@dataclass(frozen=True, slots=True)
class ShownPath:
    """The SVG, the sentences of the trail, and what was asked (date, time, caller and keys as typed)."""

    svg: Markup
    reasons: tuple[str, ...]
    date: str = ""
    time: str = ""
    caller: str = ""
    keys: str = ""
    has_menu: bool = False


def wished_moment(date: str, time: str) -> datetime | None:
    """The moment typed into the form, in the office's zone; None for now or for what is no date."""
    if not date and not time:
        return None
    present = now()
    try:
        return datetime.fromisoformat(f"{date or present.date()}T{time or f'{present:%H:%M}'}").replace(
            tzinfo=present.tzinfo
        )
    except ValueError:
        return None


def show(visit: Visit, graph: Json, trail: Sequence[Json], lit: Json, icons: str) -> ShownPath:
    """A graph with the places lit that `lit` names, as this visitor sees it, and the reasons of the trail."""
    drawing = draw(graph, frozenset(lit["lit_nodes"]), frozenset(lit["lit_edges"]), visit.opens)
    svg = to_svg(drawing, title=gettext("The path of a call"), icons=icons)
    has_menu = any(node["kind"] in ASKING for node in graph["nodes"])
    return ShownPath(svg, say_trail(trail), has_menu=has_menu)


def say_trail(trail: Sequence[Json]) -> tuple[str, ...]:
    """The reasons of a trail in words, one after the other; the same sentence twice in a row is said once."""
    said: list[str] = []
    for entry in trail:
        sentence = say_reason(_readable(entry.get("reason") or {}))
        if not said or said[-1] != sentence:
            said.append(sentence)
    return tuple(said)


def _readable(reason: Json) -> Json:
    """A reason whose date and time, when it has one, is written as people do."""
    parameters = dict(reason.get("parameters") or {})
    until = str(parameters.get("until", ""))
    if len(until) == 16:
        try:
            moment = datetime.fromisoformat(until)
        except ValueError:
            return reason
        parameters["until"] = f"{moment:%H:%M}, {write_full_day(moment.date())}"
    return {**reason, "parameters": parameters}
