from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra import health
from sellier.surfaces.studio import rules
from sellier.surfaces.studio.queries import figures

Sessions = async_sessionmaker[AsyncSession]


async def test_the_day_is_told_in_figures(desk: httpx.AsyncClient) -> None:
    page = (await desk.get("/studio")).text
    assert "Rue Mercière" in page
    assert "€4,250" in page
    assert "The worker does not answer" in page


async def test_a_worker_that_lives_is_not_complained_of(
    desk: httpx.AsyncClient, sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await health.beat(db, process="worker", now=noon)
    assert "The worker does not answer" not in (await desk.get("/studio")).text


@pytest.mark.usefixtures("group")
async def test_figures_count_from_the_groups_midnight(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        assert await figures.clock(db) == "Europe/Paris"
        today = await figures.figures(db, today=rules.day_start(noon, "Europe/Paris"))
        tomorrow = await figures.figures(db, today=noon + timedelta(days=1))
    assert (today.orders_today, today.to_prepare, today.awaiting_payment) == (2, 2, 0)
    assert (tomorrow.orders_today, list(tomorrow.sold_today)) == (0, [])


def test_a_day_begins_at_the_places_own_midnight() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert rules.day_start(late, "Europe/Paris") == datetime(2026, 3, 1, 23, 0, tzinfo=UTC)


def test_silence_and_delay_are_told_after_a_minute() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert rules.is_silent(None, now)
    assert rules.is_silent(now - timedelta(seconds=61), now)
    assert not rules.is_silent(now - timedelta(seconds=60), now)
    assert rules.is_late(now - timedelta(seconds=61), now)
    assert not rules.is_late(None, now)


async def test_the_page_of_components_shows_each_surface(desk: httpx.AsyncClient) -> None:
    for surface in ("storefront", "boutique", "studio"):
        page = await desk.get("/studio/components", params={"show": surface})
        assert page.status_code == 200
        assert f'data-surface="{surface}"' in page.text
    assert (await desk.get("/studio/components?show=else")).status_code == 400
