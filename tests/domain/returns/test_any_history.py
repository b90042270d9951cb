"""Any history of what comes back: after every step all invariants hold."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries as order_queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.states import NOT_PICKED, Cause, Work
from sellier.domain.payments.models import Payment
from sellier.domain.promising.states import Way
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.rules import Finding
from sellier.domain.returns.service import Handed
from sellier.domain.returns.states import Disposition, Look, ReturnState
from sellier.infra import db as databases
from sellier.infra import postgres
from sellier.invariants.check import breaches
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import ReturnId, Sku, new_id
from sellier.migrations.schema import METADATA
from tests.conftest import NOON
from tests.domain.returns import make, swap
from tests.domain.returns.make import BY, Arrived
from tests.domain.returns.swap import BLUE, LARGE, MINE
from tests.domain.stock import make as stock

Result = TypeVar("Result")
IS_SOAK = hypothesis_settings.get_current_profile_name() == "soak"
LOOKS = st.sampled_from((Look.AS_NEW, Look.WORN))
DISPOSITIONS = st.sampled_from(Disposition)
WANTED = st.sampled_from((LARGE, LARGE, BLUE, MINE))
UNITS = st.integers(1, 3)


class Counter(RuleBasedStateMachine):
    """Two places, customers who give back what they like, and a carrier that fails."""

    database: postgres.Database

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = databases.engine(self.database.url(postgres.WORKER), connections=6)
        self.sessions = databases.sessions(self.engine)
        self.now = NOON
        self.bought: list[Arrived] = []
        self.back: list[ReturnId] = []

    def run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(doing)

    def attempt(self, doing: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        """Do what may be refused; what is refused leaves nothing behind."""

        async def once() -> Any:
            try:
                async with self.sessions.begin() as db:
                    return await doing(db)
            except Refusal:
                return None

        return self.run(once())

    @initialize()
    def open(self) -> None:
        async def doing() -> swap.Rack:
            found = await swap.rack(self.sessions, here={LARGE: 6, BLUE: 3}, there={LARGE: 2})
            async with self.sessions.begin() as db:
                await stock.more(
                    db, location_id=found.shop.location_id, units=80, now=self.now, sku=MINE
                )
            return found

        rack = self.run(doing())
        self.shop, self.other = rack.shop, rack.boutique

    @rule(quantity=st.integers(1, 4), fate=st.sampled_from(("arrives", "arrives", "back", "lost")))
    def buy(self, quantity: int, fate: str) -> None:
        async def doing() -> Arrived:
            return await make.handed_over(self.sessions, self.shop, now=self.now, quantity=quantity)

        order = self.run(doing())
        self.bought.append(order)
        work = order.work

        async def carried(db: AsyncSession) -> ReturnId | None:
            if fate == "arrives":
                await orders.deliver(db, fulfillment_id=work, by="carrier", now=self.now)
                return None
            if fate == "back":
                return await returns.sent_back(db, fulfillment_id=work, now=self.now)
            await orders.lose(db, fulfillment_id=work, by="carrier", now=self.now, note=None)
            return await returns.lost(db, fulfillment_id=work, now=self.now)

        if return_id := self.attempt(carried):
            self.back.append(return_id)

    @precondition(lambda self: self.bought)
    @rule(which=st.integers(0, 9), quantity=st.integers(1, 5))
    def announce(self, which: int, quantity: int) -> None:
        order = self.bought[which % len(self.bought)]

        async def doing() -> ReturnId | None:
            try:
                return await make.announced(self.sessions, order, now=self.now, quantity=quantity)
            except Refusal:
                return None

        if return_id := self.run(doing()):
            self.back.append(return_id)

    @precondition(lambda self: self.bought)
    @rule(which=st.integers(0, 9), line=st.integers(0, 3), quantity=UNITS, wanted=WANTED)
    def exchange(self, which: int, line: int, quantity: int, wanted: Sku) -> None:
        order = self.bought[which % len(self.bought)]

        async def doing() -> ReturnId | None:
            lines = (await swap.whole(self.sessions, order.order_id)).lines
            try:
                return await swap.announced(
                    self.sessions,
                    order,
                    wanted,
                    now=self.now,
                    quantity=quantity,
                    line_id=lines[line % len(lines)].id,
                )
            except Refusal:
                return None

        if return_id := self.run(doing()):
            self.back.append(return_id)

    @precondition(lambda self: self.bought)
    @rule(which=st.integers(0, 9), fate=st.sampled_from(("sent", "sent", "lost", "canceled")))
    def go_on_with_what_replaces(self, which: int, fate: str) -> None:
        order_id = self.bought[which % len(self.bought)].order_id

        async def doing(db: AsyncSession) -> None:
            found = await order_queries.order(db, order_id=order_id)
            assert found is not None
            new = {line.id for line in found.lines if line.replaces}
            for work in found.fulfillments:
                if not new.intersection(work.parts):
                    continue
                if fate == "sent" and work.state is Work.OFFERED and work.way is Way.SHIP:
                    await swap.brought(db, work.id, now=self.now)
                elif fate == "lost" and work.state in (Work.SET_ASIDE, Work.OFFERED):
                    cause = Cause.NOT_FOUND
                    await orders.reject(
                        db, fulfillment_id=work.id, cause=cause, by=BY, now=self.now
                    )
                    return
                elif fate == "canceled" and work.state in NOT_PICKED:
                    await orders.cancel_units(
                        db, order_id=order_id, units=work.parts, by=BY, now=self.now
                    )
                    return

        self.attempt(doing)
        self.attempt(lambda db: orders.source(db, order_id=order_id, why="test", now=self.now))
        self.attempt(lambda db: orders.fall_back(db, order_id=order_id, now=self.now))

    @precondition(lambda self: self.bought)
    @rule(
        which=st.integers(0, 9),
        quantity=UNITS,
        look=LOOKS,
        goes=DISPOSITIONS,
        wanted=st.none() | WANTED,
    )
    def hand_over_the_counter(
        self, which: int, quantity: int, look: Look, goes: Disposition, wanted: Sku | None
    ) -> None:
        order = self.bought[which % len(self.bought)]
        return_id = ReturnId(new_id())
        wish = make.wish(order, quantity)
        if wanted is not None:
            wish = swap.wish(order.line_id, wanted, quantity=quantity, at=self.other)
        handed = [Handed(wish=wish, look=look, disposition=goes)]

        async def doing(db: AsyncSession) -> ReturnState:
            return await returns.take_back(
                db,
                return_id=return_id,
                order_id=order.order_id,
                handed=handed,
                at=self.other,
                by=BY,
                now=self.now,
            )

        if self.attempt(doing) is not None:
            self.back.append(return_id)

    @precondition(lambda self: self.back)
    @rule(which=st.integers(0, 19), units=st.integers(0, 4), is_here=st.booleans())
    def receive(self, which: int, units: int, is_here: bool) -> None:  # noqa: FBT001  hypothesis
        return_id = self.back[which % len(self.back)]
        place = self.shop.location_id if is_here else self.other

        async def doing(db: AsyncSession) -> None:
            found = await queries.return_of(db, return_id=return_id)
            assert found is not None
            counted = {line.id: min(units, line.quantity) for line in found.lines}
            await returns.receive(
                db, return_id=return_id, at=place, received=counted, by=BY, now=self.now
            )

        self.attempt(doing)

    @precondition(lambda self: self.back)
    @rule(which=st.integers(0, 19), look=LOOKS, goes=st.lists(DISPOSITIONS, min_size=4, max_size=4))
    def inspect(self, which: int, look: Look, goes: Sequence[Disposition]) -> None:
        return_id = self.back[which % len(self.back)]

        async def doing(db: AsyncSession) -> None:
            found = await queries.return_of(db, return_id=return_id)
            assert found is not None
            told = {
                line.id: [
                    Finding(quantity=1, look=look, disposition=each) for each in goes[: line.units]
                ]
                for line in found.lines
            }
            await returns.inspect(db, return_id=return_id, findings=told, by=BY, now=self.now)

        self.attempt(doing)

    @precondition(lambda self: self.back)
    @rule(which=st.integers(0, 19), verb=st.sampled_from(("settle", "cancel", "send")))
    def move_on(self, which: int, verb: str) -> None:
        return_id = self.back[which % len(self.back)]
        self.attempt(
            lambda db: getattr(returns, verb)(db, return_id=return_id, by=BY, now=self.now)
        )

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

        async def doing(db: AsyncSession) -> None:
            for return_id in await queries.due_to_lapse(db, now=self.now):
                await returns.lapse(db, return_id=return_id, now=self.now)
            for return_id in await queries.due_to_let_go(db, now=self.now):
                await returns.end_exchange(db, return_id=return_id, now=self.now)

        self.attempt(doing)

    @invariant()
    def all_invariants_hold(self) -> None:
        async def doing() -> None:
            async with self.sessions() as db:
                assert not await breaches(db)
                for payment in await db.scalars(select(Payment)):
                    assert payment.refund_due_minor <= payment.amount_minor

        self.run(doing())

    def teardown(self) -> None:
        self.run(self.leave())
        self.runner.close()

    async def leave(self) -> None:
        await self.engine.dispose()
        owner = databases.engine(self.database.url(postgres.OWNER), connections=1)
        tables = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
        async with owner.begin() as connection:
            await connection.execute(text(f"TRUNCATE {tables} CASCADE"))
        await owner.dispose()


def test_any_history_of_returns_keeps_every_invariant(database: postgres.Database) -> None:
    class Here(Counter):
        pass

    Here.database = database
    run_state_machine_as_test(
        Here,
        settings=hypothesis_settings(
            max_examples=200 if IS_SOAK else 8,
            stateful_step_count=60 if IS_SOAK else 25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
