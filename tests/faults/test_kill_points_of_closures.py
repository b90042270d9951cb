"""Whoever carries out a closure dies between any two of its transactions; the next one goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures.service import carry_out
from sellier.domain.closures.states import ClosureState, MoveState
from tests.domain.closures import make
from tests.domain.closures.test_carry_out import begun, moves

Sessions = async_sessionmaker[AsyncSession]
ORDERS = 3
TRANSACTIONS = 7  # look, plan, keep, list, and one for each order


class DiedError(Exception):
    pass


@dataclass(slots=True)
class Mortal:
    """Sessions of somebody who dies in the numbered transaction, before or instead of its end."""

    sessions: Sessions
    left: int
    is_before: bool

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        self.left -= 1
        if self.left < 0 and self.is_before:
            raise DiedError
        async with self.sessions.begin() as db:
            yield db
            if self.left < 0:
                raise DiedError  # all was said, nothing was kept


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("number", range(TRANSACTIONS))
async def test_a_closure_goes_on_where_somebody_died(
    sessions: Sessions, noon: datetime, *, number: int, is_before: bool
) -> None:
    found, _ = await begun(sessions, orders_=ORDERS, elsewhere=[2], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    mortal = Mortal(sessions=sessions, left=number, is_before=is_before)
    with pytest.raises(DiedError):
        await carry_out(cast("Sessions", mortal), closure_id=closure_id, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert sorted(await moves(sessions)) == [MoveState.MOVED, MoveState.MOVED, MoveState.WAITS]
    assert await make.allocated(sessions, found.closing) == 0
    assert await make.allocated(sessions, found.others[0]) == 2
    assert await make.state(sessions, closure_id) == ClosureState.CLOSED
