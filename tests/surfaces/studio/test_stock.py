import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock.models import StockMovement
from sellier.kernel.ids import new_id
from sellier.surfaces.studio.queries import stock
from sellier.surfaces.studio.rules import Happening
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors

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


async def written(desk: httpx.AsyncClient, **form: str) -> httpx.Response:
    sound = {"sku": "LINON-BLUE-38", "place": "nice", "what": "received", "units": "3"}
    return await doors.post(
        desk, "/studio/stock/movements", **{**sound, "key": str(new_id()), **form}
    )


@pytest.mark.usefixtures("group")
async def test_a_movement_is_written_once_with_who_and_why(desk: httpx.AsyncClient) -> None:
    key = str(new_id())
    for _ in range(2):
        answer = await written(desk, key=key, note="a box from Grasse")
        assert answer.status_code == 303

    page = (await desk.get(answer.headers["location"])).text
    assert page.count("a box from Grasse") == 1
    assert "+3" in page
    assert "staff:" not in page


@pytest.mark.usefixtures("group")
async def test_units_that_are_promised_cannot_be_lost_and_the_form_says_so(
    desk: httpx.AsyncClient,
) -> None:
    before = (await desk.get("/studio/stock?sku=LINON-BLUE-38")).text
    refused = await written(desk, what="lost", units="4")

    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert 'value="4"' in refused.text
    after = (await desk.get("/studio/stock?sku=LINON-BLUE-38")).text
    assert before.count("<tr>") == after.count("<tr>")


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize("what", list(Happening))
async def test_everything_that_may_happen_is_said_in_both_languages(
    desk: httpx.AsyncClient, what: Happening
) -> None:
    if what.startswith("from_"):
        await written(desk, what=what.replace("from_", "to_"), units="1")
    assert (await written(desk, what=what, units="1")).status_code == 303
    for lang in ("en", "fr"):
        page = await desk.get(f"/studio/stock?sku=LINON-BLUE-38&lang={lang}")
        assert page.status_code == 200


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"place": "atlantis"}, 404),
        ({"units": "0"}, 400),
        ({"units": "many"}, 400),
        ({"what": "eaten"}, 400),
        ({"sku": "NO-SUCH"}, 422),
        ({"key": "1"}, 400),
        ({"color": "red"}, 400),
    ],
)
async def test_a_form_that_makes_no_sense_changes_nothing(
    desk: httpx.AsyncClient, sessions: Sessions, *, form: dict[str, str], status: int
) -> None:
    async with sessions.begin() as db:
        before = await db.scalar(select(func.count(StockMovement.id)))
    assert (await written(desk, **form)).status_code == status
    async with sessions.begin() as db:
        assert await db.scalar(select(func.count(StockMovement.id))) == before


@pytest.mark.usefixtures("group")
async def test_a_piece_is_put_in_great_demand_and_back_with_who_said_so(
    desk: httpx.AsyncClient,
) -> None:
    page = "/studio/stock?sku=LINON-BLUE-38"
    form = {"sku": "LINON-BLUE-38", "is_hot": "yes"}
    assert "For a launch or a flash sale" in (await desk.get(page)).text
    for _ in range(2):
        answer = await doors.post(desk, "/studio/stock/demand", **form)
        assert answer.status_code == 303
    shown = (await desk.get(page)).text
    assert "set by" in shown
    assert "staff:" not in shown
    assert "Très demandée" in (await desk.get(f"{page}&lang=fr")).text

    await doors.post(desk, "/studio/stock/demand", **{**form, "is_hot": "no"})
    assert "For a launch or a flash sale" in (await desk.get(f"{page}&lang=en")).text
    assert (
        await doors.post(desk, "/studio/stock/demand", sku="NO", is_hot="yes")
    ).status_code == 404
