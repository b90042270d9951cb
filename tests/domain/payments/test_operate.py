"""Money is taken and given back in parts: once each, and never more than there is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.domain.payments import jobs, queries, rules
from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import (
    AmountInvalid,
    CaptureUnderWay,
    MoreThanAuthorized,
    MoreThanCaptured,
    NotAuthorized,
    OperationTransitionRefused,
    RefundsWait,
    SourceReused,
)
from sellier.domain.payments.gateway import ProviderState
from sellier.domain.payments.models import PaymentOperation
from sellier.domain.payments.rules import TRIES_MAX
from sellier.domain.payments.states import OperationState, PaymentState
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from sellier.kernel.ids import OrderId, new_id
from sellier.kernel.money import Money
from tests.domain.payments import make
from tests.domain.payments.make import Till, eur

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def till(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Till]:
    made = await make.till(sessions, settings, now=noon)
    yield made
    # Whatever happened, both books agree in the end.
    made.line.is_cut = made.line.loses_answers = False
    made.line.status = None
    made.now += timedelta(days=30)
    compared = await payments.reconcile(sessions, made.provider, now=made.now)
    assert not compared.found
    await made.provider.client.aclose()


async def test_an_order_is_taken_in_parts_and_given_back_in_parts(till: Till) -> None:
    first = await till.capture(100)
    second = await till.capture(till.total.minor - 100)
    back = await till.refund(30)
    await till.operate_all()

    told, paid = await till.told(), await till.payment()
    assert (told.captured, told.refunded) == (till.total, eur(30))
    assert (paid.balance.captured, paid.balance.refunded) == (till.total, eur(30))
    assert paid.state is PaymentState.AUTHORIZED
    for operation_id in (first, second, back):
        assert (await till.operation(operation_id)).state is OperationState.DONE
    async with till.sessions() as db:
        told_to_all = (await db.scalars(select(OutboxRow.name))).all()
    assert told_to_all.count("payment.captured") == 2
    assert told_to_all.count("payment.refunded") == 1


async def test_the_same_cause_asks_once(till: Till) -> None:
    ids = await asyncio.gather(*(till.capture(100, "fulfillment:1") for _ in range(4)))
    assert len(set(ids)) == 1
    with pytest.raises(SourceReused):
        await till.capture(101, "fulfillment:1")
    with pytest.raises(SourceReused):
        await till.refund(100, "fulfillment:1")

    await till.operate_all()

    assert (await till.told()).captured == eur(100)
    assert await till.capture(100, "fulfillment:1") == ids[0]


@pytest.mark.parametrize("minor", [0, -1])
async def test_nothing_or_less_is_not_moved(till: Till, minor: int) -> None:
    with pytest.raises(AmountInvalid):
        await till.capture(minor)
    with pytest.raises(AmountInvalid):
        await till.refund(minor)


async def test_another_currency_is_not_moved(till: Till) -> None:
    with pytest.raises(AmountInvalid, match="EUR"):
        async with till.sessions.begin() as db:
            await payments.capture_due(
                db,
                order_id=till.placed.order_id,
                amount=Money(100, "USD"),
                source="test",
                now=till.now,
            )


async def test_an_order_without_money_gives_none(till: Till) -> None:
    with pytest.raises(NotAuthorized):
        async with till.sessions.begin() as db:
            await payments.capture_due(
                db, order_id=OrderId(new_id()), amount=eur(1), source="test", now=till.now
            )


async def test_more_than_was_authorized_is_refused(till: Till) -> None:
    await till.capture(till.total.minor - 50)
    with pytest.raises(MoreThanAuthorized, match=r"0\.50 EUR"):
        await till.capture(51)
    await till.capture(50)
    await till.operate_all()
    with pytest.raises(MoreThanAuthorized):
        await till.capture(1)


async def test_two_partial_refunds_never_both_pass_the_balance(till: Till) -> None:
    """As in spree fa1338394d: each is checked against what the other has just taken."""
    await till.capture(100)
    await till.operate_all()

    asked = await asyncio.gather(*(till.refund(60) for _ in range(6)), return_exceptions=True)

    assert sum(isinstance(each, MoreThanCaptured) for each in asked) == 5
    await till.operate_all()
    assert (await till.told()).refunded == eur(60)


async def test_a_confirmation_racing_another_doubles_no_amount(till: Till) -> None:
    """As in spree 347dc2dd4c: page, job and sweep all record one answer, once."""
    operation_id = await till.capture(100)
    for _ in range(3):
        await asyncio.gather(*(till.operate(operation_id) for _ in range(4)))
        till.now += timedelta(minutes=1)

    assert (await till.payment()).balance.captured == eur(100)
    assert (await till.told()).captured == eur(100)
    assert (await till.operation(operation_id)).tries == 1


async def test_a_provider_that_is_away_is_asked_later(till: Till) -> None:
    till.line.is_cut = True
    operation_id = await till.capture(100)
    await till.operate_all()
    assert (await till.operation(operation_id)).answer == "payments.provider_unavailable"
    till.line.is_cut = False
    assert await till.operate(operation_id) is None  # not before its time
    till.now += timedelta(minutes=1)

    await jobs.operate_due(till.context(), [])

    assert (await till.operation(operation_id)).state is OperationState.DONE


async def test_money_moved_behind_a_lost_answer_is_moved_once(till: Till) -> None:
    till.line.loses_answers = True
    operation_id = await till.capture(100)
    for _ in range(3):
        await till.operate_all()
        till.now += timedelta(minutes=10)
    assert (await till.payment()).balance.captured == eur(0)
    till.line.loses_answers = False
    await till.operate_all()

    assert (await till.operation(operation_id)).state is OperationState.DONE
    assert (await till.told()).captured == eur(100)


@pytest.mark.parametrize("status", [401, 404, 418, 500, 503])
async def test_what_somebody_can_put_right_is_asked_again(till: Till, status: int) -> None:
    till.line.status = status
    operation_id = await till.capture(100)
    await till.operate_all()
    assert (await till.operation(operation_id)).state is OperationState.DUE
    till.line.status = None
    till.now += timedelta(minutes=1)
    await till.operate_all()
    assert (await till.operation(operation_id)).state is OperationState.DONE


async def test_after_three_days_of_silence_a_person_has_to_look(till: Till) -> None:
    till.line.is_cut = True
    began = till.now
    operation_id = await till.capture(100)
    for _ in range(TRIES_MAX):
        await till.operate_all()
        till.now += timedelta(hours=6)
    failed = await till.operation(operation_id)
    assert (failed.state, failed.tries) == (OperationState.FAILED, TRIES_MAX)
    with pytest.raises(MoreThanAuthorized):  # for nobody knows whether the provider did it
        await till.capture(till.total.minor)
    till.line.is_cut = False

    async with till.sessions.begin() as db:
        await payments.retry(db, operation_id=operation_id, by="studio", now=till.now)
    await till.operate_all()

    assert (await till.operation(operation_id)).state is OperationState.DONE
    waits = [rules.next_try(tries=tries, now=began) - began for tries in range(TRIES_MAX)]
    assert timedelta(days=3) < sum(waits[:-1], timedelta()) < timedelta(days=4)


async def test_a_refund_waits_until_the_money_was_taken(till: Till) -> None:
    till.line.is_cut = True
    capture = await till.capture(100)
    refund = await till.refund(40)
    await till.operate_all()
    assert await till.operate(refund) is None
    assert (await till.operation(refund)).tries == 0
    till.line.is_cut = False
    till.now += timedelta(minutes=1)

    await till.operate_all()

    assert (await till.operation(capture)).state is OperationState.DONE
    assert (await till.operation(refund)).state is OperationState.DONE


async def test_refunds_are_asked_for_in_turn_while_only_part_was_taken(till: Till) -> None:
    await till.capture(60)
    await till.operate_all()
    till.line.is_cut = True
    await till.capture(40)
    first = await till.refund(50)
    second = await till.refund(40)
    async with till.sessions.begin() as db:
        due = await queries.operations_due(db, now=till.now)
    assert first in due
    assert second not in due
    till.line.is_cut = False
    await till.operate_all()
    assert (await till.told()).refunded == eur(90)


async def test_what_the_provider_will_never_do_needs_a_person(till: Till) -> None:
    """Their own desk voided it: nothing can be taken, and only a person may say so."""
    told = await till.told()
    operation_id = await till.capture(100)
    refund = await till.refund(100)
    await till.provider.void(provider_id=told.id, key="by-their-own-desk")
    await till.operate_all()
    failed = await till.operation(operation_id)
    assert (failed.state, failed.answer) == (OperationState.FAILED, "state_forbids")

    async with till.sessions.begin() as db:
        with pytest.raises(RefundsWait):
            await payments.drop(db, operation_id=operation_id, by="studio", now=till.now)
    for each in (refund, operation_id):
        async with till.sessions.begin() as db:
            await payments.drop(db, operation_id=each, by="studio", now=till.now)
    assert not (await till.payment()).balance.is_taken
    await orders.settle(
        till.sessions,
        till.provider,
        payment_id=till.placed.payment_id,
        by="notice",
        now=till.now,
    )
    assert (await till.payment()).state is PaymentState.VOIDED


async def test_what_may_yet_be_done_cannot_be_dropped(till: Till) -> None:
    till.line.loses_answers = True
    operation_id = await till.capture(100)
    await till.operate_all()
    with pytest.raises(OperationTransitionRefused):
        async with till.sessions.begin() as db:
            await payments.drop(db, operation_id=operation_id, by="studio", now=till.now)
    till.line.loses_answers = False
    till.now += timedelta(minutes=1)
    await till.operate_all()


async def test_money_that_is_taken_cannot_be_voided(till: Till) -> None:
    await till.capture(1)
    with pytest.raises(CaptureUnderWay):
        async with till.sessions.begin() as db:
            await payments.void(db, payment_id=till.placed.payment_id, by="test", now=till.now)
    await till.operate_all()
    with pytest.raises(CaptureUnderWay):
        async with till.sessions.begin() as db:
            await payments.void(db, payment_id=till.placed.payment_id, by="test", now=till.now)


async def test_of_a_void_and_a_capture_at_once_one_wins(till: Till) -> None:
    async def void() -> None:
        async with till.sessions.begin() as db:
            await payments.void(db, payment_id=till.placed.payment_id, by="test", now=till.now)

    void_ended, capture_ended = await asyncio.gather(
        void(), till.capture(100), return_exceptions=True
    )

    assert isinstance(void_ended, CaptureUnderWay) != isinstance(capture_ended, NotAuthorized)
    if void_ended is None:
        told = await till.told()
        await till.provider.void(provider_id=told.id, key="void")
    else:
        await till.operate_all()


@pytest.mark.parametrize(
    "change", [{"key": "another"}, {"captured_minor": 99}, {"operation": None}]
)
async def test_an_answer_about_something_else_counts_for_nothing(
    till: Till, change: dict[str, object]
) -> None:
    operation_id = await till.capture(100)
    till.line.change = change
    await till.operate_all()
    wrong = await till.operation(operation_id)
    assert (wrong.state, wrong.answer) == (OperationState.DUE, "wrong_answer")
    till.line.change = {}
    till.now += timedelta(minutes=1)
    await till.operate_all()
    assert (await till.told()).captured == eur(100)


async def test_one_answer_pays_for_one_operation(till: Till) -> None:
    first = await till.capture(100)
    await till.operate_all()
    async with till.sessions() as db:
        known = await db.scalar(select(PaymentOperation.provider_operation))
    second = await till.capture(50)
    till.line.change = {"operation": known}
    await till.operate_all()
    assert (await till.operation(second)).answer == "wrong_answer"
    till.line.change = {}
    till.now += timedelta(minutes=1)
    await till.operate_all()
    assert (await till.operation(first)).state is OperationState.DONE
    assert (await till.told()).captured == eur(150)


async def test_one_that_breaks_does_not_stop_the_others(till: Till) -> None:
    await till.capture(10)
    await till.capture(20)

    class Breaks(httpx.AsyncBaseTransport):
        broken = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if b'"amount_minor":10' in request.content:
                self.broken += 1
                raise RuntimeError("nobody expected this")
            return await till.line.inner.handle_async_request(request)

    breaks = Breaks()
    inner, till.provider.client._transport = till.provider.client._transport, breaks
    await jobs.operate_due(till.context(), [])
    till.provider.client._transport = inner
    assert breaks.broken == 1
    assert (await till.payment()).balance.captured == eur(20)
    till.now += timedelta(minutes=1)
    await till.operate_all()


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    verbs=st.lists(
        st.tuples(st.sampled_from(["capture", "refund"]), st.integers(1, 400)), max_size=12
    ),
    cuts=st.lists(st.booleans(), min_size=3, max_size=3),
)
async def test_whatever_is_asked_at_once_the_books_agree(
    till: Till, verbs: list[tuple[str, int]], cuts: list[bool]
) -> None:
    async def one(verb: str, minor: int) -> None:
        with suppress(MoreThanAuthorized, MoreThanCaptured):
            await (till.capture(minor) if verb == "capture" else till.refund(minor))

    await asyncio.gather(*(one(*verb) for verb in verbs))
    for is_cut in cuts:
        till.line.loses_answers = is_cut
        await till.operate_all()
        till.now += timedelta(hours=7)
    till.line.loses_answers = False
    await till.operate_all()

    told, balance = await till.told(), (await till.payment()).balance
    assert (told.captured, told.refunded) == (balance.captured, balance.refunded)
    assert balance.capture_due == balance.refund_due == eur(0)
    assert told.state in {ProviderState.AUTHORIZED, ProviderState.CAPTURED}
