"""Which behaviour a test with real phones shows, on which phones, and whether explain tells the same way.

Read from the tests themselves: their marks, and what they use, be it by way of their module's functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


def _family(name: str, last: int) -> tuple[str, ...]:
    return tuple(f"{name}-{number}" for number in range(1, last + 1))


# What a call meets from its arrival to its end: the ids of the list of features.
ROUTING = (
    *_family("IN", 10),
    "PEOPLE-1",
    *_family("RING", 10),
    "STAT-1",
    *_family("FWD", 7),
    "BUSY-1",
    "NOANS-1",
    *_family("TIME", 7),
    "CONF-1",
    "WHISP-1",
    *_family("OUT", 11),
    *_family("BACKUP", 2),
    "CRM-1",
    "CRM-4",
    "PERM-1",
)
PHONES = {"baresip": "baresip", "linphone": "linphone", "sipp": "sipp", "pyvoip": "pyVoIP", "jssip": "JsSIP"}
MEASURES = {"seconds_of_tone", "sound_besides", "words", "heard"}
EXPLAINS = {"same_way", "explained"}


@dataclass
class Proof:
    """What the tests of one id use: phones, whether sound is measured, whether explain is compared."""

    phones: set[str] = field(default_factory=set)
    heard: bool = False
    explained: bool = False


def proofs() -> dict[str, Proof]:
    """What is shown of each id of ROUTING that a test here is marked with."""
    found: dict[str, Proof] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for ids, used in _tests(ast.parse(path.read_text("utf-8"))):
            for identifier in ids & set(ROUTING):
                proof = found.setdefault(identifier, Proof())
                proof.phones |= {shown for name, shown in PHONES.items() if name in used}
                proof.heard |= bool(used & MEASURES)
                proof.explained |= bool(used & EXPLAINS)
    return found


def gaps() -> set[str]:
    """The ids that no real phone shows, or whose way explain is not asked for."""
    shown = {identifier for identifier, proof in proofs().items() if proof.phones and proof.explained}
    return set(ROUTING) - shown


def table() -> list[str]:
    """A line for each id."""
    shown = proofs()
    rows = ["| | shown by | sound measured | explain tells the same |", "|---|---|---|---|"]
    for identifier in ROUTING:
        proof = shown.get(identifier, Proof())
        phones = ", ".join(name for name in PHONES.values() if name in proof.phones) or "not shown yet"
        rows.append(f"| {identifier} | {phones} | {_said(proof.heard)} | {_said(proof.explained)} |")
    return rows


def _said(yes: bool) -> str:
    return "yes" if yes else "no"


def _tests(module: ast.Module) -> Iterator[tuple[set[str], set[str]]]:
    """The ids of each test of a module, and the names that it uses."""
    functions = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    functions |= dict(_constructors(module))
    of_all = {
        identifier
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        for identifier in _marked(node.value)
    }
    for name, function in functions.items():
        if name.startswith("test_"):
            ids = of_all.union(*(_marked(decorator) for decorator in function.decorator_list))
            yield ids, _used(function, functions)


def _constructors(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Classes by what is done to make one."""
    for node in module.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(node, ast.ClassDef) and isinstance(inner, ast.FunctionDef):
                if inner.name == "__init__":
                    yield node.name, inner


def _marked(node: ast.expr) -> set[str]:
    return {
        ast.literal_eval(argument)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.feature"
        for argument in call.args
    }


def _used(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """Every name in a function, in those that it calls, and in the fixtures that it takes."""
    seen: set[str] = set()
    pending = [function]
    while pending:
        for name in _names(pending.pop()) - seen:
            seen.add(name)
            if name in functions:
                pending.append(functions[name])
    return {name.lower() for name in seen}


def _names(function: ast.FunctionDef) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
    return found
