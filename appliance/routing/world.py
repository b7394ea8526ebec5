"""The world as a decision sees it: what is registered, who is busy, which lines are up."""

from __future__ import annotations

from dataclasses import dataclass

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot taken when a step is chosen.

    `registered`: ids of phones that can be rung. `busy`: ids of people on a call. `lines_up`: ids of lines
    that carry calls now. `lines_full`: ids of lines on which no further call may leave. `failures`: parts of
    the box that do not work: `settings`, `disk`, `media`.
    """

    registered: frozenset[str] = _NOBODY
    busy: frozenset[str] = _NOBODY
    lines_up: frozenset[str] = _NOBODY
    lines_full: frozenset[str] = _NOBODY
    clock_trusted: bool = True
    failures: frozenset[str] = _NOBODY
