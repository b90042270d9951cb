"""Signed notices to the shop, by the Standard Webhooks rules: at least once, a bounded number."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec
from standardwebhooks import Webhook

from sellier.sandbox import wire
from sellier.sandbox.rows import instant, new_id
from sellier.sandbox.store import Store
from sellier.sandbox.values import Notice, NoticeType, Payment, Settings

TIMEOUT_S: Final = 15
AT_ONCE: Final = 8
IDLE_S: Final = 3_600.0
BETWEEN_COPIES: Final = timedelta(milliseconds=200)
_log = logging.getLogger(__name__)


def announce(
    db: sqlite3.Connection,
    payment: Payment,
    type_: NoticeType,
    *,
    settings: Settings,
    now: datetime,
    copies: int = 1,
    late_s: float = 0,
) -> None:
    """Write down what the shop must hear, in the transaction that made it true."""
    body = wire.NoticeBody(
        type=type_,
        timestamp=now.isoformat(),
        data=wire.answer(payment, public_url=settings.public_url),
    )
    db.execute(
        "INSERT INTO notice (id, payment_id, type, url, body, copies, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            new_id("msg"),
            payment.id,
            type_,
            payment.notice_url,
            msgspec.json.encode(body).decode(),
            copies,
            now.timestamp() + max(late_s, settings.notice_after_s),
        ),
    )


def recent(store: Store, *, limit: int = 50) -> list[Notice]:
    """List the newest notices first, for the log page."""
    rows = store.rows("SELECT * FROM notice ORDER BY seq DESC LIMIT ?", limit)
    return [_notice(row) for row in rows]


async def deliver_due(
    store: Store, *, client: httpx.AsyncClient, settings: Settings, now: datetime
) -> int:
    """Send what is due, several at once, and record each answer. Returns how many were sent."""
    rows = store.rows(
        "SELECT * FROM notice WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?",
        now.timestamp(),
        AT_ONCE,
    )
    due = [_notice(row) for row in rows]
    answers = await asyncio.gather(
        *(_send(notice, client=client, settings=settings, now=now) for notice in due)
    )
    with store.transaction() as db:
        for notice, answer in zip(due, answers, strict=True):
            _record(db, notice, answer, settings=settings, now=now)
    return len(due)


async def keep_delivering(
    store: Store, *, client: httpx.AsyncClient, settings: Settings, clock: Callable[[], datetime]
) -> None:
    """Deliver until canceled; sleeps until the next notice is due or something changes."""
    while True:
        store.changed.clear()
        now = clock()
        (next_row,) = store.rows("SELECT min(due_at) AS due FROM notice WHERE state = 'waiting'")
        wait_s = IDLE_S if next_row["due"] is None else next_row["due"] - now.timestamp()
        if wait_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(store.changed.wait(), wait_s)
            continue
        await deliver_due(store, client=client, settings=settings, now=now)


async def _send(
    notice: Notice, *, client: httpx.AsyncClient, settings: Settings, now: datetime
) -> str:
    """Return the status as text, or the name of what went wrong; never raises for a bad shop."""
    headers = {
        "content-type": "application/json",
        "webhook-id": notice.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(settings.notice_secret).sign(notice.id, now, notice.body),
    }
    try:
        async with asyncio.timeout(TIMEOUT_S):
            response = await client.post(notice.url, content=notice.body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        _log.info("notice %s not delivered: %s", notice.id, type(error).__name__)
        return type(error).__name__
    return str(response.status_code)


def _record(
    db: sqlite3.Connection, notice: Notice, answer: str, *, settings: Settings, now: datetime
) -> None:
    # A 3xx is a failure: a notice must not wander to an address nobody allowed.
    arrived = answer.startswith("2")
    copies = notice.copies - arrived
    state, due_at = "waiting", now + BETWEEN_COPIES
    if copies == 0:
        state = "delivered"
    elif not arrived and notice.attempts >= len(settings.notice_waits_s):
        state = "abandoned"
    elif not arrived:
        due_at = now + timedelta(seconds=settings.notice_waits_s[notice.attempts])
    db.execute(
        "UPDATE notice SET copies = ?, attempts = ?, state = ?, due_at = ?, last_answer = ?"
        " WHERE id = ?",
        (copies, notice.attempts + 1, state, due_at.timestamp(), answer, notice.id),
    )


def _notice(row: sqlite3.Row) -> Notice:
    return Notice(
        id=row["id"],
        payment_id=row["payment_id"],
        type=NoticeType(row["type"]),
        url=row["url"],
        body=row["body"],
        copies=row["copies"],
        attempts=row["attempts"],
        due_at=instant(row["due_at"]),
        state=row["state"],
        last_answer=row["last_answer"],
    )
