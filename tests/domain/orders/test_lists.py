from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders.rules import OrderStatus
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]


async def three_orders(sessions: Sessions, noon: datetime) -> list[str]:
    """One confirmed, one refused and so canceled, one whose payment is not decided."""
    numbers = []
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
    for token in ("tok_approve", "tok_refuse", None):
        async with sessions.begin() as db:
            cart_id = await make.cart(db, shop, now=noon)
        async with sessions.begin() as db:
            placed = await make.check_out(db, cart_id, now=noon)
        await make.pay(sessions, placed, now=noon, token=token)
        numbers.append(placed.number)
    return numbers


async def test_the_condition_of_a_status_finds_what_the_rule_derives(
    sessions: Sessions, noon: datetime
) -> None:
    await three_orders(sessions, noon)
    async with sessions() as db:
        everything = await queries.orders(db)
        for wanted in OrderStatus:
            found = await queries.orders(db, wanted=wanted)
            assert found == [row for row in everything if row.status is wanted]
    assert {row.status for row in everything} == {
        OrderStatus.CONFIRMED,
        OrderStatus.CANCELED,
        OrderStatus.AWAITING_PAYMENT,
    }


async def test_orders_are_found_by_number_mail_and_name_and_read_page_by_page(
    sessions: Sessions, noon: datetime
) -> None:
    numbers = await three_orders(sessions, noon)
    async with sessions() as db:
        by_number = await queries.orders(db, words=numbers[0].lower())
        by_name = await queries.orders(db, words="hautefeuille")
        nothing = await queries.orders(db, words="100%_")
        first = await queries.orders(db, limit=2)
        rest = await queries.orders(db, before=first[-1].id)
    assert [row.number for row in by_number] == [numbers[0]]
    assert len(by_name) == 3
    assert nothing == []
    assert [row.number for row in (*first, *rest)] == numbers[::-1]
