"""The check of sizes and names: functions of 60 lines at most, files of 500, each saying what lives there."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
NAMES_THAT_SAY_NOTHING = frozenset({"utils", "helpers", "manager", "common", "base", "misc"})


def faults(path: Path) -> Iterator[str]:
    """What is wrong with one file, a sentence each."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if text.strip() and ast.get_docstring(tree) is None:
        yield "does not say in its first line what lives there"
    if text.count("\n") > LONGEST_FILE:
        yield f"has {text.count(chr(10))} lines"
    if path.stem in NAMES_THAT_SAY_NOTHING:
        yield "has a name that says nothing"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines"


def main() -> int:
    paths = [path for room in ("appliance", "webui", "tests") for path in sorted((ROOT / room).rglob("*.py"))]
    paths = [path for path in paths if "node_modules" not in path.parts]
    found = [f"{path.relative_to(ROOT)}: {fault}" for path in paths for fault in faults(path)]
    for sentence in found:
        print(sentence, file=sys.stderr)
    print(f"{len(paths)} files, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
