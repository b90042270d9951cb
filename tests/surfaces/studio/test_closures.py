"""Boutiques close on the studio's pages: seen before it is done, done, followed, undone."""

import re
from collections.abc import Sequence
from datetime import datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures.service import carry_out
from sellier.domain.locations import queries as locations
from tests.domain.locations import make as places
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
    assert again.status_code == 409
    assert "Somebody was quicker" in again.text
    assert "What moved stayed where it went" in again.text


async def test_codes_that_there_are_not_are_named(desk: httpx.AsyncClient) -> None:

    page = await doors.post(desk, f"{HOME}/new", codes="nowhere", reason="Works", do="close")
    assert page.status_code == 422
    assert "nowhere" in page.text
    wrong = await doors.post(desk, f"{HOME}/new", codes="", reason="Works", starts_on="soon")
    assert wrong.status_code == 422


async def test_a_file_is_seen_row_by_row_before_it_closes_anything(
    desk: httpx.AsyncClient, sessions: Sessions
) -> None:
    async with sessions.begin() as db:
        await places.location(db, code="zug")  # stays open
        one, two = [place.code for place in await locations.locations(db)][:2]
    rows = [f"{one},now,for good,End of lease", f"{two},now,for good,End of lease"]
    wrong = await upload(desk, [*rows, f"{one},soon,,"])
    assert wrong.status_code == 422
    assert "It stands in line 2 already." in wrong.text
    assert "Write a day as 2026-12-24, or now." in wrong.text
    assert "cannot be read" in (await upload(desk, [], header="code")).text

    seen = await upload(desk, rows)
    assert seen.status_code == 200
    assert "What would happen" in seen.text
    async with sessions() as db:
        assert not await queries.closures(db)

    again = re.search(r'name="content" value="([^"]+)"', seen.text)
    assert again is not None
    form = {"name": "closures.csv", "content": again[1], "do": "close"}
    done = await doors.post(desk, f"{HOME}/file", **form)
    assert done.status_code == 303
    async with sessions() as db:
        (closure,) = await queries.closures(db)
    assert done.headers["location"] == f"{HOME}/{closure.number}"
    assert {one, two} == set(closure.codes)
    twice = await doors.post(desk, f"{HOME}/file", **form)
    assert twice.status_code == 422
    assert f"It is part of closure {closure.number}" in twice.text
    assert f"fermeture {closure.number}" in (await upload(desk, rows, query="?lang=fr")).text


async def test_the_page_of_a_closure_brings_only_what_changed(
    desk: httpx.AsyncClient, sessions: Sessions, noon: datetime
) -> None:
    async with sessions() as db:
        code = (await locations.locations(db))[0].code
    done = await doors.post(desk, f"{HOME}/new", place=code, reason="Works", do="close")
    address = done.headers["location"]
    page = await desk.get(address)
    poll = re.search(r'hx-get="([^"]+/changes\?seen=[0-9a-f]+)"', page.text)
    assert poll is not None
    assert (await desk.get(poll[1])).status_code == 204
    async with sessions() as db:
        (closure_id,) = await queries.in_force(db)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    changed = await desk.get(poll[1])
    assert changed.status_code == 200
    assert 'id="live"' in changed.text
    assert "<html" not in changed.text
    await doors.post(desk, f"{address}/reopening")
    assert "hx-trigger" not in (await desk.get(f"{address}/changes")).text


async def upload(
    desk: httpx.AsyncClient,
    rows: Sequence[str],
    *,
    header: str = "location,starts_on,reopens_on,reason",
    query: str = "",
) -> httpx.Response:
    if "csrf" not in desk.cookies:
        await desk.get(HOME)
    file = ("closures.csv", "\n".join([header, *rows]), "text/csv")
    token = {"_csrf_token": desk.cookies["csrf"]}
    return await desk.post(f"{HOME}/file{query}", data=token, files={"file": file})


async def test_the_pages_speak_french(desk: httpx.AsyncClient) -> None:

    page = await desk.get(f"{HOME}?lang=fr")
    assert "Fermetures" in page.text
    assert "Fermer des boutiques" in (await desk.get(f"{HOME}/new?lang=fr")).text
