"""A program announces a return and follows it, under a key and with the order's secret."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.kernel.ids import Sku, new_id, public_id
from tests.domain.orders.make import Shop
from tests.domain.pricing import make as pricing
from tests.domain.returns import make, swap
from tests.domain.returns.make import Arrived
from tests.domain.stock import make as stock
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


async def test_a_program_takes_another_size_instead(
    sessions: Sessions, api: Api, order: Arrived, shop: Shop
) -> None:
    large = Sku("ECLUSE-RED-L")
    async with sessions.begin() as db:
        await swap.size(db, "ECLUSE-RED", "L")
        await pricing.price(db, market_id=shop.site.market_id, sku=large)
        await stock.stock_position(db, location_id=shop.location_id, sku=large)
    known = headers(order)
    made = await api.client.post(address(order), json=form(order, instead=large), headers=known)
    assert made.status_code == 201
    (line,) = made.json()["lines"]
    assert (line["instead"]["sku"], line["instead"]["state"]) == (large, "set_aside")
    whole = await api.client.get(
        f"/api/v1/orders/{public_id('ord', order.order_id)}", headers=known
    )
    first, second = whole.json()["lines"]
    assert (second["id"], second["replaces"]) == (line["instead"]["line"], first["id"])
    for sku, status in ((large, 409), ("RIVE-BLACK-U", 422)):
        refused = await api.client.post(
            address(order), json=form(order, instead=sku), headers=headers(order)
        )
        assert refused.status_code == status
