"""The last lines of the log, in memory, for the support archive."""

from __future__ import annotations

import logging
from collections import deque

LINES = 2000


class RecentLog(logging.Handler):
    """Keeps the last LINES lines; what is logged holds no secret (see the rules of logging)."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._lines.append(self.format(record))

    def lines(self) -> list[str]:
        """The lines kept, oldest first."""
        return list(self._lines)


RECENT_LOG = RecentLog()
