"""One key, one effect, one answer, however often a program repeats its request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Index, LargeBinary, String, and_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.batch import Statement, send
from sellier.infra.db import Base
from sellier.kernel.errors import Conflict, Invalid

# Longer than a saga runs while its process lives: what is older was left behind by a crash.
LEASE: Final = timedelta(seconds=20)


class KeyReused(Invalid):
    """The key stood for another request before."""

    code = "idempotency.key_reused"


class InProgress(Conflict):
    """The first request with this key has not been answered yet."""

    code = "idempotency.in_progress"


class Progress(StrEnum):
    STARTED = "started"  # its effect is committed, its answer is not known yet
    LEFT = "left"  # the saga stopped half way, and says so: the next repeat goes on with it
    ANSWERED = "answered"


class IdempotencyKey(Base):
    """What a key stood for and what was answered. `scope` is who used it, so keys never cross.

    While there is no status, `body` names what the saga made, for whoever goes on with it.
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """A saga that nobody runs any more. The caller owns it now: go on, then record the answer."""

    subject: str


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Return what two requests must share to be the same request."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def claim(
    db: AsyncSession,
    *,
    scope: str,
    key: str,
    fingerprint: bytes,
    now: datetime,
    subject: str | None = None,
) -> Answer | Interrupted | None:
    """Claim a key in the transaction of its effect; None means: go ahead, you are the first.

    A saga names as its `subject` what it is about to make, for whoever has to go on with it.
    A second request waits here on the first one's row, then reads its answer. Raises
    `KeyReused` for another request under the same key, `InProgress` while the first still runs.
    """
    body = subject.encode() if subject else None
    mine = {"scope": scope, "key": key}
    asked = _CLAIM(
        **mine, fingerprint=fingerprint, progress=Progress.STARTED, body=body, created_at=now
    )
    (claimed,) = await send(db, asked)
    if claimed:
        return None
    ((first,),) = await send(db, _FIRST(**mine))
    if first.fingerprint != fingerprint:
        raise KeyReused("This idempotency key was used for another request. Make a new one.")
    if first.status is not None:
        return Answer(status=first.status, body=first.body)
    return await _take_over(db, scope=scope, key=key, now=now)


async def leave(db: AsyncSession, *, scope: str, key: str) -> None:
    """Say that a saga stopped before its answer was known, so that a repeat may go on at once."""
    await db.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.scope == scope,
            IdempotencyKey.key == key,
            IdempotencyKey.status.is_(None),
        )
        .values(progress=Progress.LEFT)
    )


async def record(db: AsyncSession, *, scope: str, key: str, answer: Answer) -> Answer:
    """Keep the answer of a claimed key, in the transaction that makes it true; return it.

    The first answer stays: should another have gone on with the saga, its answer is returned.
    """
    mine = {"scope": scope, "key": key}
    (kept,) = await send(db, _RECORD(**mine, status=answer.status, body=answer.body))
    if kept:
        return answer
    ((first,),) = await send(db, _FIRST(**mine))
    return Answer(status=first.status, body=first.body)


async def _take_over(db: AsyncSession, *, scope: str, key: str, now: datetime) -> Interrupted:
    """Make a saga that was left behind ours: one statement, so that only one repeat gets it."""
    is_left = or_(
        IdempotencyKey.progress == Progress.LEFT,
        and_(IdempotencyKey.progress == Progress.STARTED, IdempotencyKey.created_at <= now - LEASE),
    )
    subject = await db.scalar(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.scope == scope,
            IdempotencyKey.key == key,
            IdempotencyKey.status.is_(None),
            is_left,
        )
        .values(progress=Progress.STARTED, created_at=now)
        .returning(IdempotencyKey.body)
    )
    if subject is None:
        raise InProgress("The first request with this key is still running. Ask again shortly.")
    return Interrupted(subject=subject.decode())


_MINE: Final = and_(
    IdempotencyKey.scope == bindparam("scope"), IdempotencyKey.key == bindparam("key")
)
_CLAIM: Final = Statement(
    insert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.key),
    columns=("scope", "key", "fingerprint", "progress", "body", "created_at"),
)
_FIRST: Final = Statement(
    select(IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.body).where(_MINE)
)
_RECORD: Final = Statement(
    update(IdempotencyKey)
    .where(_MINE, IdempotencyKey.status.is_(None))
    .values(progress=Progress.ANSWERED, status=bindparam("status"), body=bindparam("body"))
    .returning(IdempotencyKey.key)
)
