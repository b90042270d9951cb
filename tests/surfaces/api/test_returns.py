"""A program announces a return and follows it, under a key and with the order's secret."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.kernel.ids import new_id, public_id
from tests.domain.orders.make import Shop
from tests.domain.returns import make
from tests.domain.returns.make import Arrived
from tests.surfaces.api.make import Api

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def order(sessions: Sessions, shop: Shop, noon: datetime) -> Arrived:
    return await make.arrived(sessions, shop, now=noon, quantity=2)


def address(order: Arrived) -> str:
    return f"/api/v1/orders/{public_id('ord', order.order_id)}/returns"


def headers(order: Arrived, key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(new_id()), "Authorization": f"Bearer {order.secret}"}


def form(order: Arrived, **changes: object) -> dict[str, object]:
    line = {"line": public_id("line", order.line_id), "quantity": 1, "reason": "late"}
    return {"way": "boutique", "lines": [{**line, **changes}]}


async def test_a_return_is_announced_once_for_a_key(api: Api, order: Arrived) -> None:
    known = headers(order)
    first = await api.client.post(address(order), json=form(order), headers=known)
    assert first.status_code == 201
    again = await api.client.post(address(order), json=form(order), headers=known)
    assert again.content == first.content
    made = first.json()
    assert (made["state"], made["refund"]) == ("announced", None)
    one = await api.client.get(f"{address(order)}/{made['id']}", headers=known)
    assert one.json() == made
    assert (await api.client.get(address(order), headers=known)).json() == {"items": [made]}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"quantity": 0}, 400),
        ({"quantity": 3}, 409),
        ({"reason": "lost"}, 400),
        ({"line": "line_none"}, 404),
        ({"price": 1}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(
    api: Api, order: Arrived, wrong: dict[str, object], status: int
) -> None:
    answer = await api.client.post(
        address(order), json=form(order, **wrong), headers=headers(order)
    )
    assert answer.status_code == status


async def test_another_ones_returns_are_not_found(api: Api, order: Arrived) -> None:
    stranger = {"Idempotency-Key": str(new_id()), "Authorization": "Bearer guess"}
    assert (await api.client.get(address(order), headers=stranger)).status_code == 404
    answer = await api.client.post(address(order), json=form(order), headers=stranger)
    assert answer.status_code == 404
