"""A cart opened with what goes into it: all of it, or no cart."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts.models import Cart, CartLine
from sellier.infra.idempotency import IdempotencyKey
from tests.domain.catalog import make as catalog
from tests.domain.orders import make as orders
from tests.domain.pricing import make as pricing
from tests.surfaces.api.make import SKU, Api

Sessions = async_sessionmaker[AsyncSession]
SOLD_OUT, UNPRICED, UNLISTED = "GONE-BLUE-U", "SOON-BLUE-U", "OLD-BLUE-U"


@pytest.fixture(autouse=True)
async def others(sessions: Sessions, shop: orders.Shop) -> None:
    """Beside the bag: one that is nowhere left, one without a price, one that is not listed."""
    async with sessions.begin() as db:
        for sku in (SOLD_OUT, UNPRICED, UNLISTED):
            site = shop.site if sku != UNLISTED else None
            await catalog.style_color(db, code=sku.removesuffix("-U"), site=site)
        for sku in (SOLD_OUT, UNLISTED):
            await pricing.price(db, market_id=shop.site.market_id, sku=sku)


async def test_a_cart_is_opened_with_what_goes_into_it(api: Api) -> None:
    lines = [{"sku": SKU, "quantity": 2}, {"sku": SOLD_OUT}, {"sku": SKU}]

    opened = await api.post("/carts", {"market": "FR", "lines": lines})

    assert opened.status_code == 201
    told = opened.json()
    cart = (await api.holding(told["secret"]).get(f"/carts/{told['id']}")).json()
    assert {line["sku"]: line["quantity"] for line in cart["lines"]} == {SKU: 3, SOLD_OUT: 1}
    assert cart["version"] == told["version"]
    assert cart["units"] == 4


async def test_what_is_sold_out_may_be_chosen_and_says_why_it_cannot_be_ordered(api: Api) -> None:
    told = (await api.post("/carts", {"lines": [{"sku": SKU}, {"sku": SOLD_OUT}]})).json()

    cart = (await api.holding(told["secret"]).get(f"/carts/{told['id']}")).json()

    problems = {line["sku"]: line["problem"] for line in cart["lines"]}
    assert problems == {SKU: None, SOLD_OUT: "sold_out"}
    assert not cart["can_check_out"]


@pytest.mark.parametrize("sku", ["NO-SUCH-SKU", UNPRICED, UNLISTED])
async def test_a_line_that_is_refused_leaves_no_cart_behind(
    api: Api, sessions: Sessions, sku: str
) -> None:
    refused = await api.post("/carts", {"lines": [{"sku": SKU}, {"sku": sku}]}, key="once")

    assert (refused.status_code, refused.json()["code"]) == (422, "carts.not_sold_here")
    async with sessions.begin() as db:
        for table in (Cart, CartLine, IdempotencyKey):
            assert await db.scalar(select(func.count()).select_from(table)) == 0
    again = await api.post("/carts", {"lines": [{"sku": SKU}]}, key="once")
    assert again.status_code == 201
