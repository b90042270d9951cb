"""Units that are read and then written, instead of added: the history says whose are lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.models import Reservation, StockPosition
from sellier.domain.stock.service import Units
from sellier.domain.stock.states import ReservationState
from sellier.kernel.ids import OrderId, ReservationId, new_id
from tests.conftest import EMPTY, together
from tests.histories import plots
from tests.histories.checker import Kind, anomalies
from tests.histories.recorder import Recorder


async def read_then_written(
    db: AsyncSession, *, order_id: OrderId, units: Sequence[Units], lasts: timedelta, now: datetime
) -> None:
    for one in sorted(units, key=lambda each: each.sku):
        which = StockPosition.sku == one.sku, StockPosition.location_id == one.location_id
        seen = await db.scalar(select(StockPosition.reserved).where(*which))
        assert seen is not None
        if seen + one.quantity > 9:
            raise OutOfStock(sku=one.sku, location_id=one.location_id, quantity=one.quantity)
        await db.execute(update(StockPosition).where(*which).values(reserved=seen + one.quantity))
        db.add(
            Reservation(
                id=ReservationId(new_id()),
                order_id=order_id,
                order_line_id=one.line_id,
                sku=one.sku,
                location_id=one.location_id,
                quantity=one.quantity,
                state=ReservationState.OPEN,
                expires_at=now + lasts,
            )
        )
        await db.flush()


async def test_units_that_are_read_then_written_are_a_lost_update(
    recorder: Recorder, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "reserve", read_then_written)
    monkeypatch.setattr(plots, "VERBS", ("reserve",))
    await plots.buyers(recorder, seed=0, rounds=3, now=noon)
    found = anomalies(recorder.history())
    together(recorder.owner, EMPTY)
    assert Kind.LOST_UPDATE in {one.kind for one in found}
