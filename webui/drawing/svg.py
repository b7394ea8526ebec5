"""A drawing as SVG: no style of its own, classes only, so that the page's colours, light or dark, apply."""

from __future__ import annotations

from markupsafe import Markup, escape

from webui.drawing.layout import LINE_HEIGHT, PADDING
from webui.drawing.shapes import Drawing, PlacedArrow, PlacedBox, Point

LABEL_LETTER = 7.0
LABEL_LINE = 15.0
ICON = 18
# A broad drawing is shrunk to the room a page has, but no further than can be read; beyond that it scrolls.
ROOM = 860.0
MOST_SHRUNK = 1.25


def to_svg(drawing: Drawing, *, title: str, icons: str) -> Markup:
    """The SVG element; `icons` is the address of the sprite the boxes' icons are in."""
    scale = min(max(drawing.width / ROOM, 1.0), MOST_SHRUNK)
    shown = drawing.width / scale
    arrows = sorted(drawing.arrows, key=lambda placed: placed.arrow.lit)
    return Markup("").join(
        (
            Markup('<svg class="call-path {}" viewBox="0 0 {} {}" width="{}" height="{}" role="img">').format(
                _breadth(drawing.width),
                *(_number(size) for size in (drawing.width, drawing.height, shown, drawing.height / scale)),
            ),
            Markup("<title>{}</title>").format(title),
            Markup("").join(_line(placed) for placed in arrows),
            Markup("").join(_box(placed, icons) for placed in drawing.boxes),
            Markup("").join(_label(placed) for placed in arrows if placed.label),
            Markup("</svg>"),
        )
    )


def _breadth(width: float) -> str:
    """How the page treats the drawing: narrow ones fit a phone, broad ones scroll."""
    return "narrow" if width < 600 else "middle" if width <= ROOM else "broad"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _point(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _curve(points: tuple[Point, ...]) -> str:
    """Vertical at every point, so that arrows leave and reach boxes upright."""
    parts = [f"M{_point(points[0])}"]
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        if abs(x1 - x2) < 0.5:
            parts.append(f"L{_point((x2, y2))}")
        else:
            middle = (y1 + y2) / 2
            parts.append(f"C{_point((x1, middle))} {_point((x2, middle))} {_point((x2, y2))}")
    return "".join(parts)


def _line(placed: PlacedArrow) -> Markup:
    (_, _), (x, y) = placed.points[0], placed.points[-1]
    stop = (*placed.points[:-1], (x, y - 6))
    tip = f"M{_point((x - 5, y - 8))}L{_point((x, y - 1))}L{_point((x + 5, y - 8))}Z"
    return Markup('<g class="arrow{}"><path class="line" d="{}"/><path class="tip" d="{}"/></g>').format(
        " lit" if placed.arrow.lit else "", _curve(stop), tip
    )


def _label(placed: PlacedArrow) -> Markup:
    width = max(len(line) for line in placed.label) * LABEL_LETTER + 16
    height = LABEL_LINE * len(placed.label) + 6
    x, y = placed.label_at
    lines = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(
            _number(x), _number(y - height / 2 + 14 + LABEL_LINE * index), line
        )
        for index, line in enumerate(placed.label)
    )
    return Markup('<g class="when{}"><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/>{}</g>').format(
        " lit" if placed.arrow.lit else "",
        *(_number(value) for value in (x - width / 2, y - height / 2, width, height, min(height / 2, 11))),
        lines,
    )


def _box(placed: PlacedBox, icons: str) -> Markup:
    box = placed.box
    left = placed.x + PADDING + (ICON + 8 if box.icon else 0)
    words = Markup("").join(
        Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
            kind, _number(left), _number(placed.y + PADDING + 14 + LINE_HEIGHT * index), line
        )
        for index, (kind, line) in enumerate(
            [*(("title", line) for line in placed.title), *(("detail", line) for line in placed.detail)]
        )
    )
    icon = (
        Markup('<svg class="icon" x="{}" y="{}" width="{}" height="{}"><use href="{}#{}"/></svg>').format(
            _number(placed.x + PADDING - 1), _number(placed.y + PADDING), ICON, ICON, icons, box.icon
        )
        if box.icon
        else Markup("")
    )
    frame = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="12"/>').format(
        *(_number(value) for value in (placed.x, placed.y, placed.width, placed.height))
    )
    inside = frame + icon + words
    if box.href:
        inside = Markup('<a href="{}">{}</a>').format(box.href, inside)
    return Markup('<g class="box {}{}" data-id="{}">{}</g>').format(
        escape(box.kind), " lit" if box.lit else "", box.id, inside
    )
