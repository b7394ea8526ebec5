"""The codes that the box's source gives: literal texts of calls, assignments and returns, read from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import appliance

ROOT = Path(appliance.__file__).parent


@cache
def _nodes() -> tuple[ast.AST, ...]:
    return tuple(node for path in ROOT.rglob("*.py") for node in ast.walk(ast.parse(path.read_bytes())))


def given(function: str, place: int = 0, keyword: str = "") -> set[str]:
    """The texts given to every function (or method, or class) of that name, by place or keyword."""
    return {
        text
        for node in _nodes()
        if isinstance(node, ast.Call) and _name(node.func) == function
        for argument in _arguments(node, place, keyword)
        for text in _texts(argument)
    }


def assigned(attribute: str) -> set[str]:
    """The texts that become an attribute of that name, as its default or later."""
    found: set[str] = set()
    for node in _nodes():
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(_name(target) == attribute for target in targets):
            found.update(_texts(node.value))  # type: ignore[attr-defined]
    return found


def returned(function: str) -> set[str]:
    """The texts that functions of that name return."""
    return {
        text
        for node in _nodes()
        if isinstance(node, ast.FunctionDef) and node.name == function
        for inner in ast.walk(node)
        if isinstance(inner, ast.Return)
        for text in _texts(inner.value)
    }


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))


def _arguments(call: ast.Call, place: int, keyword: str) -> Iterator[ast.AST]:
    yield from call.args[place : place + 1]
    yield from (each.value for each in call.keywords if each.arg == keyword)


def _texts(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)
