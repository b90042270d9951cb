"""One SQLite file: what the sandbox remembers when it is started again."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# Each is run once, in order; the file remembers how many were.
_PAYMENTS: Final = """
CREATE TABLE IF NOT EXISTS payment (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    captured_minor INTEGER NOT NULL DEFAULT 0,
    refunded_minor INTEGER NOT NULL DEFAULT 0,
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    return_url TEXT NOT NULL,
    notice_url TEXT NOT NULL,
    reason TEXT,
    second_step INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    CHECK (captured_minor BETWEEN 0 AND amount_minor),
    CHECK (refunded_minor BETWEEN 0 AND captured_minor)
) STRICT;
CREATE TABLE IF NOT EXISTS operation (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS notice (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    payment_id TEXT NOT NULL,
    type TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    copies INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    last_answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS notice_due ON notice (due_at) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at REAL NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    raw BLOB NOT NULL
) STRICT;
"""
_CARRIER: Final = """
ALTER TABLE notice RENAME COLUMN payment_id TO about;
ALTER TABLE notice ADD COLUMN sender TEXT NOT NULL DEFAULT 'payments';
CREATE TABLE shipment (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    number TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    service TEXT NOT NULL,
    weight_g INTEGER NOT NULL CHECK (weight_g > 0),
    reference TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    notice_url TEXT NOT NULL,
    token TEXT NOT NULL,
    created_at REAL NOT NULL,
    next_at REAL
) STRICT;
CREATE INDEX shipment_due ON shipment (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE scan (
    shipment_id TEXT NOT NULL REFERENCES shipment (id),
    number INTEGER NOT NULL CHECK (number > 0),
    state TEXT NOT NULL,
    at REAL NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (shipment_id, number)
) STRICT;
CREATE VIEW shipment_told AS
SELECT shipment.*, (
    SELECT json_group_array(
        json_object('number', number, 'state', state, 'at', at, 'place', place)
    ) FROM scan WHERE shipment_id = shipment.id
) AS scans FROM shipment;
"""
_CHANGES: Final = (_PAYMENTS, _CARRIER)


class Store:
    """The connection. Every use is synchronous and short, so one event loop shares it safely."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._upgrade()
        self._listeners: list[asyncio.Event] = []

    def _upgrade(self) -> None:
        (done,) = self._connection.execute("PRAGMA user_version").fetchone()
        for number, change in enumerate(_CHANGES[done:], done + 1):
            script = f"BEGIN IMMEDIATE; {change} PRAGMA user_version = {number}; COMMIT;"
            self._connection.executescript(script)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection, None, None]:
        """Keep all or nothing of what happens inside, and wake whoever waits for news."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        for listener in self._listeners:
            listener.set()

    def news(self) -> asyncio.Event:
        """Return an event of the caller's own, set whenever something changed."""
        self._listeners.append(asyncio.Event())
        return self._listeners[-1]

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        self._connection.close()

    def __del__(self) -> None:
        # In memory there is no lifespan to close it; Python 3.13 warns of what is left open.
        self._connection.close()
