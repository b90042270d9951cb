"""Statements sent together: in order, in one transaction, with errors as the session tells them."""

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.organization.models import Market
from sellier.infra.batch import Statement, inserting, send
from sellier.kernel.ids import MarketId, new_id

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
