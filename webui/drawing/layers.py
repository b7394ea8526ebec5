"""Layers: which row each box stands in, and the order within a row with few crossings.

After Sugiyama, Tagawa and Toda (1981): longest-path layers, way-points where an arrow passes rows,
barycentre sweeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 8

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layers:
    """Rows of ids from top to bottom, and each edge as the chain of ids it passes, way-points included."""

    rows: tuple[tuple[str, ...], ...]
    chains: Mapping[Edge, tuple[str, ...]]

    def waypoints(self) -> frozenset[str]:
        """The ids that are way-points of edges, not boxes."""
        return frozenset(point for chain in self.chains.values() for point in chain[1:-1])


def layered(nodes: Sequence[str], edges: Iterable[Edge]) -> Layers:
    """Rows for nodes and edges; an edge that would close a circle is left out of the chains."""
    forward = without_circles(nodes, edges)
    depth = _depths(nodes, forward)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in _first_met(nodes, forward):
        rows[depth[node]].append(node)
    chains = {edge: _chain(edge, depth, rows) for edge in forward}
    links = [link for chain in chains.values() for link in zip(chain, chain[1:], strict=False)]
    return Layers(tuple(tuple(row) for row in _untangle(rows, links)), chains)


def without_circles(nodes: Sequence[str], edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges between known nodes, less those that lead back to a node above them."""
    known = set(nodes)
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in dict.fromkeys(edges):
        if source in known and target in known and source != target:
            following[source].append(target)
    kept: list[Edge] = []
    done: set[str] = set()
    for root in _roots_first(nodes, following):
        _walk(root, following, done, kept)
    return tuple(kept)


def _roots_first(nodes: Sequence[str], following: Mapping[str, Sequence[str]]) -> list[str]:
    reached = {target for targets in following.values() for target in targets}
    return [n for n in nodes if n not in reached] + [n for n in nodes if n in reached]


def _walk(root: str, following: Mapping[str, Sequence[str]], done: set[str], kept: list[Edge]) -> None:
    if root in done:
        return
    above: list[str] = [root]
    on_path = {root}
    left = {root: iter(following[root])}
    while above:
        node = above[-1]
        target = next(left[node], None)
        if target is None:
            above.pop()
            on_path.discard(node)
            done.add(node)
            continue
        if target in on_path:
            continue
        kept.append((node, target))
        if target not in done:
            above.append(target)
            on_path.add(target)
            left[target] = iter(following[target])


def _depths(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    waiting = dict.fromkeys(nodes, 0)
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        waiting[target] += 1
        following[source].append(target)
    depth = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        for target in following[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return depth


def _first_met(nodes: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    met = dict.fromkeys(node for edge in edges for node in edge)
    return [*met, *(node for node in nodes if node not in met)]


def _chain(edge: Edge, depth: Mapping[str, int], rows: list[list[str]]) -> tuple[str, ...]:
    source, target = edge
    passed = []
    for row in range(depth[source] + 1, depth[target]):
        waypoint = f"{source}\x00{target}\x00{row}"
        rows[row].append(waypoint)
        passed.append(waypoint)
    return (source, *passed, target)


def _untangle(rows: list[list[str]], links: Sequence[Edge]) -> list[list[str]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for source, target in links:
        below.setdefault(source, []).append(target)
        above.setdefault(target, []).append(source)
    best, fewest = [list(row) for row in rows], crossings(rows, below)
    current = [list(row) for row in rows]
    for sweep in range(SWEEPS):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        indices = range(1, len(current)) if downwards else range(len(current) - 2, -1, -1)
        for index in indices:
            neighbours = current[index - 1] if downwards else current[index + 1]
            current[index] = _sorted(current[index], neighbours, above if downwards else below)
        found = crossings(current, below)
        if found < fewest:
            best, fewest = [list(row) for row in current], found
    return best


def _sorted(row: Sequence[str], neighbours: Sequence[str], linked: Mapping[str, Sequence[str]]) -> list[str]:
    place = {node: index for index, node in enumerate(neighbours)}

    def barycentre(item: tuple[int, str]) -> float:
        index, node = item
        places = [place[other] for other in linked.get(node, ())]
        return sum(places) / len(places) if places else float(index)

    return [node for _, node in sorted(enumerate(row), key=barycentre)]


def crossings(rows: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of links cross between neighbouring rows."""
    total = 0
    for upper, lower in zip(rows, rows[1:], strict=False):
        place = {node: index for index, node in enumerate(lower)}
        ends = [
            place[target] for node in upper for target in sorted(below.get(node, ()), key=place.__getitem__)
        ]
        total += sum(
            1
            for first in range(len(ends))
            for second in range(first + 1, len(ends))
            if ends[first] > ends[second]
        )
    return total
