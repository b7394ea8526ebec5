"""`autocom restore`: everything back out of an archive."""

from __future__ import annotations

import argparse
import sys


def execute(options: argparse.Namespace) -> int:
    """Put the archive's content in place of the data folder's; the box must not run."""
    from appliance.storage.backup import BEFORE, restore
    from appliance.storage.errors import StorageError

    if not options.file.is_file():
        print(f"autocom: {options.file}: no such archive", file=sys.stderr)
        return 1
    try:
        restore(options.file, options.data)
    except StorageError as error:
        print(f"autocom: {error}", file=sys.stderr)
        return 1
    print(
        f"{options.data} holds what {options.file} held; what was there before is in {options.data / BEFORE}"
    )
    return 0
