"""The layout of call paths: nothing overlaps, arrows point down, every box and way is there."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui.drawing.layers import layered, without_circles
from webui.drawing.layout import lay_out, spread, wrap
from webui.drawing.shapes import Arrow, Box, Drawing
from webui.drawing.svg import to_svg


def _graph(edges: list[tuple[int, int]]) -> Drawing:
    names = sorted({str(end) for edge in edges for end in edge} | {"0"})
    arrows = [Arrow(str(a), str(b), "no answer") for a, b in dict.fromkeys(edges)]
    return lay_out(
        [Box(name, "person", f"Person {name}", "rings 20 s, desk phone") for name in names], arrows
    )


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=18)


@given(EDGES)
def test_boxes_never_overlap_and_lie_on_the_sheet(edges: list[tuple[int, int]]) -> None:
    drawing = _graph(edges)
    for box in drawing.boxes:
        assert 0 <= box.x and box.x + box.width <= drawing.width
        assert 0 <= box.y and box.y + box.height <= drawing.height
    for one, other in combinations(drawing.boxes, 2):
        apart = (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        )
        assert apart


@given(EDGES)
def test_every_arrow_leads_down_and_only_circles_are_left_out(edges: list[tuple[int, int]]) -> None:
    drawing = _graph(edges)
    for placed in drawing.arrows:
        heights = [y for _, y in placed.points]
        assert heights == sorted(heights)
    drawn = {(placed.arrow.source, placed.arrow.target) for placed in drawing.arrows}
    wanted = [(str(a), str(b)) for a, b in edges]
    names = [box.box.id for box in drawing.boxes]
    assert drawn == set(without_circles(names, wanted))
    forward = {(a, b) for a, b in wanted if a < b}
    if all(a < b for a, b in wanted):
        assert drawn == forward


def test_a_long_way_goes_around_the_boxes_between() -> None:
    drawing = _graph([(0, 1), (1, 2), (0, 2)])
    long = next(
        placed for placed in drawing.arrows if (placed.arrow.source, placed.arrow.target) == ("0", "2")
    )
    between = next(box for box in drawing.boxes if box.box.id == "1")
    for x, y in long.points[1:-1]:
        assert not (between.x < x < between.x + between.width and between.y < y < between.y + between.height)


def test_branches_that_meet_again_do_not_cross() -> None:
    layers = layered(list("habcm"), [("h", "a"), ("h", "b"), ("h", "c"), ("a", "m"), ("b", "m"), ("c", "m")])
    assert layers.rows == (("h",), ("a", "b", "c"), ("m",))


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=8))
def test_places_keep_their_order_and_distance(wishes: list[float]) -> None:
    places = spread(wishes, [100.0] * len(wishes))
    for left, right in zip(places, places[1:], strict=False):
        assert right - left >= 100.0 - 1e-6


def test_places_that_fit_are_granted() -> None:
    assert spread([0.0, 400.0], [100.0, 100.0]) == pytest.approx([0.0, 400.0])


@given(st.text(max_size=60), st.integers(4, 20), st.integers(1, 3))
def test_wrapped_words_fit(text: str, letters: int, lines: int) -> None:
    wrapped = wrap(text, letters, lines)
    assert len(wrapped) <= lines
    assert all(len(line) <= letters for line in wrapped)


def test_words_in_the_svg_are_never_markup() -> None:
    drawing = lay_out([Box('a"b', "person", "<b>Bob</b>", "&", href='/x"y')], [])
    svg = to_svg(drawing, title="<t>", icons="/i.svg")
    assert "<b>" not in svg and "<t>" not in svg
    assert "&lt;b&gt;Bob&lt;/b&gt;" in svg
    assert 'href="/x&#34;y"' in svg


def test_an_empty_path_is_an_empty_sheet() -> None:
    drawing = lay_out([], [])
    assert drawing.boxes == ()
    assert "</svg>" in to_svg(drawing, title="", icons="")
