"""Statements sent together: in order, in one transaction, with errors as the session tells them."""

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sellier.domain.organization.models import Market
from sellier.infra.batch import Statement, inserting, later, send
from sellier.kernel.ids import MarketId, new_id
from tests.recording import recorded

Sessions = async_sessionmaker[AsyncSession]

OPEN = inserting(Market)
BY_CODE = Statement(select(Market.id, Market.currency).where(Market.code == bindparam("code")))
NOTHING = Statement(text("SELECT 1 WHERE false"))


def market(code: str) -> dict[str, object]:
    return {
        "id": MarketId(new_id()),
        "code": code,
        "country": "FR",
        "currency": "EUR",
        "languages": ["fr", "en"],
    }


async def test_answers_come_in_the_order_of_the_questions(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        written, found, nothing = await send(
            db, OPEN(**market("FR")), BY_CODE(code="FR"), NOTHING()
        )

    assert (list(written), list(nothing)) == ([], [])
    assert [row.currency for row in found] == ["EUR"]


async def test_a_batch_sees_what_the_session_has_not_sent_yet(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        db.add(Market(**market("FR")))
        (found,) = await send(db, BY_CODE(code="FR"))

    assert len(found) == 1


async def test_what_waits_leaves_with_what_is_sent_next_and_ahead_of_it(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    async with sessions.begin() as db:
        (asked,) = later(db, OPEN(**market("FR")), BY_CODE(code="FR"))[1:]
        with recorded(engine) as sent:
            (found,) = await send(db, BY_CODE(code="FR"))

    assert len(asked.rows) == len(found) == 1
    assert len([statement for statement, _ in sent if statement != "BEGIN"]) == 3


async def test_no_statement_of_the_session_overtakes_what_waits(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        later(db, OPEN(**market("FR")))
        assert await db.scalar(select(Market.currency).where(Market.code == "FR")) == "EUR"


@pytest.mark.parametrize("before", [0, 1])
async def test_what_waits_leaves_before_commit(sessions: Sessions, before: int) -> None:
    async with sessions.begin() as db:
        for _ in range(before):
            await send(db, NOTHING())
        later(db, OPEN(**market("FR")))

    assert await _codes(sessions) == ["FR"]


async def test_what_waits_is_forgotten_with_its_transaction(sessions: Sessions) -> None:
    async with sessions() as db:
        await send(db, NOTHING())
        later(db, OPEN(**market("FR")))
        await db.rollback()
        later(db, OPEN(**market("GB")))
        await db.commit()

    assert await _codes(sessions) == ["GB"]


async def test_what_waits_stays_on_its_side_of_a_savepoint(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        later(db, OPEN(**market("FR")))
        inner = await db.begin_nested()
        later(db, OPEN(**market("GB")))
        await inner.rollback()
        async with db.begin_nested():
            later(db, OPEN(**market("IT")))
        later(db, OPEN(**market("US")))

    assert await _codes(sessions) == ["FR", "IT", "US"]


async def test_what_fails_at_commit_leaves_nothing(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError):
        async with sessions.begin() as db:
            later(db, OPEN(**market("FR")), OPEN(**market("FR")))

    assert await _codes(sessions) == []


async def _codes(sessions: Sessions) -> list[str]:
    async with sessions.begin() as db:
        return list(await db.scalars(select(Market.code).order_by(Market.code)))


async def test_one_that_fails_undoes_them_all_and_leaves_the_connection_sound(
    sessions: Sessions,
) -> None:
    with pytest.raises(IntegrityError):
        async with sessions.begin() as db:
            await send(db, OPEN(**market("FR")), OPEN(**market("FR")), OPEN(**market("GB")))

    async with sessions() as db:
        first, second = await send(db, BY_CODE(code="FR"), BY_CODE(code="GB"))
    assert (list(first), list(second)) == ([], [])


async def test_fixed_values_of_a_statement_go_with_it(sessions: Sessions) -> None:
    fixed = Statement(
        insert(Market).values(
            id=bindparam("row"), code="US", country="US", currency="USD", languages=["en"]
        )
    )
    async with sessions.begin() as db:
        _, found = await send(db, fixed(row=new_id()), BY_CODE(code="US"))

    assert found[0].currency == "USD"
