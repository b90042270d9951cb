from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColor
from sellier.domain.search import jobs, queries, service
from sellier.domain.search.gateway import writing
from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.models import SearchChange
from sellier.domain.stock.models import StockPosition
from sellier.infra import keys
from sellier.infra.jobs import Context
from sellier.infra.settings import Settings
from sellier.kernel.ids import Sku, StyleColorId
from tests.conftest import NOON
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.pricing import make as pricing
from tests.domain.search.make import request
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]


async def shop(sessions: Sessions, *codes: str) -> dict[str, StyleColorId]:
    made = {}
    async with sessions.begin() as db:
        site = await organization.site(db)
        place = await locations.location(db, code="lyon")
        for code in codes:
            made[code] = await catalog.style_color(db, code=code, sizes=("36", "38"), site=site)
            await pricing.price(db, sku=f"{code}-36", market_id=site.market_id, minor=9_000)
            await pricing.price(db, sku=f"{code}-38", market_id=site.market_id, minor=8_000)
            await stock.stock_position(db, sku=f"{code}-38", location_id=place, on_hand=2)
    return made


async def receive(sessions: Sessions, *, sku: str, now: datetime) -> None:
    async with sessions.begin() as db:
        place = await db.scalar(select(StockPosition.location_id).limit(1))
        assert place is not None
        await stock.more(db, location_id=place, units=1, now=now, sku=sku)


async def noted(sessions: Sessions) -> list[StyleColorId]:
    async with sessions() as db:
        return list(await db.scalars(select(SearchChange.style_color_id)))


async def test_a_document_says_what_the_database_knows(sessions: Sessions, noon: datetime) -> None:
    made = await shop(sessions, "ecluse")
    async with sessions() as db:
        [found] = await queries.documents(db, style_color_ids=list(made.values()), now=noon)
    assert found.code == "ecluse"
    assert found.sizes == ("36", "38")
    assert found.sizes_available == ("38",)
    assert found.locations == ("lyon",)
    assert found.prices_minor == {"FR": 8_000}
    assert found.listed == ("atelier:FR",)
    assert [category.code for category in found.categories] == ["bags", "bags/totes"]
    assert set(found.texts) == {"en", "fr"}
    assert found.color_family == "red"
    assert set(found.other_codes) == {"ecluse-36", "ecluse-38"}


async def test_before_a_listing_or_after_a_price_nothing_is_said(
    sessions: Sessions, noon: datetime
) -> None:
    made = await shop(sessions, "ecluse")
    async with sessions() as db:
        [found] = await queries.documents(
            db, style_color_ids=list(made.values()), now=noon - timedelta(days=9_000)
        )
    assert found.listed == ()
    assert found.prices_minor == {}


async def test_the_first_refresh_builds_and_later_ones_follow(
    sessions: Sessions, noon: datetime, tmp_path: Path
) -> None:
    made = await shop(sessions, "ecluse", "berge")
    index = SearchIndex(service.index_folder(tmp_path))
    await service.refresh(sessions, home=tmp_path, now=noon)
    asked = request(channel="atelier", sizes=("36",))
    assert set(index.search(request(channel="atelier")).codes) == {"ecluse", "berge"}
    assert index.search(asked).total == 0

    await receive(sessions, sku="berge-36", now=noon)
    async with sessions.begin() as db:
        await service.note_changes(db, style_color_ids=[made["berge"]], now=noon)
    assert await service.refresh(sessions, home=tmp_path, now=noon) == 1
    assert index.search(asked).codes == ("berge",)
    assert await noted(sessions) == []


async def test_a_change_noted_again_meanwhile_is_kept(sessions: Sessions, noon: datetime) -> None:
    made = await shop(sessions, "ecluse")
    async with sessions.begin() as db:
        await service.note_changes(db, style_color_ids=list(made.values()), now=noon)
        seen = await queries.changes(db)
    async with sessions.begin() as db:
        later = noon + timedelta(seconds=1)
        await service.note_changes(db, style_color_ids=list(made.values()), now=later)
        await service.forget(db, changes=seen)
    assert await noted(sessions) == list(made.values())
    async with sessions.begin() as db:
        await service.forget(db, changes=await queries.changes(db))
    assert await noted(sessions) == []


async def test_a_burst_of_changes_is_one_note(sessions: Sessions, noon: datetime) -> None:
    made = await shop(sessions, "ecluse")
    for second in range(20):
        async with sessions.begin() as db:
            at = noon + timedelta(seconds=second)
            await service.note_changes(db, style_color_ids=list(made.values()) * 3, now=at)
    assert await noted(sessions) == list(made.values())


async def test_what_the_clock_lists_is_noticed(sessions: Sessions, noon: datetime) -> None:
    made = await shop(sessions, "ecluse")
    async with sessions() as db:
        assert not await queries.turned(db, since=noon - timedelta(hours=1), until=noon)
        begun = await queries.turned(
            db, since=catalog.LONG_AGO - timedelta(1), until=catalog.LONG_AGO
        )
    assert list(begun) == list(made.values())


async def test_skus_lead_to_their_style_color(sessions: Sessions) -> None:
    made = await shop(sessions, "ecluse")
    async with sessions() as db:
        found = await queries.style_colors_of(db, skus=[Sku("ecluse-36"), Sku("ecluse-38")])
        assert await db.scalar(select(StyleColor.code).where(StyleColor.id == found[0])) == "ecluse"
    assert list(found) == list(made.values())


@pytest.fixture
async def context(sessions: Sessions, settings: Settings, tmp_path: Path) -> AsyncIterator[Context]:
    async with httpx.AsyncClient() as http:
        yield Context(
            sessions=sessions,
            settings=replace(settings, home=tmp_path),
            keys=keys.of(settings),
            http=http,
            clock=lambda: NOON,
        )


async def test_events_are_noted_then_taken_in_at_once(
    sessions: Sessions, context: Context, tmp_path: Path
) -> None:
    made = await shop(sessions, "ecluse", "berge")
    events = [
        {"style_color_ids": [str(made["ecluse"])]},
        {"skus": ["berge-36", "berge-38"]},
        {"skus": ["unheard-of"]},
    ]
    await jobs.note(context, events)
    assert set(await noted(sessions)) == set(made.values())
    await jobs.refresh(context, [])
    await jobs.note_turned(context, [])
    await jobs.refresh(context, [])
    assert await noted(sessions) == []
    index = SearchIndex(service.index_folder(tmp_path))
    assert set(index.search(request(channel="atelier")).codes) == {"ecluse", "berge"}


async def test_a_refresh_waits_while_another_process_writes(
    sessions: Sessions, context: Context, tmp_path: Path
) -> None:
    made = await shop(sessions, "ecluse")
    await service.rebuild(sessions, home=tmp_path, now=NOON)
    await jobs.note(context, [{"style_color_ids": [str(made["ecluse"])]}])
    other = writing.Build(service.index_folder(tmp_path), ("FR", "GB"))
    await jobs.refresh(context, [])
    assert await noted(sessions) == list(made.values())
    other.abandon()
    await jobs.refresh(context, [])
    assert await noted(sessions) == []
