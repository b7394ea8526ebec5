"""The layout of a call path: a place for each box and each arrow, top to bottom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from webui.drawing.layers import Layers, layered
from webui.drawing.shapes import Arrow, Box, Drawing, PlacedArrow, PlacedBox, Point

BOX_WIDTH = 228.0
GAP_ACROSS = 28.0
GAP_DOWN = 62.0
# A way-point has room for the label beside it.
WAYPOINT_WIDTH = 108.0
MARGIN = 12.0
# Letters that fit at the width of the widest common fonts.
TITLE_LETTERS = 19
DETAIL_LETTERS = 26
LABEL_LETTERS = 19
LINE_HEIGHT = 18.0
PADDING = 13.0
STRAIGHTENINGS = 24


def lay_out(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Drawing:
    """Place boxes and arrows; arrows that lead back to a box above them are not drawn."""
    layers = layered([box.id for box in boxes], [(arrow.source, arrow.target) for arrow in arrows])
    by_id = {box.id: box for box in boxes}
    words = {box.id: _words(box) for box in boxes}
    heights = {identifier: _height(*pair) for identifier, pair in words.items()}
    tops = _tops(layers, heights)
    middles = _middles(layers)
    placed = {}
    for row, top in zip(layers.rows, tops, strict=True):
        for identifier in row:
            if identifier in by_id:
                title, detail = words[identifier]
                left = middles[identifier] - BOX_WIDTH / 2
                placed[identifier] = PlacedBox(
                    by_id[identifier], left, top, BOX_WIDTH, heights[identifier], title, detail
                )
    drawn = _arrows(arrows, layers, placed, middles, tops)
    bottom = max((box.y + box.height for box in placed.values()), default=0.0)
    right = max((middles[node] + _width(node, by_id) / 2 for node in middles), default=0.0)
    return Drawing(tuple(placed[box.id] for box in boxes), tuple(drawn), right + MARGIN, bottom + MARGIN)


def wrap(text: str, letters: int, lines: int) -> tuple[str, ...]:
    """Words in at most `lines` lines of `letters`; what does not fit ends in an ellipsis."""
    wrapped: list[str] = []
    for word in text.split():
        if wrapped and len(wrapped[-1]) + 1 + len(word) <= letters:
            wrapped[-1] += f" {word}"
        else:
            wrapped.append(word)
    cut = wrapped[:lines]
    if len(wrapped) > lines:
        cut[-1] = f"{cut[-1]} {wrapped[lines]}"
    return tuple(line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…" for line in cut)


def _words(box: Box) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return wrap(box.title, TITLE_LETTERS, 2), wrap(box.detail, DETAIL_LETTERS, 2)


def _height(title: tuple[str, ...], detail: tuple[str, ...]) -> float:
    return 2 * PADDING + LINE_HEIGHT * (len(title) + len(detail))


def _tops(layers: Layers, heights: Mapping[str, float]) -> list[float]:
    tops, top = [], MARGIN
    for row in layers.rows:
        tops.append(top)
        top += max((heights.get(node, 0.0) for node in row), default=0.0) + GAP_DOWN
    return tops


def _width(node: str, boxes: Mapping[str, object]) -> float:
    return BOX_WIDTH if node in boxes else WAYPOINT_WIDTH


def _middles(layers: Layers) -> dict[str, float]:
    """The middle of each node: near the mean of its neighbours, in order, never overlapping."""
    waypoints = layers.waypoints()
    width = {n: WAYPOINT_WIDTH if n in waypoints else BOX_WIDTH for row in layers.rows for n in row}
    linked: dict[str, list[str]] = {node: [] for node in width}
    for chain in layers.chains.values():
        for upper, lower in zip(chain, chain[1:], strict=False):
            linked[upper].append(lower)
            linked[lower].append(upper)
    middles: dict[str, float] = {}
    for row in layers.rows:
        middles.update(zip(row, spread([0.0] * len(row), [width[node] for node in row]), strict=True))
    for turn in range(STRAIGHTENINGS):
        for row in layers.rows if turn % 2 == 0 else reversed(layers.rows):
            wishes = [_mean([middles[other] for other in linked[node]], middles[node]) for node in row]
            weights = [4.0 if node in waypoints else 1.0 for node in row]
            places = spread(wishes, [width[node] for node in row], weights)
            middles.update(zip(row, places, strict=True))
    shift = MARGIN - min((middles[node] - width[node] / 2 for node in middles), default=0.0)
    return {node: middle + shift for node, middle in middles.items()}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def spread(wishes: Sequence[float], widths: Sequence[float], weights: Sequence[float] = ()) -> list[float]:
    """Places in the given order, apart by widths and gap, with the least squared distance from the wishes.

    Pool-adjacent-violators on the wishes less the room taken by what stands to the left.
    """
    offsets, taken = [], 0.0
    for index, width in enumerate(widths):
        taken += (widths[index - 1] + width) / 2 + GAP_ACROSS if index else 0.0
        offsets.append(taken)
    pools: list[tuple[float, float, int]] = []
    for index, wish in enumerate(wishes):
        weight = weights[index] if weights else 1.0
        pool = (wish - offsets[index], weight, 1)
        while pools and pools[-1][0] >= pool[0]:
            value, other, count = pools.pop()
            together = other + pool[1]
            pool = ((value * other + pool[0] * pool[1]) / together, together, count + pool[2])
        pools.append(pool)
    values = [value for value, _, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(values, offsets, strict=True)]


def _arrows(
    arrows: Sequence[Arrow],
    layers: Layers,
    placed: Mapping[str, PlacedBox],
    middles: Mapping[str, float],
    tops: Sequence[float],
) -> list[PlacedArrow]:
    row_of = {node: index for index, row in enumerate(layers.rows) for node in row}
    leaving = Counter(arrow.source for arrow in arrows)
    drawn = []
    for arrow in arrows:
        chain = layers.chains.get((arrow.source, arrow.target))
        if chain is None:
            continue
        source, target = placed[arrow.source], placed[arrow.target]
        start: Point = (middles[arrow.source], source.y + source.height)
        points = [start]
        for waypoint in chain[1:-1]:
            row = row_of[waypoint]
            bottom = tops[row + 1] - GAP_DOWN if row + 1 < len(tops) else tops[row]
            points += [(middles[waypoint], tops[row]), (middles[waypoint], bottom)]
        points.append((middles[arrow.target], target.y))
        # Arrows part on their way down and join on their way in: a label stands where its arrow is alone.
        share = 0.75 if leaving[arrow.source] > 1 else 0.3
        (first, _), (second, below) = points[0], points[1]
        # The gap below a low box in a row of tall ones is longer: the label stays in the common gap.
        label_at = (first + (second - first) * share, below - GAP_DOWN / 2 - 2)
        drawn.append(PlacedArrow(arrow, tuple(points), label_at, wrap(arrow.label, LABEL_LETTERS, 2)))
    return drawn
