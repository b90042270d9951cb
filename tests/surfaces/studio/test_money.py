"""What the desk sees of money that is taken and given back."""

from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries as orders
from sellier.domain.payments import service as payments
from sellier.domain.payments.queries import operations
from sellier.kernel.money import Money
from tests.domain.orders import make as orders_make
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def moved(*, group: boutique.Group, sessions: Sessions, noon: datetime) -> str:
    """An order of which 100 euros were taken, and of which 40 cannot be given back."""
    provider = orders_make.provider()
    shop = orders_make.Shop(site=group.site, location_id=group.lyon)
    async with sessions.begin() as db:
        cart_id = await orders_make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await orders_make.check_out(db, cart_id, now=noon)
    await orders_make.pay(sessions, placed, now=noon, at=provider)
    order_id = placed.order_id
    async with sessions.begin() as db:
        taken = await payments.capture_due(
            db, order_id=order_id, amount=Money(100_00, "EUR"), source="fulfillment:1", now=noon
        )
    await payments.operate(sessions, provider, operation_id=taken, now=noon)
    told = await provider.find(payment_id=placed.payment_id)
    assert told is not None
    await provider.refund(provider_id=told.id, key="theirs", amount=Money(70_00, "EUR"))
    async with sessions.begin() as db:
        back = await payments.refund_due(
            db, order_id=order_id, amount=Money(40_00, "EUR"), source="goodwill:1", now=noon
        )
    later = noon + timedelta(minutes=5)
    await payments.operate(sessions, provider, operation_id=back, now=later)
    async with sessions.begin() as db:
        assert [each.state for each in await operations(db, order_id=order_id)] == [
            "done",
            "failed",
        ]
        history = await orders.history(db, order_id=order_id)
    seen = [(entry.subject, entry.what) for entry in history if entry.amount]
    assert seen[-1] == ("refund", "give_up")
    assert set(seen[:-1]) == {("capture", "due"), ("capture", "confirm"), ("refund", "due")}
    return placed.number


async def test_captures_and_refunds_are_told_with_their_order(
    desk: httpx.AsyncClient, moved: str
) -> None:
    page = (await desk.get(f"/studio/orders/{moved}")).text
    told = (
        "Captures and refunds", "Done", "To be looked at", "More than there is",
        "Money was taken · €100.00", "Money is to be given back · €40.00",
        "Money could not be given back · €40.00",
    )  # fmt: skip
    assert [words for words in told if words not in page] == []
    page = (await desk.get(f"/studio/orders/{moved}", params={"lang": "fr"})).text
    assert "encaissement est fait" in page
    assert "À vérifier" in page


async def test_what_failed_is_asked_for_again_or_dropped(
    *, desk: httpx.AsyncClient, moved: str, sessions: Sessions
) -> None:
    order = f"/studio/orders/{moved}"
    page = (await desk.get(order)).text
    act = page.split(f'action="{order}/operations/')[1].split("/")[0]
    for verb, status in (("retry", 303), ("drop", 303), ("drop", 409), ("retry", 409)):
        answer = await doors.post(desk, f"{order}/operations/{act}/{verb}")
        assert answer.status_code == status, verb
    page = (await desk.get(order)).text
    assert "The refund is asked for again" in page
    assert "The refund was dropped" in page
    assert "Ask again" not in page
    assert "staff:" not in page
    async with sessions.begin() as db:
        found = await orders.order_by_number(db, number=moved)
        assert found is not None
        states = [each.state for each in await operations(db, order_id=found.id)]
    assert states == ["done", "dropped"]


async def test_an_operation_is_found_with_its_own_order_only(
    desk: httpx.AsyncClient, group: boutique.Group, moved: str
) -> None:
    page = (await desk.get(f"/studio/orders/{moved}")).text
    act = page.split("/operations/")[1].split("/")[0]
    for number, name in ((group.order_at_lyon, act), (moved, "op_x"), ("S-0", act)):
        answer = await doors.post(desk, f"/studio/orders/{number}/operations/{name}/retry")
        assert answer.status_code == 404
