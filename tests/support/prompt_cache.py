"""The prompts spoken once for all boxes of the tests: a box finds in its folder what others had to make.

Their files are named after what is said, with which voice: one that is there is right.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

CACHE = Path(tempfile.gettempdir()) / f"autocom-test-prompts-{os.getuid()}"


def lend(data: Path) -> None:
    """Put every prompt that is known into a data folder."""
    if CACHE.is_dir():
        _link(CACHE, data / "prompts")


def keep(data: Path) -> None:
    """Take over the prompts that a box has made."""
    if (data / "prompts").is_dir():
        _link(data / "prompts", CACHE)


def _link(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in source.glob("[!.]*.wav"):
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            try:
                os.link(path, target / path.name)
            except OSError as error:
                if isinstance(error, FileExistsError | FileNotFoundError):
                    raise
                shutil.copyfile(path, target / path.name)
