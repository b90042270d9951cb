"""One key, one effect, one answer, however often a program repeats its request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.errors import Conflict, Invalid


class KeyReused(Invalid):
    code = "idempotency.key_reused"


class InProgress(Conflict):
    code = "idempotency.in_progress"


class Progress(StrEnum):
    STARTED = "started"  # its effect is committed, its answer is not known yet
    ANSWERED = "answered"


class IdempotencyKey(Base):
    """What a key stood for and what was answered. `scope` is who used it, so keys never cross."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created_at", "created_at"),)

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    progress: Mapped[Progress] = mapped_column(String(10))
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished answer, byte for byte."""

    status: int
    body: bytes


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Return what two requests must share to be the same request."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def claim(
    db: AsyncSession, *, scope: str, key: str, fingerprint: bytes, now: datetime
) -> Answer | None:
    """Claim a key in the transaction of its effect; None means: go ahead, you are the first.

    A second request waits here on the first one's row, then reads its answer. Raises
    `KeyReused` for another request under the same key, `InProgress` while the first still runs.
    """
    claimed = await db.scalar(
        insert(IdempotencyKey)
        .values(
            scope=scope, key=key, fingerprint=fingerprint, progress=Progress.STARTED, created_at=now
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if claimed is not None:
        return None
    columns = (IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.body)
    first = (
        await db.execute(
            select(*columns).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
        )
    ).one()
    if first.fingerprint != fingerprint:
        raise KeyReused("This idempotency key was used for another request. Make a new one.")
    if first.status is None:
        raise InProgress("The first request with this key is still running. Ask again shortly.")
    return Answer(status=first.status, body=first.body)


async def record(db: AsyncSession, *, scope: str, key: str, answer: Answer) -> None:
    """Keep the answer of a claimed key, in the transaction that makes it true."""
    await db.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
        .values(progress=Progress.ANSWERED, status=answer.status, body=answer.body)
    )
