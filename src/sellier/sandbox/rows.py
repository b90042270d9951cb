"""From SQLite rows to values, inside or outside a transaction."""

import base64
import secrets
import sqlite3
from datetime import UTC, datetime

from sellier.sandbox.errors import PaymentUnknown
from sellier.sandbox.values import Payment, State


def new_id(prefix: str) -> str:
    """Return an id that nobody can guess: it is all one needs to open a hosted page."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(20)).decode().lower()}"


def instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def payment_of(row: sqlite3.Row) -> Payment:
    return Payment(
        id=row["id"],
        key=row["key"],
        state=State(row["state"]),
        amount_minor=row["amount_minor"],
        captured_minor=row["captured_minor"],
        refunded_minor=row["refunded_minor"],
        currency=row["currency"],
        reference=row["reference"],
        return_url=row["return_url"],
        notice_url=row["notice_url"],
        reason=row["reason"],
        second_step=bool(row["second_step"]),
        tries=row["tries"],
        created_at=instant(row["created_at"]),
    )


def payment_in(db: sqlite3.Connection, payment_id: str) -> Payment:
    """Read a payment inside a transaction. Raises `PaymentUnknown`."""
    row = db.execute("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone()
    if row is None:
        raise PaymentUnknown("No such payment.")
    return payment_of(row)
