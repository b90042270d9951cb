"""Signed notices to the shop, by the Standard Webhooks rules: at least once, a bounded number."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec
from standardwebhooks import Webhook

from sellier.sandbox import wire
from sellier.sandbox.rows import instant, new_id
from sellier.sandbox.store import Store
from sellier.sandbox.values import Notice, NoticeType, Payment, Sender, Settings

TIMEOUT_S: Final = 15
AT_ONCE: Final = 8
IDLE_S: Final = 3_600.0
BETWEEN_COPIES: Final = timedelta(milliseconds=200)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What someone must hear, who says it, and when it leaves."""

    about: str
    sender: Sender
    type: str
    url: str
    body: str
    copies: int
    due_at: datetime


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
    draft = Draft(
        about=payment.id,
        sender=Sender.PAYMENTS,
        type=type_,
        url=payment.notice_url,
        body=msgspec.json.encode(body).decode(),
        copies=copies,
        due_at=now + timedelta(seconds=max(late_s, settings.notice_after_s)),
    )
    write(db, draft)


def write(db: sqlite3.Connection, draft: Draft) -> None:
    """Put a notice among those to be sent."""
    db.execute(
        "INSERT INTO notice (id, about, sender, type, url, body, copies, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new_id("msg"),
            draft.about,
            draft.sender,
            draft.type,
            draft.url,
            draft.body,
            draft.copies,
            draft.due_at.timestamp(),
        ),
    )


def recent(store: Store, *, sender: Sender = Sender.PAYMENTS, limit: int = 50) -> list[Notice]:
    """List the newest notices of one sender first, for its log page."""
    rows = store.rows(
        "SELECT * FROM notice WHERE sender = ? ORDER BY seq DESC LIMIT ?", sender, limit
    )
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
    changed = store.news()
    while True:
        changed.clear()
        now = clock()
        (next_row,) = store.rows("SELECT min(due_at) AS due FROM notice WHERE state = 'waiting'")
        wait_s = IDLE_S if next_row["due"] is None else next_row["due"] - now.timestamp()
        if wait_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), wait_s)
            continue
        await deliver_due(store, client=client, settings=settings, now=now)


async def _send(
    notice: Notice, *, client: httpx.AsyncClient, settings: Settings, now: datetime
) -> str:
    """Return the status as text, or the name of what went wrong; never raises for a bad shop."""
    secret = Webhook(settings.secret_of(notice.sender))
    headers = {
        "content-type": "application/json",
        "webhook-id": notice.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": secret.sign(notice.id, now, notice.body),
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
        about=row["about"],
        sender=Sender(row["sender"]),
        type=row["type"],
        url=row["url"],
        body=row["body"],
        copies=row["copies"],
        attempts=row["attempts"],
        due_at=instant(row["due_at"]),
        state=row["state"],
        last_answer=row["last_answer"],
    )
