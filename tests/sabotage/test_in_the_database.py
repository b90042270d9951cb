"""The same for the real verbs: a fault planted into them makes a quick test of ours fail."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service as stock
from sellier.domain.stock.service.allocate import _COMMIT
from sellier.domain.stock.service.reserve import _TAKE
from sellier.invariants.check import breaches
from tests.conftest import EMPTY, together
from tests.domain.orders.test_pay import (
    test_twenty_buyers_of_three_bags_make_exactly_three_orders as _twenty_buyers,
)
from tests.domain.stock.test_allocate import (
    test_what_is_not_there_is_not_committed as _commits,
)
from tests.faults.test_races import (
    test_an_ended_reservation_is_no_reason_to_turn_a_buyer_away as _ended,
)

Sessions = async_sessionmaker[AsyncSession]
Test = Callable[[Sessions, datetime], Awaitable[None]]
CONDITION: Final = "stock_position.available >= "


async def _frees_nothing(*_given: object, **_named: object) -> int:
    return 0


def _without_condition(statement: Any) -> str:
    sql: str = statement._sql
    assert CONDITION in sql
    return sql.replace(CONDITION, "stock_position.available + 1000 >= ")


PLANTED: Final[dict[str, tuple[Any, str, Callable[[], object], Test]]] = {
    "units are taken without a condition": (
        _TAKE,
        "_sql",
        lambda: _without_condition(_TAKE),
        _twenty_buyers,
    ),
    "the destination is not checked when units move": (
        _COMMIT,
        "_sql",
        lambda: _without_condition(_COMMIT),
        _commits,
    ),
    "availability depends on the sweeper": (stock, "expire", lambda: _frees_nothing, _ended),
}


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_fault_is_noticed(
    name: str,
    sessions: Sessions,
    owner: psycopg.Connection,
    noon: datetime,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where, attribute, fault, test = PLANTED[name]
    monkeypatch.setattr(where, attribute, fault())
    is_noticed = True
    with contextlib.suppress(Exception):  # any failure is one that somebody would see
        await test(sessions, noon)
        is_noticed = False
    async with sessions() as db:
        is_noticed |= bool(await breaches(db))
    together(owner, EMPTY)
    assert is_noticed
