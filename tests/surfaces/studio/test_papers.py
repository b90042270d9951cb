"""Transfers, counts and deliveries as the order desk and the boutique work on them."""

import re
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock.models import PurchaseOrder, StockPosition
from sellier.domain.stock.service import purchases
from sellier.infra.settings import Settings
from sellier.kernel.ids import LocationId, PurchaseOrderId, Sku, new_id
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
BAG = "ECLUSE-RED-U"


@pytest.fixture
async def nice(sessions: Sessions, settings: Settings, noon: datetime) -> httpx.AsyncClient:
    """An associate of Nice, signed in."""
    routers = boutique.routers(boutique.FakeIndex())
    client = doors.browser(sessions, settings, Clock(noon), routers=routers)
    await doors.enter(client, boutique.NICE_STAFF)
    return client


async def turn(client: httpx.AsyncClient, page: str, address: str, **form: str) -> httpx.Response:
    """Send a form of a page: with the version that the page shows."""
    shown = (await client.get(page)).text
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version is not None, page
    sound = {"version": version[1], "key": str(new_id()), **form}
    return await doors.post(client, address, **sound)


async def on_hand(sessions: Sessions, place: LocationId, sku: str = BAG) -> int:
    async with sessions.begin() as db:
        position = await db.get(StockPosition, {"sku": sku, "location_id": place})
        return position.on_hand if position else 0


async def lyon_code(desk: httpx.AsyncClient) -> str:
    page = (await desk.get("/studio/locations")).text
    found = re.search(r"/studio/locations/(place-\w+)", page)
    assert found is not None
    return found[1]


async def test_a_bag_goes_from_lyon_to_nice(
    desk: httpx.AsyncClient, nice: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    draft = {"origin": await lyon_code(desk), "destination": "nice", "key": str(new_id())}
    for _ in range(2):  # pressed twice, written once
        answer = await doors.post(
            desk, "/studio/transfers", **draft, scanned=f"{BAG} 2", expected_on="2026-03-04"
        )
        assert answer.status_code == 303, answer.text
    page = answer.headers["location"]
    assert (await desk.get("/studio/transfers")).text.count('class="row-link') == 1

    assert (await turn(desk, page, f"{page}/request")).status_code == 303
    refused = await turn(desk, page, f"{page}/dispatch", sku=BAG, units="3")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert (await turn(desk, page, f"{page}/dispatch", sku=BAG, units="2")).status_code == 303
    assert "In transit" in (await desk.get(page)).text
    assert await on_hand(sessions, group.lyon) == 1

    number = page.rpartition("/")[2]
    assert number in (await nice.get("/boutique/receive")).text
    arrival = f"/boutique/receive/{number}"
    unknown = await turn(nice, arrival, arrival, scanned="NO-SUCH")
    assert (unknown.status_code, "NO-SUCH" in unknown.text) == (422, True)
    assert (await turn(nice, arrival, arrival, scanned=f"{BAG}\r\n")).status_code == 303
    assert await on_hand(sessions, group.nice) == 1
    assert (await turn(desk, page, f"{page}/loss", note="the van")).status_code == 303
    told = (await desk.get(page)).text
    assert "Lost" in told
    assert "the van" in told
    assert "All of it" in (await nice.get(arrival)).text


async def test_a_refused_send_leaves_nothing_half_done(
    desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    """Three bags are there, and one of them is promised to an order."""
    answer = await doors.post(
        desk,
        "/studio/transfers",
        origin=await lyon_code(desk),
        destination="nice",
        scanned=f"{BAG}\n{BAG} 2",
        key=str(new_id()),
    )
    page = answer.headers["location"]
    await turn(desk, page, f"{page}/request")
    refused = await turn(desk, page, f"{page}/dispatch", sku=BAG, units="3")
    assert refused.status_code == 409
    assert "Only 2" in refused.text
    assert "Asked for" in (await desk.get(page)).text
    assert await on_hand(sessions, group.lyon) == 3


async def test_a_count_is_blind_handed_in_and_approved(
    desk: httpx.AsyncClient, nice: httpx.AsyncClient, group: boutique.Group, sessions: Sessions
) -> None:
    begun = await doors.post(nice, "/boutique/count", shelf="The window", key=str(new_id()))
    page = begun.headers["location"]
    await turn(nice, page, page, scanned="LINON-BLUE-38\nLINON-BLUE-38")
    shown = (await nice.get(page)).text
    assert "LINON-BLUE-38" in shown
    assert "On the books" not in shown
    assert (await turn(nice, page, f"{page}/submission")).status_code == 303
    assert "order desk looks" in (await nice.get(page)).text
    assert await on_hand(sessions, group.nice, "LINON-BLUE-38") == 4

    number = page.rpartition("/")[2]
    told = f"/studio/counts/{number}"
    assert "\N{MINUS SIGN}2" in (await desk.get(told)).text
    assert (await turn(desk, told, f"{told}/approval")).status_code == 303
    assert await on_hand(sessions, group.nice, "LINON-BLUE-38") == 2


@pytest.mark.usefixtures("group")
async def test_a_line_that_is_sent_back_as_it_was_keeps_its_moment(
    nice: httpx.AsyncClient,
) -> None:
    begun = await doors.post(nice, "/boutique/count", shelf="The window", key=str(new_id()))
    page = begun.headers["location"]
    await turn(nice, page, page, scanned="LINON-BLUE-38 4")
    again = await turn(nice, page, page, sku="LINON-BLUE-38", units="4")
    assert again.status_code == 422  # nothing new was written down
    assert (await turn(nice, page, page, sku="LINON-BLUE-38", units="3")).status_code == 303


async def test_a_delivery_is_expected_delayed_and_taken_in(
    desk: httpx.AsyncClient,
    nice: httpx.AsyncClient,
    group: boutique.Group,
    sessions: Sessions,
    noon: datetime,
) -> None:
    async with sessions.begin() as db:
        order_id = PurchaseOrderId(new_id())
        await purchases.expect(
            db,
            purchase_order_id=order_id,
            reference="4500",
            supplier="Tannerie Merle",
            location_id=group.nice,
            lines={Sku(BAG): 5},
            expected_at=noon - timedelta(days=1),
            now=noon,
        )
        number = await db.scalar(select(PurchaseOrder.number))
    assert "Late" in (await desk.get("/studio/inbound")).text
    page = f"/studio/inbound/{number}"
    assert (await turn(desk, page, f"{page}/delay", expected_on="soon")).status_code == 422
    assert (await turn(desk, page, f"{page}/delay", expected_on="2026-03-09")).status_code == 303
    assert "Late" not in (await desk.get("/studio/inbound")).text
    arrival = f"/boutique/receive/{number}"
    answer = await turn(nice, arrival, arrival, sku=BAG, units="3", damaged="1")
    assert answer.status_code == 303
    assert await on_hand(sessions, group.nice) == 4
    assert (await turn(desk, page, f"{page}/closure", note="no more leather")).status_code == 303
    assert "no more leather" in (await desk.get(page)).text


@pytest.mark.usefixtures("group")
async def test_a_place_shows_what_it_holds_gives_and_moved(
    desk: httpx.AsyncClient,
) -> None:
    page = (await desk.get("/studio/locations/nice")).text
    assert "LINON-BLUE-36" in page
    assert "as usual" in page
    assert "Receipt" in page
    assert (await desk.get("/studio/locations/nowhere")).status_code == 404
