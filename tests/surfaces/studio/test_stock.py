import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.surfaces.studio.queries import stock
from tests.surfaces.boutique import make as boutique

Sessions = async_sessionmaker[AsyncSession]


async def test_a_sku_shows_its_places_whom_it_is_kept_for_and_its_ledger(
    desk: httpx.AsyncClient, group: boutique.Group
) -> None:
    page = (await desk.get("/studio/stock?sku=linon-blue-38")).text
    assert "Manteau Linon" in page
    assert group.order_at_nice in page
    assert "Receipt" in page
    assert "+4" in page


@pytest.mark.usefixtures("group")
async def test_the_ledger_adds_up_to_what_is_on_hand(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        piece = await stock.tagged(db, tag="ECLUSE-RED", lang="fr")
        assert piece is not None
        [position] = await stock.positions(db, sku=piece.sku)
        movements = await stock.ledger(db, sku=piece.sku)
        kept = await stock.held(db, sku=piece.sku)
    assert sum(move.quantity for move in movements) == position.on_hand == movements[0].after
    assert sum(one.quantity for one in kept) == position.reserved
    assert position.available == position.on_hand - position.reserved - position.safety


async def test_an_unknown_tag_says_where_tags_stand(desk: httpx.AsyncClient) -> None:
    for tag in ("NO-SUCH", "<b>", "\x00", "%"):
        page = await desk.get("/studio/stock", params={"sku": tag})
        assert page.status_code == 200
        assert "<b>”" not in page.text


async def test_a_ledger_page_out_of_range_is_refused(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/studio/stock?sku=ECLUSE-RED&before=0")).status_code == 400
    assert (await desk.get("/studio/stock?sku=ECLUSE-RED&before=x")).status_code == 400
