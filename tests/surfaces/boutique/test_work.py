"""The work of a boutique as its associates do it, page by page."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColor, StyleColorText
from sellier.domain.orders import jobs
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, Order, OrderAddress
from sellier.domain.orders.rules import ALONE_FOR
from sellier.domain.stock.models import StockPosition
from sellier.infra.settings import Settings
from sellier.kernel.ids import FulfillmentId, public_id
from tests.domain.orders import make as orders_make
from tests.domain.orders import road
from tests.domain.orders.road import Road
from tests.domain.stock import make as stock
from tests.surfaces.boutique import make
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]


async def work_of(sessions: Sessions, number: str) -> FulfillmentId:
    async with sessions.begin() as db:
        found = await db.scalar(
            select(Fulfillment.id)
            .join(Order, Order.id == Fulfillment.order_id)
            .where(Order.number == number, Fulfillment.location_id.is_not(None))
        )
    assert found is not None
    return found


async def state_of(sessions: Sessions, work: FulfillmentId) -> str:
    async with sessions.begin() as db:
        state = await db.scalar(select(Fulfillment.state).where(Fulfillment.id == work))
    assert state is not None
    return state


def page_of(work: FulfillmentId) -> str:
    return f"/boutique/work/{public_id('work', work)}"


@pytest.fixture
async def work(sessions: Sessions, group: make.Group) -> FulfillmentId:
    return await work_of(sessions, group.order_at_lyon)


@pytest.fixture
async def way(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Road]:
    async with road.opened(sessions, settings, clock=Clock(noon)) as found:
        yield found


async def step(
    client: httpx.AsyncClient, work: FulfillmentId, to: str, *, status: int = 303, **form: str
) -> httpx.Response:
    answer = await doors.post(client, f"{page_of(work)}/{to}", **form)
    assert answer.status_code == status, answer.text
    return answer


async def picked(client: httpx.AsyncClient, work: FulfillmentId) -> None:
    await step(client, work, "acceptance")
    await step(client, work, "scans", code="ECLUSE-RED-U")
    await step(client, work, "picking")


async def test_my_boutique_sees_its_own_work_alone(
    lyon: httpx.AsyncClient, group: make.Group
) -> None:
    for address in ("/boutique", "/boutique/orders"):
        listed = await lyon.get(address)
        assert listed.status_code == 200
        assert group.order_at_lyon in listed.text
        assert group.order_at_nice not in listed.text
        assert "To accept" in listed.text


async def test_the_work_says_what_to_pick_and_where_it_goes(
    lyon: httpx.AsyncClient, group: make.Group, work: FulfillmentId
) -> None:
    for address in (page_of(work), f"/boutique/orders/{group.order_at_lyon}"):
        sheet = await lyon.get(address)
        assert sheet.status_code == 200
        for told in ("Tote Écluse", "ECLUSE-RED-U", "Ada Hautefeuille", "1 rue des Essais"):
            assert told in sheet.text
        assert "ada@customer.example" not in sheet.text  # picking does not need it
        assert "Manteau Linon" not in sheet.text
        assert "from elsewhere" not in sheet.text


async def test_another_boutiques_work_is_not_found(
    lyon: httpx.AsyncClient, sessions: Sessions, group: make.Group
) -> None:
    theirs = await work_of(sessions, group.order_at_nice)
    pages = [
        await lyon.get(address)
        for address in (page_of(theirs), "/boutique/work/none", f"{page_of(theirs)}/slip")
    ]
    assert {page.status_code for page in pages} == {404}
    plain = {re.sub(r'nonce="[^"]+"|lang=\w\w|M-2026-\d+', "", page.text) for page in pages}
    assert len(plain) == 1
    for to in ("acceptance", "packing", "handover", "readiness", "labels"):
        await step(lyon, theirs, to, status=404)
    await step(lyon, theirs, "refusal", status=404, cause="too_busy")
    await step(lyon, theirs, "scans", status=404, code="LINON-BLUE-38")
    await step(lyon, theirs, "collection", status=404, code="ABCDEF")
    assert await state_of(sessions, theirs) == "offered"


async def test_pieces_are_called_as_whoever_picks_calls_them(
    lyon: httpx.AsyncClient, sessions: Sessions, work: FulfillmentId
) -> None:
    """The order was made in one language, and keeps it; whoever picks may read another."""
    async with sessions.begin() as db:
        for lang, title in (("fr", "Cabas Écluse"), ("en", "Lock tote")):
            named = {"language": lang, "title": title, "color": "red", "description": title}
            red = select(StyleColor.id).where(StyleColor.code == "ECLUSE-RED").scalar_subquery()
            await db.execute(
                insert(StyleColorText)
                .values(style_color_id=red, **named)
                .on_conflict_do_update(
                    index_elements=["style_color_id", "language"], set_={"title": title}
                )
            )
    for lang, title in (("fr", "Cabas Écluse"), ("en", "Lock tote")):
        sheet = await lyon.get(f"{page_of(work)}?lang={lang}")
        assert title in sheet.text


async def test_from_the_offer_to_the_carrier(
    lyon: httpx.AsyncClient, sessions: Sessions, work: FulfillmentId, way: Road
) -> None:
    await step(lyon, work, "acceptance")
    assert "/boutique/picks" in (await lyon.get("/boutique")).text
    paper = await lyon.get("/boutique/picks")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    scanned = await step(lyon, work, "scans", code="ecluse-red-u")
    assert scanned.headers["location"] == f"{page_of(work)}?scanned=ecluse-red-u"
    assert "Everything is here" in (await lyon.get(page_of(work))).text
    await step(lyon, work, "picking")
    assert (await lyon.get(f"{page_of(work)}/slip")).content.startswith(b"%PDF-")
    await step(lyon, work, "packing")
    assert "on its way" in (await lyon.get(page_of(work))).text
    assert (await lyon.get(f"{page_of(work)}/label")).status_code == 404
    await way.react()
    parcel = await way.parcel(work)
    assert str(parcel.tracking_number) in (await lyon.get(page_of(work))).text
    assert (await lyon.get(f"{page_of(work)}/label")).content.startswith(b"%PDF-")
    assert str(work) in (await lyon.get("/boutique/handover")).text
    left = await doors.post(lyon, "/boutique/handover", parcel=str(work))
    assert left.headers["location"] == "/boutique/manifest"
    assert str(parcel.tracking_number) in (await lyon.get("/boutique/manifest")).text
    assert await state_of(sessions, work) == "handed_over"
    again = await doors.post(lyon, "/boutique/handover", parcel=str(work))
    assert again.status_code == 422
    assert "The carrier has it" in (await lyon.get(page_of(work))).text


async def test_several_parcels_leave_together_or_none_does(
    lyon: httpx.AsyncClient, sessions: Sessions, group: make.Group, work: FulfillmentId, way: Road
) -> None:
    sku = "ECLUSE-RED-U"
    number = await make.order(sessions, group.site, group.lyon, sku=sku, now=way.clock.now)
    other = await work_of(sessions, number)
    for each in (work, other):
        await picked(lyon, each)
    await step(lyon, work, "packing")
    await way.react()
    token = lyon.cookies["csrf"]
    form = {"_csrf_token": token, "parcel": [str(work), str(other)]}
    assert (await lyon.post("/boutique/handover", data=form)).status_code == 422
    assert await state_of(sessions, work) == "packed"
    await step(lyon, other, "packing")
    await way.react()
    assert (await lyon.post("/boutique/handover", data=form)).status_code == 303
    assert {await state_of(sessions, each) for each in (work, other)} == {"handed_over"}
    assert (await doors.post(lyon, "/boutique/handover")).status_code == 422


async def test_a_single_parcel_is_handed_over_from_its_page(
    lyon: httpx.AsyncClient, sessions: Sessions, work: FulfillmentId, way: Road
) -> None:
    await picked(lyon, work)
    await step(lyon, work, "packing")
    await way.react()
    await step(lyon, work, "handover")
    assert await state_of(sessions, work) == "handed_over"
    told = await step(lyon, work, "handover", status=409)
    assert "Somebody did this already" in told.text


async def test_wrong_pieces_are_refused_and_change_nothing(
    lyon: httpx.AsyncClient, work: FulfillmentId
) -> None:
    await step(lyon, work, "acceptance")
    for code, says in (("NONE", "No piece has the tag"), ("LINON-BLUE-36", "Wrong piece")):
        refused = await step(lyon, work, "scans", status=409, code=code)
        assert says in refused.text
    await step(lyon, work, "scans", code="ECLUSE-RED-U")
    refused = await step(lyon, work, "scans", status=409, code="ECLUSE-RED-U")
    assert "One too many" in refused.text
    await step(lyon, work, "returns", code="ECLUSE-RED-U")
    told = await step(lyon, work, "picking", status=422)
    assert "Say why pieces are missing" in told.text


async def test_a_refusal_says_what_it_does_and_does_it(
    lyon: httpx.AsyncClient, sessions: Sessions, group: make.Group, work: FulfillmentId
) -> None:
    offered = (await lyon.get(page_of(work))).text
    assert "counts as gone from this boutique" in offered
    await step(lyon, work, "refusal", status=422)
    await step(lyon, work, "refusal", cause="damaged", note="The clasp")
    assert await state_of(sessions, work) == "withdrawn"
    async with sessions.begin() as db:
        mine = StockPosition.location_id == group.lyon
        position = (await db.scalars(select(StockPosition).where(mine))).one()
        assert (position.damaged, position.reserved) == (1, 0)
    assert "damaged" in (await lyon.get(page_of(work))).text
    assert group.order_at_lyon not in (await lyon.get("/boutique")).text


async def test_what_is_missing_goes_elsewhere_and_the_rest_goes_on(
    lyon: httpx.AsyncClient, sessions: Sessions, work: FulfillmentId
) -> None:
    await step(lyon, work, "acceptance")
    await step(lyon, work, "picking", cause="not_found")
    assert await state_of(sessions, work) == "withdrawn"


async def test_a_refused_address_is_said_and_the_label_asked_for_again(
    lyon: httpx.AsyncClient, sessions: Sessions, work: FulfillmentId, way: Road
) -> None:
    async with sessions.begin() as db:
        await db.execute(update(OrderAddress).values(line2="tok_refuse"))
    await picked(lyon, work)
    await step(lyon, work, "packing")
    await step(lyon, work, "labels", status=409)
    await way.react()
    assert "does not go to this address" in (await lyon.get(page_of(work))).text
    assert "Address refused" in (await lyon.get("/boutique/handover")).text
    async with sessions.begin() as db:
        await db.execute(update(OrderAddress).values(line2=None))
    await step(lyon, work, "labels")
    await way.react()
    assert "Print the label" in (await lyon.get(page_of(work))).text


async def test_a_customer_collects_with_their_code(
    lyon: httpx.AsyncClient, sessions: Sessions, group: make.Group, noon: datetime
) -> None:
    shop = orders_make.Shop(site=group.site, location_id=group.lyon)
    bought = await orders_make.bought(sessions, shop, now=noon, at=group.lyon)
    (work,) = bought.works
    await picked(lyon, work)
    await step(lyon, work, "packing", status=409)
    await step(lyon, work, "readiness", shelf="A3")
    async with sessions.begin() as db:
        code = await db.scalar(select(Fulfillment.pickup_code).where(Fulfillment.id == work))
    assert code
    for words in ("Hautefeuille", code.lower()):
        found = await lyon.get("/boutique/collect", params={"q": words})
        assert found.headers["location"].startswith(page_of(work))
    assert "Nothing waits for" in (await lyon.get("/boutique/collect?q=nobody")).text
    shown = (await lyon.get(page_of(work))).text
    assert "A3" in shown
    assert code not in shown
    refused = await step(lyon, work, "collection", status=409, code="AAAAAA")
    assert "not the code of this order" in refused.text
    assert await state_of(sessions, work) == "ready"
    await step(lyon, work, "collection", code=code)
    assert await state_of(sessions, work) == "collected"


async def test_an_offer_left_lying_is_claimed_by_another_boutique(
    lyon: httpx.AsyncClient,
    *,
    sessions: Sessions,
    settings: Settings,
    group: make.Group,
    work: FulfillmentId,
    noon: datetime,
) -> None:
    async with sessions.begin() as db:
        await stock.stock_position(db, location_id=group.nice, on_hand=2)
        await orders.widen_offers(db, now=noon + ALONE_FOR)
    later = Clock(noon + timedelta(hours=1))
    routers = make.routers(make.FakeIndex())
    async with doors.browser(sessions, settings, later, routers=routers) as nice:
        await doors.enter(nice, make.NICE_STAFF)
        assert "First come, first served" in (await nice.get("/boutique")).text
        offered = (await nice.get(page_of(work))).text
        assert "1 rue des Essais" not in offered  # not theirs yet
        assert f"{page_of(work)}/refusal" not in offered
        await step(nice, work, "refusal", status=404, cause="too_busy")
        await step(nice, work, "acceptance")
        assert "1 rue des Essais" in (await nice.get(page_of(work))).text
    await step(lyon, work, "acceptance", status=404)
    assert (await lyon.get(page_of(work))).status_code == 404


def test_the_worker_widens_offers_by_itself() -> None:
    assert "orders.keep_time" in {job.name for job in jobs.JOBS}
