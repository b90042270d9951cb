"""Boutiques close on the studio's pages: seen before it is done, done, followed, undone."""

import re
from datetime import datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures.service import carry_out
from sellier.domain.locations import queries as locations
from tests.surfaces.doors import make as doors

Sessions = async_sessionmaker[AsyncSession]
HOME = "/studio/closures"


async def test_a_closure_is_seen_before_it_is_done(
    desk: httpx.AsyncClient, sessions: Sessions, noon: datetime
) -> None:

    async with sessions() as db:
        code = (await locations.locations(db))[0].code
    form = {"place": code, "reason": "Works"}
    page = await doors.post(desk, f"{HOME}/new", **form, do="preview")
    assert page.status_code == 200
    assert "What would happen" in page.text
    async with sessions() as db:
        assert not await queries.closures(db)

    done = await doors.post(desk, f"{HOME}/new", **form, do="close")
    assert done.status_code == 303
    address = done.headers["location"]
    async with sessions() as db:
        (closure_id,) = await queries.in_force(db)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    shown = await desk.get(address)
    assert shown.status_code == 200
    assert "Works" in shown.text
    assert re.search(r"CL-2026-\d{6}", (await desk.get(HOME)).text)

    opened = await doors.post(desk, f"{address}/reopening")
    assert opened.status_code == 303
    assert "Open again" in (await desk.get(address)).text
    again = await doors.post(desk, f"{address}/reopening")
    assert "Somebody was quicker" in again.text


async def test_codes_that_there_are_not_are_named(desk: httpx.AsyncClient) -> None:

    page = await doors.post(desk, f"{HOME}/new", codes="nowhere", reason="Works", do="close")
    assert page.status_code == 200
    assert "nowhere" in page.text
    wrong = await doors.post(desk, f"{HOME}/new", codes="", reason="Works", starts_on="soon")
    assert wrong.status_code == 200


async def test_the_pages_speak_french(desk: httpx.AsyncClient) -> None:

    page = await desk.get(f"{HOME}?lang=fr")
    assert "Fermetures" in page.text
    assert "Fermer des boutiques" in (await desk.get(f"{HOME}/new?lang=fr")).text
