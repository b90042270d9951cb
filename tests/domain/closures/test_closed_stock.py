"""A closed location counts and receives nothing, and refusing it changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures.service import reopen
from sellier.domain.stock.errors import LocationClosed
from sellier.domain.stock.rules.arrivals import Arrived
from sellier.domain.stock.service import counts, purchases, transfers
from sellier.domain.stock.service.papers import Turn
from sellier.kernel.ids import (
    ClosureId,
    PurchaseOrderId,
    Sku,
    StockCountId,
    TransferId,
    new_id,
)
from tests.domain.closures import make
from tests.domain.closures.make import Network
from tests.domain.orders import make as shops

Sessions = async_sessionmaker[AsyncSession]
Act = Callable[[AsyncSession], Awaitable[object]]
SKU = Sku(shops.SKU)
BY = "staff:test"
TABLES = (
    "stock_count",
    "stock_count_line",
    "transfer",
    "transfer_line",
    "purchase_order",
    "purchase_order_line",
    "stock_paper_transition",
    "stock_position",
    "stock_movement",
    "outbox",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """A boutique that has closed while a count, a transfer and a purchase order were open there."""

    found: Network
    count: StockCountId
    draft: TransferId
    sent: TransferId
    purchase: PurchaseOrderId
    closure_id: ClosureId
    now: datetime


@pytest.fixture
async def papers(sessions: Sessions, noon: datetime) -> Papers:
    count, draft, sent = StockCountId(new_id()), TransferId(new_id()), TransferId(new_id())
    purchase = PurchaseOrderId(new_id())
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=5, elsewhere=[5])
        await _count(db, found, count, now=noon)
        for transfer in (draft, sent):
            await _transfer(db, found, transfer, now=noon)
            await transfers.request(db, turn=_turn(transfer), by=BY, now=noon)
        await _send(db, sent, now=noon)
        await purchases.expect(
            db,
            purchase_order_id=purchase,
            reference="4500012",
            supplier="Tannerie Merle",
            location_id=found.closing,
            expected_at=noon + timedelta(days=3),
            lines={SKU: 2},
            now=noon,
        )
    closure_id = await make.closed(sessions, found.closing, now=noon)
    return Papers(
        found=found,
        count=count,
        draft=draft,
        sent=sent,
        purchase=purchase,
        closure_id=closure_id,
        now=noon,
    )


async def test_a_count_or_a_delivery_at_a_closed_location_changes_nothing(
    papers: Papers, sessions: Sessions
) -> None:
    before = await _held(sessions)
    for act in _acts(papers):
        with pytest.raises(LocationClosed, match="Open it again first"):
            async with sessions.begin() as db:
                await act(db)
    assert await _held(sessions) == before


async def test_all_of_it_goes_on_once_it_is_open_again(papers: Papers, sessions: Sessions) -> None:
    async with sessions.begin() as db:
        await reopen(db, closure_id=papers.closure_id, by=BY, now=papers.now)
    for act in _acts(papers):
        async with sessions.begin() as db:
            await act(db)


def _acts(papers: Papers) -> list[Act]:
    """Return what is done with papers, in an order in which all of it could be."""
    found, now = papers.found, papers.now
    one = {SKU: Arrived(sound=1)}
    return [
        lambda db: _count(db, found, StockCountId(new_id()), now=now),
        lambda db: counts.tally(db, turn=_turn(papers.count), found={SKU: 4}, by=BY, now=now),
        lambda db: _transfer(db, found, TransferId(new_id()), now=now),
        lambda db: _send(db, papers.draft, now=now),
        lambda db: transfers.receive(db, turn=_turn(papers.sent), arrived=one, by=BY, now=now),
        lambda db: purchases.receive(db, turn=_turn(papers.purchase), arrived=one, by=BY, now=now),
    ]


def _turn(paper_id: UUID) -> Turn:
    return Turn(paper_id=paper_id, version=None, key=new_id())


async def _count(db: AsyncSession, found: Network, count: StockCountId, *, now: datetime) -> None:
    await counts.open_count(
        db,
        count_id=count,
        location_id=found.closing,
        skus=[SKU],
        shelf=None,
        tolerance=1,
        now=now,
    )


async def _transfer(
    db: AsyncSession, found: Network, transfer: TransferId, *, now: datetime
) -> None:
    await transfers.draft(
        db,
        transfer_id=transfer,
        origin_id=found.others[0],
        destination_id=found.closing,
        lines={SKU: 1},
        expected_at=None,
        now=now,
    )


async def _send(db: AsyncSession, transfer: TransferId, *, now: datetime) -> None:
    await transfers.send(db, turn=_turn(transfer), sent={SKU: 1}, expected_at=None, by=BY, now=now)


async def _held(sessions: Sessions) -> list[str]:
    query = "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
    async with sessions() as db:
        return [await db.scalar(text(query.format(name))) or "" for name in TABLES]
