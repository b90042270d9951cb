"""Any history of a small shop: after every step all invariants hold, and in the end all is done."""

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import service as carts
from sellier.domain.carts.errors import NotHot
from sellier.domain.carts.service import Ask, KeptUnits
from sellier.domain.locations.models import Location
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import OrderLine
from sellier.domain.orders.service import Placed
from sellier.domain.orders.states import LineState
from sellier.domain.payments.errors import ProviderUnavailable
from sellier.domain.payments.gateway import HttpPaymentProvider, ProviderState
from sellier.domain.payments.rules import can_void
from sellier.domain.stock import service as stock_service
from sellier.domain.stock.errors import NotThere, OutOfStock
from sellier.domain.stock.models import Reservation, StockPosition
from sellier.domain.stock.rules import Move, inspection
from sellier.domain.stock.states import Cause, Condition, ReservationState
from sellier.infra import db as databases
from sellier.infra import postgres
from sellier.infra.settings import Settings
from sellier.invariants.check import breaches
from sellier.kernel.ids import CartId, LocationId, Sku, new_id
from sellier.migrations.schema import METADATA
from tests.domain.orders import make
from tests.faults import books
from tests.faults.books import Line, Outside
from tests.faults.test_races import SKUS, filled, stocked
from tests.sandbox.fixtures import API_KEY

Result = TypeVar("Result")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IS_SOAK = hypothesis_settings.get_current_profile_name() == "soak"
TOKENS = ("tok_approve", "tok_refuse", "tok_error", "tok_wrong_amount", None)
LATE = timedelta(minutes=25)


def hand(
    sku: Sku, place: LocationId, units: int, aside: Condition | None
) -> tuple[Cause, Sequence[Move]]:
    """Return what somebody does by hand: units found or lost, or set aside or taken back."""
    if aside is None:
        return Cause.ADJUSTMENT, [Move(sku=sku, location_id=place, quantity=units)]
    before, after = Condition.SELLABLE, aside
    if units < 0:
        before, after = after, before
    return Cause.INSPECTION, inspection(
        sku=sku, location_id=place, quantity=abs(units), before=before, after=after
    )


class Shop(RuleBasedStateMachine):
    """Two pieces in two places, customers who may do anything, and a provider that fails."""

    database: postgres.Database
    settings: Settings
    placed = Bundle("placed")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = databases.engine(self.database.url(postgres.WORKER), connections=6)
        self.sessions = databases.sessions(self.engine)
        self.line = Line()
        self.client = httpx.AsyncClient(transport=self.line)
        self.provider = HttpPaymentProvider(
            client=self.client, base_url="http://127.0.0.1:8002", api_key=API_KEY
        )
        self.now = NOON

    def run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(doing)

    @initialize(on_hand=st.integers(1, 3))
    def open(self, on_hand: int) -> None:
        async def doing() -> make.Shop:
            async with self.sessions.begin() as db:
                shop = await stocked(db, places=2, on_hand=on_hand, skus=SKUS[:2])
                await stock_service.set_hot(db, sku=SKUS[0], hot=True, by="ada", now=self.now)
                return shop

        self.shop = self.run(doing())

    @rule(
        target=placed,
        units=st.lists(
            st.tuples(st.sampled_from(SKUS[:2]), st.integers(1, 3)),
            min_size=1,
            max_size=2,
            unique_by=lambda unit: unit[0],
        ),
        asks_first=st.booleans(),
    )
    def place(self, *, units: list[tuple[Any, int]], asks_first: bool) -> Any:
        """I4: nobody is turned away while what they want is there, or only kept for nobody."""

        async def doing() -> Placed | None:
            async with self.sessions.begin() as db:
                cart_id = await filled(db, self.shop, now=self.now, units=units)
            async with self.sessions() as db:
                is_there = all([await self.free(db, sku) >= wanted for sku, wanted in units])
            if asks_first:
                await self.ask(cart_id, units[0])
            try:
                async with self.sessions.begin() as db:
                    placed = await make.check_out(db, cart_id, now=self.now)
            except OutOfStock:
                assert not is_there
                return None
            assert is_there
            return placed

        found = self.run(doing())
        return multiple() if found is None else found

    async def ask(self, cart_id: CartId, unit: tuple[Sku, int]) -> None:
        """I4 for what is in great demand: a cart that asks is given whatever is there."""
        sku, quantity = unit
        asked = Ask(cart_id=cart_id, secret=None, quantity=quantity, now=self.now)
        async with self.sessions.begin() as db:
            is_there = await self.free(db, sku) >= quantity
            (told,) = await carts.keep(db, sku=sku, asked=[asked], now=self.now)
        assert isinstance(told, NotHot) or isinstance(told, KeptUnits) == is_there

    @rule(unit=st.tuples(st.sampled_from(SKUS[:2]), st.integers(1, 2)), ends=st.booleans())
    def ask_and_leave(self, *, unit: tuple[Any, int], ends: bool) -> None:
        """Somebody has units kept for a bag, and never orders; maybe its time is over."""

        async def doing() -> None:
            async with self.sessions.begin() as db:
                cart_id = await filled(db, self.shop, now=self.now, units=[unit])
            await self.ask(cart_id, unit)
            async with self.sessions.begin() as db:
                theirs = Reservation.cart_id == cart_id
                over = (
                    update(Reservation)
                    .where(theirs, literal(value=ends))
                    .values(expires_at=func.now())
                )
                await db.execute(over)

        self.run(doing())

    @rule(sku=st.sampled_from(SKUS[:2]), hot=st.booleans())
    def switch(self, *, sku: Any, hot: bool) -> None:
        """A piece is put in great demand, or is like any other again."""

        async def doing() -> None:
            async with self.sessions.begin() as db:
                await stock_service.set_hot(db, sku=sku, hot=hot, by="ada", now=self.now)

        self.run(doing())

    async def free(self, db: AsyncSession, sku: str) -> int:
        left = select(func.sum(StockPosition.available)).where(StockPosition.sku == sku)
        ended = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
            Reservation.sku == sku,
            Reservation.state == ReservationState.OPEN,
            Reservation.expires_at <= func.now(),
        )
        return (await db.scalar(left) or 0) + (await db.scalar(ended) or 0)

    @rule(order=placed, token=st.sampled_from(TOKENS))
    def pay(self, order: Placed, token: str | None) -> None:
        async def doing() -> None:
            try:
                await make.pay(self.sessions, order, now=self.now, token=token, at=self.provider)
            except ProviderUnavailable:
                assert self.line.is_cut or self.line.loses_answers or token == "tok_error"

        self.run(doing())

    @rule(order=placed)
    def settle_twice(self, order: Placed) -> None:
        """The customer's return and a notice, at the same time."""

        async def one() -> None:
            try:
                await books.hear(self.sessions, self.provider, order, now=self.now)
            except ProviderUnavailable:
                assert self.line.is_cut or self.line.loses_answers

        async def doing() -> None:
            await asyncio.gather(one(), one())

        self.run(doing())

    @rule(order=consumes(placed))
    def give_up(self, order: Placed) -> None:
        async def doing() -> None:
            async with self.sessions.begin() as db:
                await orders.give_up(db, payment_id=order.payment_id, by="customer", now=self.now)

        self.run(doing())

    @rule(order=placed)
    def void_there(self, order: Placed) -> None:
        """Somebody at the provider lets the money go, and we learn of it later or never."""

        async def doing() -> None:
            was_cut, self.line.is_cut, self.line.loses_answers = self.line.is_cut, False, False
            told = await self.provider.find(payment_id=order.payment_id)
            if told is not None and can_void(told.state):
                await self.provider.void(provider_id=told.id, key=f"desk-{told.id}")
                await books.hear(self.sessions, self.provider, order, now=self.now)
            self.line.is_cut = was_cut

        self.run(doing())

    @rule(order=placed)
    def end_reservation(self, order: Placed) -> None:
        async def doing() -> None:
            async with self.sessions.begin() as db:
                mine = Reservation.order_id == order.order_id
                await db.execute(update(Reservation).where(mine).values(expires_at=func.now()))

        self.run(doing())

    @rule(
        sku=st.sampled_from(SKUS[:2]),
        place=st.integers(0, 1),
        units=st.integers(-3, 3).filter(bool),
        aside=st.sampled_from([each for each in Condition if each is not Condition.SELLABLE]),
        comes_or_goes=st.booleans(),
    )
    def move_by_hand(
        self, *, sku: Any, place: int, units: int, aside: Condition, comes_or_goes: bool
    ) -> None:
        """Units come, go and change their condition beside the sales, which keep what they hold."""

        async def doing() -> None:
            async with self.sessions.begin() as db:
                # As orders are sourced: ids are made anew, and a history has to repeat itself.
                places = list(await db.scalars(select(Location.id).order_by(Location.code)))
                cause, moves = hand(sku, places[place], units, None if comes_or_goes else aside)
                await stock_service.move(
                    db, moves=moves, cause=cause, source=f"hand:{new_id()}", by="ada", now=self.now
                )

        with contextlib.suppress(NotThere):
            self.run(doing())

    @rule()
    def sweep(self) -> None:
        async def doing() -> None:
            async with self.sessions.begin() as db:
                await stock_service.expire(db, now=self.now)

        self.run(doing())

    @rule(is_cut=st.booleans(), loses_answers=st.booleans())
    def change_line(self, *, is_cut: bool, loses_answers: bool) -> None:
        self.line.is_cut, self.line.loses_answers = is_cut, loses_answers

    @rule(minutes=st.integers(1, 20))
    def work_later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.run(self.recover())

    async def recover(self) -> None:
        context = Outside(client=self.client).context(self.sessions, self.settings, now=self.now)
        try:
            await books.recover(context)
        except ProviderUnavailable:
            assert self.line.is_cut or self.line.loses_answers

    @invariant()
    def all_hold(self) -> None:
        async def doing() -> None:
            async with self.sessions() as db:
                assert not await breaches(db)

        self.run(doing())

    def teardown(self) -> None:
        """Once nothing fails any more, all comes to an end and the books agree."""
        try:
            self.run(self.end())
        finally:
            self.run(self.leave())
            self.runner.close()

    async def end(self) -> None:
        self.line.is_cut = self.line.loses_answers = False
        self.now += LATE
        await self.recover()
        assert not await books.unaccounted(self.sessions, self.provider)
        waiting = {ProviderState.REQUIRES_ACTION}
        assert not waiting & {told.state for told in await books.book_of(self.provider)}
        async with self.sessions() as db:
            pending = select(func.count()).where(OrderLine.state == LineState.PENDING)
            assert await db.scalar(pending) == 0
            assert not await breaches(db)

    async def leave(self) -> None:
        await self.client.aclose()
        await self.engine.dispose()
        owner = databases.engine(self.database.url(postgres.OWNER), connections=1)
        tables = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
        async with owner.begin() as connection:
            await connection.execute(text(f"TRUNCATE {tables} CASCADE"))
        await owner.dispose()


def test_any_history_keeps_every_invariant(database: postgres.Database, settings: Settings) -> None:
    class Here(Shop):
        pass

    Here.database, Here.settings = database, settings
    run_state_machine_as_test(
        Here,
        settings=hypothesis_settings(
            max_examples=300 if IS_SOAK else 8,
            stateful_step_count=50 if IS_SOAK else 20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
