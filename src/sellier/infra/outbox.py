"""Events leave the process only after the transaction that caused them commits."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.batch import inserting, later
from sellier.infra.db import Base

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense. Carries ids, not rows: readers fetch what they need."""

    name: ClassVar[str]
    happened_at: datetime


class OutboxRow(Base):
    """One event, waiting for the dispatcher until `dispatched_at` is set."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "id", postgresql_where="dispatched_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    happened_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]


_INSERT: Final = inserting(OutboxRow, without=("dispatched_at",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """The job that an event runs, and how many events one run of it may take."""

    job: str
    at_most: int = 1


Defer = Callable[[AsyncSession, str, Sequence[dict[str, Any]]], Awaitable[None]]


def publish(db: AsyncSession, event: Event) -> None:
    """Record `event` in this transaction; the dispatcher delivers it at least once."""
    later(db, _INSERT(name=event.name, payload=_payload(event), happened_at=event.happened_at))


def _payload(event: Event) -> dict[str, object]:
    # Not `asdict`: it copies deeply, and an import's events hold hundreds of ids each.
    return {f.name: _plain(getattr(event, f.name)) for f in fields(event)}


async def dispatch(
    db: AsyncSession,
    *,
    subscriptions: Mapping[str, Sequence[Reaction]],
    defer: Defer,
    now: datetime,
) -> int:
    """Hand waiting events to the jobs that react, in this transaction; return how many.

    Rows are claimed by a flag, never by "id greater than the last seen": ids become visible
    out of order, and such a reader loses events.
    """
    waiting = (
        select(OutboxRow)
        .where(OutboxRow.dispatched_at.is_(None))
        .order_by(OutboxRow.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = (await db.scalars(waiting)).all()
    due: dict[Reaction, list[dict[str, Any]]] = {}
    for row in rows:
        for reaction in subscriptions.get(row.name, ()):
            due.setdefault(reaction, []).append({"id": row.id, "name": row.name, **row.payload})
    for reaction, events in due.items():
        for start in range(0, len(events), reaction.at_most):
            await defer(db, reaction.job, events[start : start + reaction.at_most])
    if rows:
        handled = [row.id for row in rows]
        await db.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(handled))
            .values(dispatched_at=now)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _plain(value: object) -> object:
    if isinstance(value, UUID | datetime):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
