"""The control tower: what is late and where, told anew only where it changed."""

from datetime import datetime, timedelta
from typing import Final

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.locations.models import Location
from sellier.domain.orders import queries as orders
from sellier.domain.orders import service
from sellier.domain.orders.models import Fulfillment
from sellier.domain.orders.rules import Pace, due_at, pace
from sellier.domain.orders.states import Cause, Work
from sellier.kernel.ids import FulfillmentId
from sellier.surfaces.studio.queries import tower
from sellier.surfaces.studio.rules import LANES, Lane
from tests.surfaces.boutique import make as boutique

Sessions = async_sessionmaker[AsyncSession]
BY: Final = "test"


async def work_of(sessions: Sessions, number: str) -> FulfillmentId:
    async with sessions.begin() as db:
        found = await orders.order_by_number(db, number=number)
    assert found is not None
    return found.fulfillments[0].id


async def test_lanes_count_what_waits_and_name_what_is_first(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions, noon: datetime
) -> None:
    refused = await work_of(sessions, group.order_at_lyon)
    async with sessions.begin() as db:
        await service.reject(db, fulfillment_id=refused, cause=Cause.TOO_BUSY, by=BY, now=noon)
    page = (await desk.get("/studio/tower")).text
    assert "no time" in page
    for number in (group.order_at_lyon, group.order_at_nice):
        assert f"/studio/orders/{number}#work" in page
    async with sessions.begin() as db:
        told = {one.lane: one for one in await tower.lanes(db, now=noon)}
        later = noon + timedelta(hours=4)
        late = {one.lane: one for one in await tower.lanes(db, now=later)}
        places = await tower.places(db, now=noon)
    assert (told[Lane.UNSOURCED].total, told[Lane.UNSOURCED].late) == (1, 0)
    assert told[Lane.UNSOURCED].works[0].cause is Cause.TOO_BUSY
    assert (late[Lane.UNSOURCED].late, late[Lane.OFFERED].late) == (1, 1)
    by_code = {one.code: one for one in places}
    assert (by_code["nice"].orders, by_code["nice"].refused) == (1, 0)
    (lyon,) = [one for code, one in by_code.items() if code != "nice"]
    assert (lyon.orders, lyon.asked, lyon.refused, lyon.causes) == (0, 1, 1, {"too_busy": 1})


@pytest.mark.parametrize("after", [timedelta(0), timedelta(hours=3, minutes=30), timedelta(days=9)])
@pytest.mark.parametrize("state", [state for states in LANES.values() for state in states])
async def test_what_is_late_in_the_database_is_what_the_rule_says(
    *, sessions: Sessions, group: boutique.Group, noon: datetime, state: Work, after: timedelta
) -> None:
    work = await work_of(sessions, group.order_at_lyon)
    change = update(Fulfillment).where(Fulfillment.id == work)
    now = noon + after
    async with sessions.begin() as db:
        terms = {"accept_by": noon + timedelta(hours=4), "collect_by": noon + timedelta(days=7)}
        await db.execute(change.values(state=state, **terms))
        (lane,) = [
            one
            for one in await tower.lanes(db, now=now)
            if any(each.number == group.order_at_lyon for each in one.works)
        ]
        (told,) = [each for each in lane.works if each.number == group.order_at_lyon]
        others = [each.pace for each in lane.works if each is not told]
        due = due_at(state, since=told.since, **terms)
        expected = pace(state, due=due, now=now)
        await db.rollback()
    assert (told.due, told.pace) == (due, expected)
    assert lane.late == [expected, *others].count(Pace.LATE)
    assert lane.soon == [expected, *others].count(Pace.SOON)


async def test_a_page_asks_again_and_hears_only_what_changed(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions, noon: datetime
) -> None:
    page = (await desk.get("/studio/tower")).text
    again = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert (await desk.get(again)).status_code == 204
    async with sessions.begin() as db:
        work = await work_of(sessions, group.order_at_lyon)
        await service.accept(db, fulfillment_id=work, by=BY, now=noon)
    answer = await desk.get(again)
    assert answer.status_code == 200
    assert 'id="tower-accepted"' in answer.text
    assert 'id="tower-offered"' in answer.text
    assert 'id="tower-ready"' not in answer.text
    assert "<html" not in answer.text
    newer = answer.text.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert (await desk.get(newer)).status_code == 204


async def test_a_lane_is_listed_for_a_place(desk: httpx.AsyncClient, group: boutique.Group) -> None:
    page = (await desk.get("/studio/tower/offered")).text
    assert group.order_at_lyon in page
    assert group.order_at_nice in page
    page = (await desk.get("/studio/tower/offered", params={"place": "nice"})).text
    assert group.order_at_lyon not in page
    assert group.order_at_nice in page
    assert "Every piece has a place" in (await desk.get("/studio/tower/unsourced")).text
    assert (await desk.get("/studio/tower/else")).status_code in (400, 404)


async def test_the_network_is_a_map_with_its_table(desk: httpx.AsyncClient) -> None:
    page = (await desk.get("/studio/network")).text
    assert page.count('class="network-dot') == 2
    assert page.count('href="/studio/locations/nice"') == 2
    assert "1 order in hand, open" in page
    page = (await desk.get("/studio/network", params={"part": "FR", "lang": "fr"})).text
    assert "1 commande en cours" in page
    assert "network-country" not in page
    assert "No place yet" in (await desk.get("/studio/network?part=JP&lang=en")).text


async def test_the_network_says_which_place_takes_no_orders(
    *, desk: httpx.AsyncClient, sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await db.execute(update(Location).where(Location.code == "nice").values(closed_at=noon))
    page = (await desk.get("/studio/network?lang=en")).text
    assert page.count('class="network-dot is-shut') == 1
    assert "1 order in hand, closure" in page
