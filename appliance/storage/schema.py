"""The database's tables, as the migrations that made them; a migration once released is never edited."""

from __future__ import annotations

import sqlite3

from appliance.storage.errors import StorageError

FIRST = """
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    started_at REAL NOT NULL,
    direction TEXT NOT NULL,
    outcome TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    called TEXT NOT NULL,
    number_id TEXT,
    people TEXT NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX calls_by_time ON calls (started_at);
CREATE TABLE registrations (
    aor TEXT NOT NULL,
    contact TEXT NOT NULL,
    expires_at REAL NOT NULL,
    binding TEXT NOT NULL,
    PRIMARY KEY (aor, contact)
) WITHOUT ROWID;
CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    mailbox_id TEXT NOT NULL,
    state TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    called TEXT NOT NULL,
    call_id TEXT NOT NULL,
    received_at REAL NOT NULL,
    seconds REAL NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0,
    heard_at REAL,
    deleted_at REAL
) WITHOUT ROWID;
CREATE INDEX messages_by_mailbox ON messages (mailbox_id, received_at);
CREATE INDEX messages_by_time ON messages (received_at);
CREATE TABLE mail (
    message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    queued_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try REAL,
    sent_at REAL,
    error TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX mail_due ON mail (next_try) WHERE next_try IS NOT NULL;
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    browser TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
"""

LADDERS = """
CREATE TABLE ladders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL,
    messages BLOB NOT NULL
);
CREATE INDEX ladders_by_call ON ladders (call_id);
"""

SECURITY = """
CREATE TABLE security_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    user TEXT NOT NULL,
    count INTEGER NOT NULL
);
"""

SUBSCRIPTIONS = """
CREATE TABLE subscriptions (
    key TEXT PRIMARY KEY,
    expires_at REAL NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
"""

WORKING_DAYS = """
CREATE TABLE working_days (
    person_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    since REAL NOT NULL
) WITHOUT ROWID;
"""

ALERTS = """
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    code TEXT NOT NULL,
    parameters TEXT NOT NULL,
    seen_at REAL,
    next_try REAL,
    attempts INTEGER NOT NULL DEFAULT 0
);
"""

USAGE = """
CREATE TABLE outbound_usage (
    person_id TEXT NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    PRIMARY KEY (person_id, day)
) WITHOUT ROWID;
"""

TURNS = """
CREATE TABLE last_rung (
    group_id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE idle_since (
    person_id TEXT PRIMARY KEY,
    since REAL NOT NULL
) WITHOUT ROWID;
"""

CONTACTS = """
CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    sorted TEXT NOT NULL,
    searched TEXT NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX contacts_by_name ON contacts (sorted, id);
CREATE TABLE contact_numbers (
    number TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX numbers_by_contact ON contact_numbers (contact_id);
"""

CALL_BACKS = """
CREATE TABLE call_backs (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    asked_at REAL NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX call_backs_by_state ON call_backs (state, asked_at);
"""

SIGNED_OUT = """
CREATE TABLE signed_out (
    group_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (group_id, person_id)
) WITHOUT ROWID;
"""

OPERATOR_FORWARDS = """
CREATE TABLE operator_forwards (
    line_id TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (
    FIRST,
    LADDERS,
    SECURITY,
    SUBSCRIPTIONS,
    WORKING_DAYS,
    ALERTS,
    USAGE,
    TURNS,
    CONTACTS,
    CALL_BACKS,
    SIGNED_OUT,
    OPERATOR_FORWARDS,
)


def version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has been through."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Bring the database to the newest schema, each step in a transaction of its own.

    Raises StorageError database_newer when it has been through more than we know.
    """
    done = version(connection)
    if done > len(migrations):
        raise StorageError("database_newer", f"schema {done}, known {len(migrations)}")
    for number in range(done, len(migrations)):
        script = f"BEGIN IMMEDIATE;{migrations[number]};PRAGMA user_version={number + 1};COMMIT;"
        try:
            connection.executescript(script)
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
