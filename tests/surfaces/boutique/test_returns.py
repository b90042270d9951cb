"""Pieces come back to a boutique: by the number of their return, or of their order."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColorText
from sellier.domain.identity.states import Role
from sellier.domain.orders.states import Work
from sellier.domain.returns.states import Disposition, Look, ReturnState
from sellier.infra.settings import Settings
from sellier.kernel.ids import Sku, new_id, public_id
from tests.domain.orders.make import Shop
from tests.domain.pricing import make as pricing
from tests.domain.returns import make, swap
from tests.domain.returns.make import PRICE, SHIPPING, Arrived
from tests.domain.stock import make as stock
from tests.surfaces.boutique import make as boutique
from tests.surfaces.boutique.make import Group
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock
from tests.surfaces.studio import make as studio

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def order(sessions: Sessions, group: Group, noon: datetime) -> Arrived:
    shop = Shop(site=group.site, location_id=group.lyon)
    return await make.arrived(sessions, shop, now=noon, quantity=2)


@pytest.fixture
async def desk(
    *,
    sessions: Sessions,
    settings: Settings,
    noon: datetime,
    group: Group,  # noqa: ARG001  its people sign in
) -> AsyncIterator[httpx.AsyncClient]:
    async with doors.browser(sessions, settings, Clock(noon), routers=studio.ROUTERS) as client:
        await doors.enter(client, boutique.EMAILS[Role.ORDER_DESK])
        yield client


def line_of(told: str) -> list[str]:
    return re.findall(r'name="line" value="(rln_[a-z2-7]+)"', told)


async def test_a_return_by_post_is_received_inspected_and_refunded(
    sessions: Sessions, lyon: httpx.AsyncClient, order: Arrived, noon: datetime
) -> None:
    return_id = await make.announced(sessions, order, now=noon, quantity=2)
    number = (await make.read(sessions, return_id)).number
    found = await lyon.get(f"/boutique/returns?q={number.lower()}")
    page = f"/boutique/returns/{number}"
    assert found.headers["location"] == page

    lines = line_of((await lyon.get(page)).text)
    assert (
        await doors.post(lyon, f"{page}/reception", line=lines[0], units="3")
    ).status_code == 422
    await doors.post(lyon, f"{page}/reception", line=lines[0], units="2")
    units = line_of((await lyon.get(page)).text)
    assert len(units) == 2  # a row for each unit
    assert number in (await lyon.get("/boutique/returns")).text

    bad: dict[str, Sequence[str]] = {
        "look": [Look.DAMAGED] * 2,
        "disposition": [Disposition.RESTOCK] * 2,
        "note": ["", ""],
    }
    answer = await doors.post(lyon, f"{page}/inspection", line=units, **bad)
    assert answer.status_code == 422
    good: dict[str, Sequence[str]] = {"look": [Look.AS_NEW, Look.DAMAGED], "note": ["", "Seam"]}
    goes = [Disposition.RESTOCK, Disposition.DAMAGED]
    await doors.post(lyon, f"{page}/inspection", line=units, disposition=goes, **good)
    assert (await make.read(sessions, return_id)).state is ReturnState.INSPECTED
    await doors.post(lyon, f"{page}/settlement")
    told = await make.read(sessions, return_id)
    assert told.refund is not None
    assert told.refund.minor == 2 * PRICE + SHIPPING
    again = await doors.post(lyon, f"{page}/settlement")
    assert again.status_code == 409


async def test_a_piece_that_comes_back_is_named_in_the_language_of_who_looks_at_it(
    sessions: Sessions, lyon: httpx.AsyncClient, order: Arrived, noon: datetime
) -> None:
    return_id = await make.announced(sessions, order, now=noon, quantity=1)
    back = await make.read(sessions, return_id)
    async with sessions.begin() as db:
        await db.execute(
            update(StyleColorText)
            .where(
                StyleColorText.style_color_id == back.lines[0].style_color_id,
                StyleColorText.language == "fr",
            )
            .values(title="Sac Encre", color="encre")
        )
    page = f"/boutique/returns/{back.number}"
    assert "Sac Encre" in (await lyon.get(f"{page}?lang=fr")).text
    told = (await lyon.get(f"{page}?lang=en")).text
    assert back.lines[0].title in told
    assert "Sac Encre" not in told


async def test_a_piece_is_taken_back_over_the_counter_once(
    lyon: httpx.AsyncClient, order: Arrived
) -> None:
    found = await lyon.get(f"/boutique/returns?q={order.number}")
    page = f"/boutique/returns/of/{order.number}"
    assert found.headers["location"] == page
    assert 'max="2"' in (await lyon.get(page)).text
    form = {
        "key": str(new_id()),
        "line": public_id("line", order.line_id),
        "units": "1",
        "reason": "too_large",
        "look": "as_new",
        "disposition": "restock",
    }
    first = await doors.post(lyon, page, **form)
    second = await doors.post(lyon, page, **form)  # pressed twice
    assert first.headers["location"] == second.headers["location"]
    number = first.headers["location"].rsplit("/", 1)[-1]
    assert number in (await lyon.get(page)).text
    assert 'max="1"' in (await lyon.get(page)).text
    nothing = await doors.post(lyon, page, **{**form, "key": str(new_id()), "units": "0"})
    assert nothing.status_code == 422
    too_many = await doors.post(lyon, page, **{**form, "key": str(new_id()), "units": "2"})
    assert too_many.status_code == 409


async def test_a_number_that_nothing_has_is_said(lyon: httpx.AsyncClient, order: Arrived) -> None:
    assert order.number
    page = await lyon.get("/boutique/returns?q=R-1999-000001")
    assert "R-1999-000001" in page.text
    assert 'role="alert"' in page.text


async def test_the_desk_follows_a_return_and_takes_it_in_anywhere(
    sessions: Sessions, desk: httpx.AsyncClient, order: Arrived, noon: datetime
) -> None:
    return_id = await make.announced(sessions, order, now=noon)
    number = (await make.read(sessions, return_id)).number
    page = f"/studio/returns/{number}"
    assert number in (await desk.get("/studio/returns?which=waiting")).text
    assert number not in (await desk.get("/studio/returns?which=settled")).text
    assert number in (await desk.get(f"/studio/orders/{order.number}")).text
    (line,) = line_of((await desk.get(page)).text)
    nowhere = await doors.post(desk, f"{page}/reception", line=line, units="1", place="mars")
    assert nowhere.status_code == 422
    await doors.post(desk, f"{page}/reception", line=line, units="1", place="nice")
    seen = {"line": line, "look": "worn", "disposition": "refuse", "note": "Soles"}
    await doors.post(desk, f"{page}/inspection", **seen)
    assert (await make.read(sessions, return_id)).state is ReturnState.REFUSED
    assert "Soles" in (await desk.get(page)).text


async def test_the_desk_stops_waiting(
    sessions: Sessions, desk: httpx.AsyncClient, order: Arrived, noon: datetime
) -> None:
    return_id = await make.announced(sessions, order, now=noon)
    number = (await make.read(sessions, return_id)).number
    await doors.post(desk, f"/studio/returns/{number}/cancellation")
    assert (await make.read(sessions, return_id)).state is ReturnState.CANCELED


async def test_a_piece_is_exchanged_over_the_counter(
    sessions: Sessions, lyon: httpx.AsyncClient, order: Arrived, group: Group
) -> None:
    large = Sku("ECLUSE-RED-L")
    async with sessions.begin() as db:
        await swap.size(db, "ECLUSE-RED", "L")
        await pricing.price(db, market_id=group.site.market_id, sku=large)
        await stock.stock_position(db, location_id=group.lyon, sku=large)
        await stock.stock_position(db, location_id=group.nice, sku=large, on_hand=2)
    page = f"/boutique/returns/of/{order.number}"
    shown = (await lyon.get(page)).text
    assert f'value="along:{large}"' in shown
    assert f'value="later:{large}"' in shown
    form = {
        "line": public_id("line", order.line_id),
        "units": "1",
        "reason": "too_small",
        "look": "as_new",
        "disposition": "restock",
    }
    wrong = await doors.post(lyon, page, **form, key=str(new_id()), instead=f"never:{large}")
    assert wrong.status_code == 422
    along = await doors.post(lyon, page, **form, key=str(new_id()), instead=f"along:{large}")
    assert "Handed over" in (await lyon.get(along.headers["location"])).text
    gone = await doors.post(lyon, page, **form, key=str(new_id()), instead=f"along:{large}")
    assert gone.status_code == 409
    later = await doors.post(lyon, page, **form, key=str(new_id()), instead=f"later:{large}")
    told = (await lyon.get(later.headers["location"])).text
    assert "Exchanged" in told
    assert "Goes out" in told
    assert await swap.available(sessions, large) == 1


async def test_a_piece_kept_for_an_exchange_is_shown_where_it_is(
    sessions: Sessions, lyon: httpx.AsyncClient, order: Arrived, *, group: Group, noon: datetime
) -> None:
    large = Sku("ECLUSE-RED-L")
    async with sessions.begin() as db:
        await swap.size(db, "ECLUSE-RED", "L")
        await pricing.price(db, market_id=group.site.market_id, sku=large)
        await stock.stock_position(db, location_id=group.lyon, sku=large)
    return_id = await swap.announced(sessions, order, large, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    assert "Kept for an exchange" in (await lyon.get("/boutique")).text
    work = await swap.work_of(sessions, line_id, Work.SET_ASIDE)
    shown = await lyon.get(f"/boutique/work/{public_id('work', work)}")
    assert "it goes out when the piece that it replaces has come back" in shown.text
    number = (await make.read(sessions, return_id)).number
    assert "Set aside" in (await lyon.get(f"/boutique/returns/{number}")).text


async def test_the_order_desk_sees_what_replaces_what(
    sessions: Sessions, desk: httpx.AsyncClient, order: Arrived, *, group: Group, noon: datetime
) -> None:
    large = Sku("ECLUSE-RED-L")
    async with sessions.begin() as db:
        await swap.size(db, "ECLUSE-RED", "L")
        await pricing.price(db, market_id=group.site.market_id, sku=large)
        await stock.stock_position(db, location_id=group.lyon, sku=large)
    await swap.announced(sessions, order, large, now=noon)
    page = (await desk.get(f"/studio/orders/{order.number}")).text
    assert "Paid with the piece that it replaces" in page
    assert "Set aside in exchange" in page
