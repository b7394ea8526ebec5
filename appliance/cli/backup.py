"""`autocom backup`: everything in one archive."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime


def execute(options: argparse.Namespace) -> int:
    """Write the archive, whether the box runs or not."""
    from appliance.storage.backup import backup
    from appliance.storage.errors import StorageError

    if not options.data.is_dir():
        print(f"autocom: {options.data}: no such data folder", file=sys.stderr)
        return 1
    try:
        backup(
            options.data, options.file.absolute(), datetime.now().astimezone().isoformat(timespec="seconds")
        )
    except StorageError as error:
        print(f"autocom: {error}", file=sys.stderr)
        return 1
    print(f"{options.file}: {options.file.stat().st_size} bytes")
    return 0
