"""What is drawn: boxes and arrows before they have a place, and after."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """One step of a call path: words to show, an icon's name, where a click leads.

    `lit`: the call would pass (or has passed) here. `end`: nothing follows.
    """

    id: str
    kind: str
    title: str
    detail: str = ""
    icon: str = ""
    href: str = ""
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """The way from one box to another, and when it is taken."""

    source: str
    target: str
    label: str = ""
    lit: bool = False


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box with its left top corner, size and wrapped words, in pixels."""

    box: Box
    x: float
    y: float
    width: float
    height: float
    title: tuple[str, ...]
    detail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedArrow:
    """An arrow's corner points from source to target, and where its label's middle lies."""

    arrow: Arrow
    points: tuple[Point, ...]
    label_at: Point
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything placed, and the size of the sheet."""

    boxes: tuple[PlacedBox, ...]
    arrows: tuple[PlacedArrow, ...]
    width: float
    height: float
