"""I18: what staff did cannot be changed, left out or cut off without being noticed."""

import asyncio
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.invariants import audit
from sellier.kernel.ids import FulfillmentId
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
ADA = "staff:ada"


async def a_day_of_work(sessions: Sessions, now: datetime) -> FulfillmentId:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)
    bought = await make.bought(sessions, shop, now=now, quantity=2)
    (work,) = bought.works
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by=ADA, now=now)
    async with sessions.begin() as db:
        await orders.hold(db, fulfillment_id=work, reason="Ask first", by=ADA, now=now)
    async with sessions.begin() as db:
        await orders.pick(db, fulfillment_id=work, missing={}, by=ADA, now=now)
    return work


def noticed(owner: psycopg.Connection, change: str) -> list[list[object]]:
    """Change something behind everybody's back, tell what is noticed, and take it back."""
    with owner.transaction(force_rollback=True):
        owner.execute(change.encode())
        return [
            [row[0] for row in owner.execute(each.query.encode()).fetchall()]
            for each in audit.INVARIANTS
        ]


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ('UPDATE staff_action SET entry = entry || \'{"by": "staff:eve"}\' WHERE number = 2', 2),
        ("UPDATE staff_action SET hash = sha256('other') WHERE number = 1", 1),
        ("DELETE FROM staff_action WHERE number = 2", 3),
        ("UPDATE staff_action SET history = 'loan' WHERE number = 3", 3),
    ],
)
async def test_the_first_bad_record_is_named(
    sessions: Sessions, owner: psycopg.Connection, noon: datetime, *, change: str, first_bad: int
) -> None:
    await a_day_of_work(sessions, noon)
    chain, _ = noticed(owner, change)
    assert chain[0] == first_bad


async def test_a_tail_that_is_cut_off_is_missed(
    sessions: Sessions, owner: psycopg.Connection, noon: datetime
) -> None:
    await a_day_of_work(sessions, noon)
    chain, missing = noticed(owner, "DELETE FROM staff_action WHERE number = 3")
    assert chain == []
    assert missing == ["fulfillment_transition"]


async def test_nobody_who_acts_may_write_or_change_it(sessions: Sessions, noon: datetime) -> None:
    await a_day_of_work(sessions, noon)
    for statement in (
        "DELETE FROM staff_action",
        "UPDATE staff_action SET number = number + 1",
        "INSERT INTO staff_action VALUES (9, 'loan', '{}', '')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with sessions.begin() as db:
                await db.execute(text(statement))


async def test_what_is_undone_is_not_in_it_and_the_numbers_have_no_gap(
    sessions: Sessions, noon: datetime, owner: psycopg.Connection
) -> None:
    work = await a_day_of_work(sessions, noon)
    async with sessions() as db:
        await orders.release(db, fulfillment_id=work, by=ADA, now=noon)
        await db.rollback()
    async with sessions.begin() as db:
        await orders.release(db, fulfillment_id=work, by=ADA, now=noon)
    found = owner.execute("SELECT number, history FROM staff_action ORDER BY number").fetchall()
    assert found == [
        (1, "fulfillment_transition"),
        (2, "fulfillment_hold"),
        (3, "fulfillment_transition"),
        (4, "fulfillment_hold"),
    ]


async def test_many_who_act_at_once_make_one_chain(
    sessions: Sessions, noon: datetime, owner: psycopg.Connection
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=8)
    works = [(await make.bought(sessions, shop, now=noon)).works[0] for _ in range(8)]

    async def accept(work: FulfillmentId) -> None:
        async with sessions.begin() as db:
            await orders.accept(db, fulfillment_id=work, by=ADA, now=noon)

    await asyncio.gather(*map(accept, works))
    assert owner.execute("SELECT count(*), max(number) FROM staff_action").fetchone() == (8, 8)
