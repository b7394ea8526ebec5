"""What real phones do with the box, as a table: `python -m tests.interop.table` writes README.md.

A cell says "works" when a test is marked with that phone and that feature; the tests run in every `./test`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.interop import proven

HERE = Path(__file__).parent
PHONES = ("baresip", "linphone", "sipp", "pyVoIP", "JsSIP")
FEATURES = (
    "register",
    "call",
    "hold",
    "resume",
    "blind transfer",
    "attended transfer",
    "DTMF",
    "MWI",
    "presence",
    "BLF",
    "TCP",
    "TLS and SRTP",
    "cancel",
    "busy",
    "session timer",
)
# What a phone has no means for, as far as we know.
CANNOT = {
    ("pyVoIP", "hold"): "the phone can't",
    ("pyVoIP", "resume"): "the phone can't",
    ("pyVoIP", "blind transfer"): "the phone can't",
    ("pyVoIP", "attended transfer"): "the phone can't",
    ("pyVoIP", "MWI"): "the phone can't",
    ("pyVoIP", "presence"): "the phone can't",
    ("pyVoIP", "BLF"): "the phone can't",
    ("pyVoIP", "TCP"): "the phone can't",
    ("pyVoIP", "TLS and SRTP"): "the phone can't",
    ("pyVoIP", "session timer"): "the phone can't",
    ("sipp", "TLS and SRTP"): "the phone can't (Debian builds it without TLS)",
    ("JsSIP", "TCP"): "the phone can't (a browser opens WebSockets only)",
    ("pyVoIP", "cancel"): "the phone can't (hangs up answered calls only)",
    ("baresip", "attended transfer"): "the phone can't (1.0 knows no Replaces)",
    ("baresip", "session timer"): "the phone can't (1.0 knows no Session-Expires)",
    ("linphone", "MWI"): "the phone can't (5.1 knows no message-summary)",
    ("baresip", "BLF"): "the phone can't (no dialog package)",
    ("linphone", "BLF"): "the phone can't (no dialog package)",
}
NOT_YET = "not shown yet"
HEAD = """# Real phones

Every test here has a real phone at one end at least, each on a network host of its own, and measures in the
audio who hears whom. `table.py` made this table from the tests' marks; a test compares the two.

"""
MIDDLE = """
## What callers and people meet

For each id, the phones of the tests that are marked with it, whether they measure what is heard, and whether
the call's trail is compared, step by step, with what explain tells of the same call (`explained.py`).
"""


def marks(source: str) -> Iterator[tuple[str, str]]:
    """The (phone, feature) pairs that the tests of a file are marked with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.matrix":
            phone, *features = (ast.literal_eval(argument) for argument in node.args)
            yield from ((phone, feature) for feature in features)


def shown() -> set[tuple[str, str]]:
    """Everything that some test shows; raises ValueError for a phone or feature not in the table."""
    found = {pair for path in sorted(HERE.glob("test_*.py")) for pair in marks(path.read_text("utf-8"))}
    unknown = {pair for pair in found if pair[0] not in PHONES or pair[1] not in FEATURES}
    if unknown:
        raise ValueError(f"not in the table: {unknown}")
    return found


def cell(phone: str, feature: str, works: set[tuple[str, str]]) -> str:
    """What the table says of a phone and a feature."""
    if (phone, feature) in works:
        return "works"
    return CANNOT.get((phone, feature), NOT_YET)


def table() -> str:
    """The whole page."""
    works = shown()
    rows = [f"| | {' | '.join(PHONES)} |", f"|---|{'---|' * len(PHONES)}"]
    for feature in FEATURES:
        rows.append(f"| {feature} | {' | '.join(cell(one, feature, works) for one in PHONES)} |")
    return HEAD + "\n".join((*rows, MIDDLE, *proven.table())) + "\n"


if __name__ == "__main__":
    (HERE / "README.md").write_text(table(), "utf-8")
