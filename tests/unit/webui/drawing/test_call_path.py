"""From the API's graph to words and lit places."""

from __future__ import annotations

import pytest

from webui.drawing.call_path import draw, say_condition, say_node
from webui.language import use_language


@pytest.fixture(autouse=True)
def _english() -> None:
    use_language("en")


def _node(identifier: str, kind: str, **label: str) -> dict[str, object]:
    return {"id": identifier, "kind": kind, "label": label, "record": None}


def _edge(source: str, target: str, condition: str, **parameters: str) -> dict[str, object]:
    name = f"{source}>{condition}"
    return {"id": name, "source": source, "target": target, "condition": condition, "parameters": parameters}


def test_edges_between_the_same_places_are_one_arrow_lit_when_any_is() -> None:
    graph = {
        "nodes": [_node("h", "hours", name="Office"), _node("m", "mailbox", name="Office box")],
        "edges": [_edge("h", "m", "closed"), _edge("h", "m", "holiday")],
    }
    drawing = draw(graph, {"h", "m"}, {"h>holiday"})
    (arrow,) = drawing.arrows
    assert arrow.arrow.label == "closed, holiday"
    assert arrow.arrow.lit
    assert [placed.box.lit for placed in drawing.boxes] == [True, True]


def test_places_in_words() -> None:
    person = _node("p", "person", name="Alice", devices="deskphone,external", seconds="20")
    assert say_node(person) == ("Alice", "rings 20 s, desk phone, mobile")
    assert say_node(_node("a", "announcement", text="Closed today.")) == ("Announcement", "“Closed today.”")
    assert say_node(_node("a", "announcement", prompt="nobody_available")) == (
        "Announcement",
        "Nobody can answer",
    )
    assert say_node(_node("x", "external", number="+33612345678"))[1] == "06 12 34 56 78"
    assert say_node(_node("u", "kind_of_tomorrow"))[0] == "kind_of_tomorrow"


@pytest.mark.feature("RING-5")
def test_a_group_in_turn_says_so() -> None:
    turn = {"name": "Sales", "members": "Anne, Bruno", "order": "round_robin", "seconds": "20"}
    assert say_node(_node("g", "group", **turn, turn="1"))[1] == "rings 20 s, in turn: Anne, Bruno"
    assert say_node(_node("g/1", "group", **turn, turn="2"))[1] == "rings 20 s, the next in turn"


def test_conditions_in_words() -> None:
    assert say_condition(_edge("a", "b", "outcomes", outcomes="no_answer,busy")) == "no answer, busy"
    assert say_condition(_edge("a", "b", "special", name="Summer")) == "Summer"
    assert say_condition(_edge("a", "b", "onward")) == ""
    use_language("fr")
    assert say_condition(_edge("a", "b", "closed")) == "fermé"


def test_a_place_leads_to_its_settings() -> None:
    node = {**_node("g", "group", name="Sales"), "record": ["groups", "sales"]}
    (placed,) = draw({"nodes": [node], "edges": []}).boxes
    assert placed.box.href == "/ring-groups/sales"
