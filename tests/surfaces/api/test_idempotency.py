"""One key, one effect, one answer."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts.models import Cart
from sellier.domain.orders.models import Order
from sellier.domain.payments.models import Payment
from sellier.domain.stock.models import StockPosition
from sellier.infra.idempotency import LEASE, IdempotencyKey, Progress
from sellier.infra.settings import Settings
from tests.surfaces.api import make
from tests.surfaces.api.make import SKU, Api
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]


async def test_a_repeat_gets_the_same_bytes_and_opens_no_second_cart(
    api: Api, sessions: Sessions
) -> None:
    first = await api.post("/carts", {"market": "FR"}, key="a")
    second = await api.post("/carts", {"market": "FR"}, key="a")

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Cart)) == 1


async def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    cart = await make.cart(api)
    path = f"/carts/{cart.id}/lines"
    await cart.api.post(path, {"sku": SKU, "quantity": 1}, key="a")

    other = await cart.api.post(path, {"sku": SKU, "quantity": 2}, key="a")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    assert (await cart.api.get(f"/carts/{cart.id}")).json()["units"] == 2


async def test_the_same_key_of_two_owners_is_two_keys(api: Api) -> None:
    one, two = await make.cart(api), await make.cart(api)

    answers = [
        await cart.api.post(f"/carts/{cart.id}/lines", {"sku": SKU}, key="a") for cart in (one, two)
    ]

    assert [answer.json()["units"] for answer in answers] == [2, 2]


async def test_what_was_refused_can_be_tried_again_with_its_key(api: Api) -> None:
    cart = await make.cart(api)
    path = f"/carts/{cart.id}/lines"

    refused = await cart.api.post(path, {"sku": "UNKNOWN"}, key="a")
    again = await cart.api.post(path, {"sku": SKU}, key="a")

    assert (refused.status_code, refused.json()["code"]) == (422, "carts.not_sold_here")
    assert again.status_code == 201


async def test_twenty_duplicates_at_once_have_one_effect_and_one_answer(api: Api) -> None:
    cart = await make.cart(api)

    answers = await asyncio.gather(
        *(cart.api.post(f"/carts/{cart.id}/lines", {"sku": SKU}, key="a") for _ in range(20))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (await cart.api.get(f"/carts/{cart.id}")).json()["units"] == 2


async def test_twenty_duplicates_of_a_checkout_make_one_order(api: Api, sessions: Sessions) -> None:
    cart = await make.cart(api)

    answers = await asyncio.gather(*(cart.check_out(key="a") for _ in range(20)))
    final = await cart.check_out(key="a")

    told = {answer.content for answer in answers if answer.status_code == 201} | {final.content}
    codes = {answer.json()["code"] for answer in answers if answer.status_code != 201}
    assert len(told) == 1
    assert codes <= {"idempotency.in_progress"}
    assert final.json()["status"] == "confirmed"
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Order)) == 1
        assert await db.scalar(select(StockPosition.reserved)) == 1


async def test_twenty_keys_for_one_checkout_make_one_order(api: Api, sessions: Sessions) -> None:
    cart = await make.cart(api)

    answers = await asyncio.gather(*(cart.check_out() for _ in range(20)))

    assert [answer.status_code for answer in answers].count(201) == 1
    codes = {answer.json()["code"] for answer in answers if answer.status_code != 201}
    assert codes <= {"carts.cart_frozen", "carts.cart_changed", "api.cart_spent"}
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Order)) == 1


@pytest.mark.parametrize("token", ["tok_error", "tok_wrong_amount"])
async def test_an_unknown_outcome_is_never_told_as_a_success(api: Api, token: str) -> None:
    cart = await make.cart(api)

    answer = await cart.check_out(key="a", payment={"token": token})

    if token == "tok_error":
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        # The provider had taken the money before it broke: the repeat finds that out.
        again = await cart.check_out(key="a", payment={"token": token})
        assert (again.status_code, again.json()["status"]) == (201, "confirmed")
    else:
        assert answer.json()["status"] == "awaiting_payment"


async def test_a_repeat_after_a_crash_goes_on_with_the_same_order(
    sessions: Sessions, settings: Settings, *, clock: Clock, api: Api
) -> None:
    """The process dies after the order was committed and before the provider answered."""
    cart = await make.cart(api)
    dying = make.application(sessions, settings, clock=clock, transport=_Dying())
    async with make.program(dying) as client:
        other = make.Cart(
            api=Api(client=client, secret=cart.api.secret), id=cart.id, version=cart.version
        )
        died = await other.check_out(key="a")
    async with sessions() as db:
        assert died.status_code == 500
        assert await db.scalar(
            select(IdempotencyKey.progress).where(IdempotencyKey.key == "a")
        ) == (Progress.STARTED)

    soon = await cart.check_out(key="a")
    clock.now += LEASE + timedelta(seconds=1)
    later = await cart.check_out(key="a")
    again = await cart.check_out(key="a")

    assert (soon.status_code, soon.json()["code"]) == (409, "idempotency.in_progress")
    assert (later.status_code, later.json()["status"]) == (201, "confirmed")
    assert again.content == later.content
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Payment)) == 1


async def test_a_crash_before_the_answer_was_kept_tells_what_became_of_the_order(
    sessions: Sessions, clock: Clock, api: Api
) -> None:
    cart = await make.cart(api)
    paid = await cart.check_out(key="a")
    async with sessions.begin() as db:
        order_id = await db.scalar(select(Order.id))
        await db.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.key == "a")
            .values(progress=Progress.STARTED, status=None, body=str(order_id).encode())
        )
    clock.now += LEASE

    again = await cart.check_out(key="a")

    assert again.content == paid.content


async def test_no_secret_stands_in_a_stored_answer(api: Api, sessions: Sessions) -> None:
    cart = await make.cart(api)
    placed = (await cart.check_out()).json()

    async with sessions() as db:
        stored = b"".join(filter(None, await db.scalars(select(IdempotencyKey.body))))
    assert cart.api.secret.encode() not in stored
    assert placed["secret"].encode() not in stored


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\tb"])
async def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    answer = await api.client.post(
        "/api/v1/carts", json={}, headers=[(b"idempotency-key", key.encode())]
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_malformed")


async def test_a_change_without_a_key_is_refused(api: Api) -> None:
    answer = await api.client.post("/api/v1/carts", json={})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_missing")


@examples(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5, unique=True
    ),
    repeats=st.lists(st.integers(0, 4), max_size=6),
)
async def test_repeats_in_any_order_change_nothing(
    api: Api, changes: list[tuple[int, int]], repeats: list[int]
) -> None:
    cart = await make.cart(api)
    path = f"/carts/{cart.id}/lines"

    async def send(index: int) -> httpx.Response:
        number, quantity = changes[index]
        return await cart.api.post(
            path, {"sku": SKU, "quantity": quantity}, key=f"{number}-{quantity}"
        )

    first = [await send(index) for index in range(len(changes))]
    for index in repeats:
        if index < len(changes):
            assert (await send(index)).content == first[index].content
    units = (await cart.api.get(f"/carts/{cart.id}")).json()["units"]
    assert units == 1 + sum(quantity for _, quantity in changes)


class _Dying(httpx.AsyncBaseTransport):
    """A provider whose caller does not live to hear it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"the process ends during {request.url.path}")
