"""Fuzz one target, guided by coverage: `python tests/fuzz/run.py TARGET SECONDS [folder for new finds]`.

Starts from tests/fuzz/corpus/TARGET and the messages of tests/data. Stops at the first fault or after the
time, and says how many inputs it tried. An input that takes over two seconds is a fault too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

with atheris.instrument_imports(include=["appliance"]):
    from tests.fuzz.targets import BEGINS_WITH_MESSAGES, TARGETS

SLOWEST_SECONDS = 2
LONGEST = 4096


def seeds(name: str, folder: Path) -> None:
    """The messages that every parser of text begins with, as files of a folder."""
    if name in BEGINS_WITH_MESSAGES:
        for path in sorted((HERE.parent / "data" / "sip-messages").rglob("*.dat")):
            data = path.read_bytes()
            if name == "session_description":
                data = data.partition(b"\r\n\r\n")[2]
            if data:
                (folder / path.name).write_bytes(data[:LONGEST])


def main(name: str, seconds: int, finds: str | None = None) -> None:
    """Fuzz; does not return (libFuzzer ends the process)."""
    with tempfile.TemporaryDirectory() as start:
        seeds(name, Path(start))
        kept = HERE / "corpus" / name
        folders = [finds or tempfile.mkdtemp(), *([str(kept)] if kept.is_dir() else []), start]
        options = [
            f"-max_total_time={seconds}",
            f"-timeout={SLOWEST_SECONDS}",
            f"-max_len={LONGEST}",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            f"-artifact_prefix={finds or tempfile.gettempdir()}/",
        ]
        atheris.Setup([sys.argv[0], *options, *folders], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:4])
