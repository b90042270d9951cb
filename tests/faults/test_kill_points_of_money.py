"""Whoever asks for a capture or a refund dies at every step; the money moves once all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from sellier.domain.orders.service import Placed
from sellier.domain.payments import jobs, queries
from sellier.domain.payments import service as payments
from sellier.domain.payments.queries import PaymentRead
from sellier.kernel.ids import PaymentOperationId
from sellier.kernel.money import Money
from tests.domain.orders import make
from tests.domain.orders.make import Shop
from tests.faults import dying
from tests.faults.books import Outside
from tests.faults.test_kill_points import ENOUGH, World, world

__all__ = ["world"]

PART = Money(10_00, "EUR")


async def _sold(world: World, shop: Shop) -> Placed:
    now = datetime.now(UTC)
    async with world.sessions.begin() as db:
        cart_id = await make.cart(db, shop, now=now)
    async with world.sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=now)
    await make.pay(world.sessions, placed, now=now, at=world.provider)
    return placed


async def _due(world: World, placed: Placed, *, kind: str) -> PaymentOperationId:
    """Leave one operation due; a refund finds its money taken."""
    now = datetime.now(UTC)
    async with world.sessions.begin() as db:
        capture = await payments.capture_due(
            db, order_id=placed.order_id, amount=PART, source="capture", now=now
        )
    if kind == "capture":
        return capture
    await payments.operate(world.sessions, world.provider, operation_id=capture, now=now)
    async with world.sessions.begin() as db:
        return await payments.refund_due(
            db, order_id=placed.order_id, amount=PART, source="refund", now=now
        )


async def _payment(world: World, placed: Placed) -> PaymentRead:
    async with world.sessions.begin() as db:
        found = await queries.payment(db, payment_id=placed.payment_id)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ["capture", "refund"])
async def test_whoever_moves_money_may_die_anywhere(world: World, kind: str) -> None:
    async with world.sessions.begin() as db:
        shop = await make.shop(db, on_hand=ENOUGH)
    first = await _sold(world, shop)
    operation_id = await _due(world, first, kind=kind)
    whole = await world.buyers.send({"operation_id": str(operation_id), "dies_at": None})
    assert whole["status"] == "done"
    steps = whole["steps"]

    died = []
    for number in range(len(steps)):
        placed = await _sold(world, shop)
        died.append(placed)
        operation_id = await _due(world, placed, kind=kind)
        ended = await world.buyers.send({"operation_id": str(operation_id), "dies_at": number})
        assert ended == {"code": dying.DIED}, steps[number]
    outside = Outside(client=world.client, url=world.known.payments_url)
    later = datetime.now(UTC) + timedelta(minutes=1)
    await jobs.operate_due(outside.context(world.sessions, world.known, now=later), [])

    for placed in (first, *died):
        told = await world.provider.find(payment_id=placed.payment_id)
        assert told is not None
        ours = (await _payment(world, placed)).balance
        assert (told.captured, ours.captured, ours.capture_due.minor) == (PART, PART, 0)
        refunded = PART if kind == "refund" else Money(0, "EUR")
        assert (told.refunded, ours.refunded, ours.refund_due.minor) == (refunded, refunded, 0)
