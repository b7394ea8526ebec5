"""The operators' forwards on the disk, over restarts (BACKUP-2)."""

from __future__ import annotations

import sqlite3

from pydantic import ValidationError

from appliance.configuration.operator_forwards import OperatorForward
from appliance.storage.database import Database


class OperatorForwardStore:
    """The forward of each line in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, forward: OperatorForward) -> None:
        """Keep a line's forward as it is now."""
        row = (forward.line_id, forward.model_dump_json())

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO operator_forwards VALUES (?,?)", row)

        await self._database.write(change)

    async def forget(self, line_id: str) -> None:
        """Forget that of a line that is no more."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM operator_forwards WHERE line_id = ?", (line_id,))

        await self._database.write(change)

    async def load(self) -> dict[str, OperatorForward]:
        """Every forward by its line's id; one that cannot be read harms no other."""

        def select(connection: sqlite3.Connection) -> dict[str, OperatorForward]:
            found = {}
            for line_id, record in connection.execute("SELECT line_id, record FROM operator_forwards"):
                try:
                    found[line_id] = OperatorForward.model_validate_json(record)
                except ValidationError:
                    continue
            return found

        return await self._database.read(select)
