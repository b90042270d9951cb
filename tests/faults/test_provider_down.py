"""The payment provider fails in every way it can, and the books still agree."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.rules import OrderStatus
from sellier.domain.orders.service import Placed
from sellier.domain.payments.errors import ProviderUnavailable
from sellier.domain.payments.gateway import (
    HttpPaymentProvider,
    Notice,
    ProviderPayment,
    ProviderState,
)
from sellier.domain.payments.states import PaymentState
from sellier.domain.stock.models import Reservation, StockPosition
from sellier.infra.jobs import Context
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.stock import make as stock
from tests.faults import books
from tests.faults.books import Line, Outside
from tests.sandbox.fixtures import API_KEY

Sessions = async_sessionmaker[AsyncSession]
SOON = timedelta(seconds=6)  # after the first check is due
LATE = timedelta(minutes=16)  # after the deadline of a payment
TOO_LATE = timedelta(minutes=21)  # and after its units were kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """An order that is placed, a provider to pay it at, and the worker's way to it."""

    sessions: Sessions
    settings: Settings
    shop: make.Shop
    line: Line
    provider: HttpPaymentProvider
    placed: Placed
    noon: datetime

    async def pay(self, token: str | None = "tok_approve") -> PaymentState:
        paid = await make.pay(
            self.sessions, self.placed, now=self.noon, token=token, at=self.provider
        )
        return paid.state

    async def recover(self, *, after: timedelta) -> None:
        await books.recover(self.context(self.noon + after))

    def context(self, now: datetime) -> Context:
        return Outside(client=self.provider.client).context(self.sessions, self.settings, now=now)

    async def status(self) -> OrderStatus:
        async with self.sessions() as db:
            order = await queries.order(db, order_id=self.placed.order_id)
        assert order is not None
        return order.status

    async def told(self) -> list[str]:
        async with self.sessions() as db:
            wanted = ("order.paid", "order.canceled", "payment.void_due")
            found = await db.scalars(
                select(OutboxRow).where(OutboxRow.name.in_(wanted)).order_by(OutboxRow.id)
            )
            mine = {str(self.placed.order_id), str(self.placed.payment_id)}
            return [row.name for row in found if mine & set(row.payload.values())]

    async def take_money(self) -> None:
        await books.take_money(self.sessions, self.provider, self.placed)

    async def hear(self, told: ProviderPayment | None = None) -> PaymentState:
        """Hear from the provider, which may say what it knows: then it need not be asked."""
        notice = None
        if told is not None:
            notice = Notice(id="msg_1", type="authorized", sent_at=self.noon, payment=told)
        paid = await books.hear(
            self.sessions, self.provider, self.placed, now=self.noon, notice=notice
        )
        return paid.state

    async def lose_reservation(self) -> None:
        """Let the order's units go to another, whose own order is not this test's business."""
        async with self.sessions.begin() as db:
            await db.execute(update(Reservation).values(expires_at=func.now()))
        async with self.sessions.begin() as db:
            cart_id = await make.cart(db, self.shop, now=self.noon)
        async with self.sessions.begin() as db:
            other = await make.check_out(db, cart_id, now=self.noon)
        await make.pay(self.sessions, other, now=self.noon, at=self.provider)

    async def available(self) -> int:
        async with self.sessions() as db:
            return await db.scalar(select(func.sum(StockPosition.available))) or 0


@pytest.fixture
async def sale(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Sale]:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=1)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon)
    line = Line()
    async with httpx.AsyncClient(transport=line) as client:
        provider = HttpPaymentProvider(
            client=client, base_url="http://127.0.0.1:8002", api_key=API_KEY, deadline_s=0.5
        )
        yield Sale(
            sessions=sessions,
            settings=settings,
            shop=shop,
            line=line,
            provider=provider,
            placed=placed,
            noon=noon,
        )
        line.is_cut = line.loses_answers = False
        line.status = None
        assert not await books.unaccounted(sessions, provider)


@pytest.mark.parametrize("token", ["tok_error", "tok_hang"])
async def test_money_taken_behind_a_lost_answer_is_found(sale: Sale, token: str) -> None:
    with pytest.raises(ProviderUnavailable):
        await sale.pay(token)
    assert await sale.status() is OrderStatus.AWAITING_PAYMENT
    assert await sale.told() == []

    await sale.recover(after=SOON)

    assert await sale.status() is OrderStatus.CONFIRMED
    assert await sale.told() == ["order.paid"]


async def test_a_slow_provider_is_waited_for(sale: Sale) -> None:
    assert await sale.pay("tok_slow") is PaymentState.AUTHORIZED


async def test_a_provider_that_is_away_and_comes_back_is_asked_again(sale: Sale) -> None:
    sale.line.is_cut = True
    with pytest.raises(ProviderUnavailable):
        await sale.pay()
    for minutes in (1, 3, 7):
        await sale.recover(after=timedelta(minutes=minutes))
        assert await sale.status() is OrderStatus.AWAITING_PAYMENT
    sale.line.is_cut = False

    assert await sale.pay() is PaymentState.AUTHORIZED

    assert await sale.status() is OrderStatus.CONFIRMED


async def test_an_order_that_the_provider_never_heard_of_is_let_go(sale: Sale) -> None:
    sale.line.is_cut = True
    with pytest.raises(ProviderUnavailable):
        await sale.pay()
    sale.line.is_cut = False

    await sale.recover(after=LATE)

    assert await sale.status() is OrderStatus.CANCELED
    assert await sale.available() == 1


async def test_while_the_provider_is_silent_the_units_are_kept_as_long_as_they_can(
    sale: Sale,
) -> None:
    with pytest.raises(ProviderUnavailable):
        await sale.pay("tok_error")
    sale.line.is_cut = True
    await sale.recover(after=LATE)
    kept = await sale.status()
    with pytest.raises(ProviderUnavailable):  # the void cannot arrive; its job is tried for ever
        await sale.recover(after=TOO_LATE)
    sale.line.is_cut = False
    await sale.recover(after=TOO_LATE)

    assert kept is OrderStatus.AWAITING_PAYMENT
    assert await sale.status() is OrderStatus.CANCELED


@pytest.mark.parametrize("token", ["tok_wrong_amount", "tok_wrong_currency"])
async def test_another_amount_than_asked_pays_for_nothing(sale: Sale, token: str) -> None:
    assert await sale.pay(token) is PaymentState.CREATED
    await sale.recover(after=SOON)
    assert await sale.status() is OrderStatus.AWAITING_PAYMENT

    await sale.recover(after=LATE)

    assert await sale.status() is OrderStatus.CANCELED
    (told,) = await books.book_of(sale.provider)
    assert told.state is ProviderState.VOIDED


async def test_a_refusal_learned_late_frees_the_piece(sale: Sale) -> None:
    sale.line.loses_answers = True
    with pytest.raises(ProviderUnavailable):
        await sale.pay("tok_refuse")
    sale.line.loses_answers = False

    await sale.recover(after=SOON)

    assert await sale.status() is OrderStatus.CANCELED
    assert await sale.available() == 1
    assert await sale.told() == ["order.canceled"]


async def test_asking_again_in_other_words_finds_what_was_paid(sale: Sale) -> None:
    """The answer was lost, the customer tries another card: the first one has paid."""
    sale.line.loses_answers = True
    with pytest.raises(ProviderUnavailable):
        await sale.pay()
    sale.line.loses_answers = False

    assert await sale.pay("tok_refuse") is PaymentState.AUTHORIZED


async def test_who_pays_at_the_last_moment_has_paid(sale: Sale) -> None:
    """The recovery job read `undecided`; before it gives up, the customer's money arrives."""
    await sale.pay("tok_approve")
    async with sale.sessions.begin() as db:
        await orders.give_up(
            db, payment_id=sale.placed.payment_id, by="recovery", now=sale.noon + LATE
        )

    assert await sale.status() is OrderStatus.CONFIRMED


async def test_money_that_arrives_after_we_gave_up_is_sent_back(sale: Sale) -> None:
    """We gave up while our own question was still under way to the provider."""
    async with sale.sessions.begin() as db:
        await orders.give_up(db, payment_id=sale.placed.payment_id, by="customer", now=sale.noon)
    await sale.recover(after=SOON)  # the provider has nothing to void yet
    await sale.take_money()
    told = await sale.provider.find(payment_id=sale.placed.payment_id)
    assert told is not None
    await sale.hear(told)

    await sale.recover(after=SOON)

    assert await sale.status() is OrderStatus.CANCELED
    (told,) = await books.book_of(sale.provider)
    assert told.state is ProviderState.VOIDED


async def test_money_that_arrives_unheard_after_we_gave_up_is_sent_back_too(sale: Sale) -> None:
    """As above, and whoever asked died before the answer: only the job is left to notice."""
    async with sale.sessions.begin() as db:
        await orders.give_up(db, payment_id=sale.placed.payment_id, by="customer", now=sale.noon)
    await sale.recover(after=SOON)
    await sale.take_money()

    await sale.recover(after=timedelta(seconds=30))

    (told,) = await books.book_of(sale.provider)
    assert told.state is ProviderState.VOIDED


async def test_a_notice_of_what_is_known_asks_the_provider_nothing(sale: Sale) -> None:
    await sale.pay()
    (told,) = await books.book_of(sale.provider)
    sale.line.is_cut = True

    assert await sale.hear(told) is PaymentState.AUTHORIZED


async def test_what_the_provider_takes_back_is_free_again(sale: Sale) -> None:
    await sale.pay()
    (told,) = await books.book_of(sale.provider)
    await sale.provider.void(provider_id=told.id, key="by-their-own-desk")

    await sale.hear()

    async with sale.sessions() as db:
        location_id = await db.scalar(select(StockPosition.location_id))
        assert location_id is not None
        assert await make.to_prepare(db, location_id=location_id) == []
    assert await sale.status() is OrderStatus.CANCELED
    assert await sale.available() == 1


async def test_who_paid_in_time_but_was_heard_late_gets_a_piece_if_one_is_left(
    sale: Sale,
) -> None:
    """The reservation has ended, and its unit was sold; another place has one."""
    with pytest.raises(ProviderUnavailable):
        await sale.pay("tok_error")
    await sale.lose_reservation()
    async with sale.sessions.begin() as db:
        place = await locations.location(db)
        await stock.stock_position(db, location_id=place, on_hand=1)

    await sale.recover(after=SOON)

    assert await sale.status() is OrderStatus.CONFIRMED
    assert await sale.told() == ["order.paid"]
    async with sale.sessions() as db:
        assert len(await make.to_prepare(db, location_id=place)) == 1


async def test_who_paid_in_time_but_was_heard_late_gets_the_money_back_if_none_is_left(
    sale: Sale,
) -> None:
    with pytest.raises(ProviderUnavailable):
        await sale.pay("tok_error")
    await sale.lose_reservation()

    await sale.recover(after=SOON)

    assert await sale.status() is OrderStatus.CANCELED
    assert await sale.told() == ["payment.void_due", "order.canceled"]


@pytest.mark.parametrize("status", [401, 404, 418, 500, 503])
async def test_one_payment_that_cannot_be_asked_about_does_not_stop_the_others(
    sale: Sale, status: int
) -> None:
    sale.line.status = status
    await sale.recover(after=SOON)
    assert await sale.status() is OrderStatus.AWAITING_PAYMENT
    sale.line.status = None

    await sale.recover(after=LATE)

    assert await sale.status() is OrderStatus.CANCELED
