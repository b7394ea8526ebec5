"""The code that whoever sets up the box must know, printed until the first user exists."""

from __future__ import annotations

from pathlib import Path

from appliance.runtime.tokens import readable_code
from appliance.storage.data_folder import write_atomically


def claim_code(path: Path, *, claimed: bool) -> str | None:
    """The code kept in a file, made when there is none; None, and no file, for a box that has users."""
    if claimed:
        path.unlink(missing_ok=True)
        return None
    try:
        # The code printed before a crash of this process stays good.
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if kept:
        return kept
    code = readable_code()
    write_atomically(path, f"{code}\n".encode())
    return code
