"""What the order desk does on the page of an order."""

from datetime import datetime

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries as orders
from sellier.domain.orders import service
from sellier.domain.orders.queries import OrderRead
from sellier.infra.outbox import OutboxRow
from sellier.kernel.ids import public_id
from sellier.surfaces.studio.rules import mark
from tests.domain.stock import make as stock
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors

Sessions = async_sessionmaker[AsyncSession]
ADDRESS = {
    "name": "Ada Hautefeuille",
    "line1": "9 quai des Essais",
    "postal_code": "75004",
    "city": "Paris",
}


async def order(sessions: Sessions, number: str) -> OrderRead:
    async with sessions.begin() as db:
        found = await orders.order_by_number(db, number=number)
    assert found is not None
    return found


async def work_at(sessions: Sessions, number: str) -> str:
    """The address of what can be done with the one live work of an order."""
    (work,) = [one for one in (await order(sessions, number)).fulfillments if not one.is_over]
    return f"/studio/orders/{number}/works/{public_id('work', work.id)}"


async def line_at(sessions: Sessions, number: str) -> str:
    (line,) = (await order(sessions, number)).lines
    return f"/studio/orders/{number}/lines/{public_id('line', line.id)}"


async def live(sessions: Sessions, number: str) -> list[tuple[str, str | None]]:
    found = (await order(sessions, number)).fulfillments
    return [(one.state, one.location_code) for one in found if not one.is_over]


async def test_work_is_moved_to_a_place_that_the_page_offers(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    number = group.order_at_lyon
    async with sessions.begin() as db:
        await stock.stock_position(db, location_id=group.nice, on_hand=2)
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "Send from elsewhere" in page
    assert '<option value="nice"' in page
    address = await work_at(sessions, number)
    form = {"seen": "offered", "place": "nice", "note": "nearer to her"}
    assert (await doors.post(desk, f"{address}/place", **form)).status_code == 303
    assert await live(sessions, number) == [("offered", "nice")]
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "nearer to her" in page
    assert "moved by the order desk" in page

    again = await doors.post(desk, f"{address}/place", **form)
    assert again.status_code == 409
    assert "The order went on meanwhile" in again.text
    assert await live(sessions, number) == [("offered", "nice")]


async def test_a_place_that_has_none_is_refused_with_the_page(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    address = await work_at(sessions, group.order_at_lyon)
    form = {"seen": "offered", "place": "nice", "note": "nearer"}
    answer = await doors.post(desk, f"{address}/place", **form)
    assert answer.status_code == 409
    assert "This was not done" in answer.text
    assert "Tote Écluse" in answer.text
    french = await desk.get(f"/studio/orders/{group.order_at_lyon}", params={"lang": "fr"})
    assert "Retirer et chercher ailleurs" in french.text


async def test_work_is_taken_away_and_waits_for_sourcing(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    address = await work_at(sessions, group.order_at_lyon)
    form = {"seen": "offered", "note": "they are flooded"}
    assert (await doors.post(desk, f"{address}/removal", **form)).status_code == 303
    assert await live(sessions, group.order_at_lyon) == [("unsourced", None)]
    page = (await desk.get(f"/studio/orders/{group.order_at_lyon}")).text
    assert "they are flooded" in page


async def test_work_is_held_and_released_by_somebody_with_a_name(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    number = group.order_at_lyon
    address = await work_at(sessions, number)
    form = {"seen": "offered", "note": "the card is looked at"}
    assert (await doors.post(desk, f"{address}/hold", **form)).status_code == 303
    assert (await doors.post(desk, f"{address}/hold", **form)).status_code == 409
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "On hold: the card is looked at" in page
    assert "staff:" not in page
    assert (await doors.post(desk, f"{address}/release", note="fine")).status_code == 303
    assert (await doors.post(desk, f"{address}/release", note="fine")).status_code == 409
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "The hold was released" in page
    assert "On hold:" not in page


async def test_pieces_are_canceled_once_and_not_once_picked(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions, noon: datetime
) -> None:
    line = await line_at(sessions, group.order_at_lyon)
    form = {"seen": "0", "units": "1", "note": "she asked"}
    assert (await doors.post(desk, f"{line}/cancellation", **form)).status_code == 303
    again = await doors.post(desk, f"{line}/cancellation", **form)
    assert again.status_code == 409
    assert (await order(sessions, group.order_at_lyon)).lines[0].canceled_units == 1

    (work,) = (await order(sessions, group.order_at_nice)).fulfillments
    async with sessions.begin() as db:
        await service.accept(db, fulfillment_id=work.id, by="test", now=noon)
        await service.pick(db, fulfillment_id=work.id, missing={}, by="test", now=noon)
    page = (await desk.get(f"/studio/orders/{group.order_at_nice}")).text
    assert "Cancel pieces" not in page
    line = await line_at(sessions, group.order_at_nice)
    late = await doors.post(desk, f"{line}/cancellation", **form)
    assert late.status_code == 409
    assert "being packed" in late.text


async def test_another_size_at_the_same_price_is_chosen(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    number = group.order_at_nice
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "Size 36 · 2 available" in page
    line = await line_at(sessions, number)
    form = {"seen": "LINON-BLUE-38", "to": "LINON-BLUE-36", "note": "too large"}
    assert (await doors.post(desk, f"{line}/size", **form)).status_code == 303
    assert (await doors.post(desk, f"{line}/size", **form)).status_code == 409
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "LINON-BLUE-38 → LINON-BLUE-36 · too large" in page


async def test_the_address_is_changed_and_its_history_names_no_street(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    number = group.order_at_lyon
    seen = mark((await order(sessions, number)).address)
    path = f"/studio/orders/{number}/address"
    form = {**ADDRESS, "seen": seen, "note": "she moved"}
    assert (await doors.post(desk, path, **form)).status_code == 303
    assert (await doors.post(desk, path, **form)).status_code == 409
    assert (await order(sessions, number)).address.line1 == "9 quai des Essais"
    page = (await desk.get(f"/studio/orders/{number}")).text
    assert "street, postal code · she moved" in page


async def test_a_letter_leaves_once_more(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    path = f"/studio/orders/{group.order_at_lyon}/letters"
    sent = await doors.post(desk, path, letter="order_confirmation")
    assert sent.status_code == 303
    assert (await doors.post(desk, path, letter="units_canceled")).status_code == 409
    async with sessions.begin() as db:
        names = (await db.scalars(select(OutboxRow.name).order_by(OutboxRow.id.desc()))).first()
    assert names == "order.letter_wanted"
    page = (await desk.get(f"/studio/orders/{group.order_at_lyon}")).text
    assert "A letter was asked for again: Confirmation of the order" in page


async def test_work_of_another_order_is_not_found(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    theirs = (await work_at(sessions, group.order_at_nice)).rsplit("/", 1)[1]
    address = f"/studio/orders/{group.order_at_lyon}/works/{theirs}/removal"
    answer = await doors.post(desk, address, seen="offered", note="-")
    assert answer.status_code == 404


@pytest.mark.parametrize("reached", ["to_prepare", "delivered", "unsourced"])
async def test_orders_are_filtered_by_how_far_they_are(
    *, desk: httpx.AsyncClient, group: boutique.Group, reached: str
) -> None:
    page = (await desk.get("/studio/orders", params={"progress": reached})).text
    assert (group.order_at_lyon in page) == (reached == "to_prepare")
