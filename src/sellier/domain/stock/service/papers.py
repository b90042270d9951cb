"""What transfers, counts and purchase orders share: a number, a version, and a history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations import queries as locations
from sellier.domain.stock import queries
from sellier.domain.stock.errors import (
    LocationClosed,
    PaperChanged,
    PaperNotFound,
    UnknownPlace,
)
from sellier.domain.stock.models import PAPER_NUMBER, Paper, PaperTransition
from sellier.kernel.ids import LocationId, Sku

P = TypeVar("P", bound=Paper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Somebody's turn at a paper: which, as they saw it. `key` is their form's own.

    Without a version it does not matter what others did meanwhile: several may count one shelf.
    """

    paper_id: UUID
    version: int | None
    key: UUID


async def begun(db: AsyncSession, model: type[P], turn: Turn) -> P | None:
    """Lock a paper for somebody's turn; None when this very form was heard before.

    Raises `PaperNotFound`, and `PaperChanged` when somebody else was quicker.
    """
    paper = await db.get(model, turn.paper_id, with_for_update=True, populate_existing=True)
    if paper is None:
        raise PaperNotFound("There is no such paper. Go back to the list.")
    heard = exists().where(
        PaperTransition.paper_id == turn.paper_id, PaperTransition.key == turn.key
    )
    if await db.scalar(select(heard)):
        return None
    if turn.version not in (None, paper.version):
        raise PaperChanged("Somebody changed this meanwhile. Look again, then decide.")
    return paper


def ended(
    db: AsyncSession,
    paper: Paper,
    turn: Turn,
    *,
    event: StrEnum,
    states: tuple[StrEnum, StrEnum],
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Write what a turn did: a row of history, and a new version."""
    before, after = states
    paper.version += 1
    db.add(
        PaperTransition(
            paper_id=turn.paper_id,
            key=turn.key,
            event=event,
            before=before,
            after=after,
            note=note,
            by=by,
            at=now,
        )
    )


async def number(db: AsyncSession, letter: str, *, now: datetime) -> str:
    """Draw the number of a new paper."""
    drawn = await db.scalar(select(PAPER_NUMBER.next_value()))
    return f"{letter}-{now.year}-{drawn:06d}"


async def check_known(
    db: AsyncSession, *, skus: Iterable[Sku], location_ids: Iterable[LocationId]
) -> None:
    """Refuse SKUs and locations that there are not. Raises `UnknownPlace`."""
    wanted, places = set(skus), set(location_ids)
    known = await queries.known(db, skus=wanted, location_ids=places)
    if missing := sorted(wanted - known.skus):
        raise UnknownPlace(f"There is no SKU {missing[0]}.", sku=missing[0])
    if places - known.location_ids:
        raise UnknownPlace("There is no such location.")


async def check_open(db: AsyncSession, *, location_id: LocationId) -> None:
    """Refuse a location that is closed; it stays open until the transaction ends.

    Raises `LocationClosed`.
    """
    for code in await locations.closed_among(db, location_ids=(location_id,)):
        raise LocationClosed(location=code)
