"""Live a day with a running demo: boutiques prepare every order that waits, in a real browser.

    .venv/bin/sellier demo-orders --orders 200 --no-prepare
    .venv/bin/python -m tools.day [--home HOME] [--url URL] [--refuse 5]

Everybody who works at a location of the group signs in to the boutique app and does what lies
there: accepts or refuses, finds each piece, packs, hands over, puts aside, hands out against the
code. Again and again, until nothing is left to do anywhere. What is refused goes to another place,
which is visited in the next round. Prints what became of every order; fails if something stays
undone.
"""

import argparse
import asyncio
import random
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from tests.journeys import steps
from tests.journeys.conftest import ARGUMENTS, NAMES

from sellier.commands.demo_home import password
from sellier.domain.identity import service as identity
from sellier.domain.identity.states import Role
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Fulfillment, Order
from sellier.domain.orders.states import TO_DO, Work
from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import FulfillmentId, LocationId, public_id

ROUNDS: Final = 12
MOVES_WAIT_S: Final = 6  # what was refused is sourced again within seconds
OPEN: Final = frozenset(TO_DO) | {Work.READY, Work.UNSOURCED, Work.HANDED_OVER}

REFUSE: Final = "form[action$='/refusal']"
COLLECT: Final = "form[action$='/collection']"

Sessions = async_sessionmaker[AsyncSession]


@dataclass(slots=True, kw_only=True)
class Day:
    """What the day is made of, and what has happened in it."""

    asked: argparse.Namespace
    sessions: Sessions
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)


async def main(asked: argparse.Namespace) -> int:
    settings = Settings(home=asked.home, url=asked.url)
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    with postgres.running(settings) as database:
        engine = db.engine(database.url(postgres.WORKER), connections=2)
        chance = random.Random(asked.seed)  # noqa: S311  nothing secret hangs on it
        day = Day(asked=asked, sessions=db.sessions(engine), chance=chance)
        try:
            secret = password(settings)
            people = await _hire(day.sessions, secret)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
                await _work(browser, day, people, secret=secret)
                await browser.close()
            return await _tell(day)
        finally:
            await engine.dispose()


async def _hire(sessions: Sessions, secret: str) -> Mapping[LocationId, str]:
    """Have somebody at every location; return their e-mail addresses."""
    async with sessions.begin() as session:
        places = (await session.scalars(select(Location).order_by(Location.code))).all()
        people = {}
        for place in places:
            email = f"{place.code.lower()}@day.example"
            await identity.define_staff(
                session,
                email=email,
                name=place.name[:100],
                role=Role.ASSOCIATE,
                password=secret,
                location_id=place.id,
                now=datetime.now(UTC),
            )
            people[place.id] = email
    return people


async def _work(
    browser: Browser, day: Day, people: Mapping[LocationId, str], *, secret: str
) -> None:
    for turn in range(1, ROUNDS + 1):
        busy = await _busy(day.sessions)
        if not busy:
            return
        print(f"round {turn}: {sum(busy.values())} to do at {len(busy)} places", flush=True)
        for place in busy:
            page = await (await browser.new_context(base_url=day.asked.url)).new_page()
            page.set_default_timeout(20_000)
            await page.goto("/boutique")
            await steps.sign_in(page, people[place], secret, door="/boutique")
            await _shift(page, day, place)
            await page.context.close()
        await asyncio.sleep(MOVES_WAIT_S)


async def _busy(sessions: Sessions) -> Mapping[LocationId, int]:
    """Count what waits at each location for somebody's hands."""
    async with sessions.begin() as session:
        rows = await session.execute(
            select(Fulfillment.location_id, func.count())
            .where(Fulfillment.state.in_({*TO_DO, Work.READY}))
            .group_by(Fulfillment.location_id)
        )
        return {row[0]: row[1] for row in rows if row[0] is not None}


async def _shift(page: Page, day: Day, place: LocationId) -> None:
    """Do everything that lies at one location."""
    async with day.sessions.begin() as session:
        rows = await session.execute(
            select(Fulfillment.id)
            .where(
                Fulfillment.location_id == place,
                Fulfillment.state.in_({*TO_DO, Work.READY}),
            )
            .order_by(Fulfillment.created_at)
        )
        works = rows.all()
    for work in works:
        await _one(page, day, FulfillmentId(work.id))


async def _one(page: Page, day: Day, work: FulfillmentId) -> None:
    """Follow one piece of work through its pages, as far as it goes today."""
    await page.goto(f"/boutique/work/{public_id('work', work)}")
    for _ in range(40):
        step = await _step(page, day, work)
        if step is None:
            return
        day.done[step] += 1


async def _step(page: Page, day: Day, work: FulfillmentId) -> str | None:
    """Do what the page asks for next; None when it asks for nothing that can be done now."""
    if await page.locator(REFUSE).count() and day.chance.randrange(100) < day.asked.refuse:
        await _refuse(page, day)
        return "refused"
    if await page.locator(f"{COLLECT} input[name=code]").count():
        await page.fill(f"{COLLECT} input[name=code]", await _code(day, work))
        await steps.press(page, f"{COLLECT} button")
        return "collected"
    return await steps.work_on(page)


async def _refuse(page: Page, day: Day) -> None:
    await page.locator(f"details:has({REFUSE}) summary").click()
    reasons = page.locator(f"{REFUSE} input[name=cause]")
    await reasons.nth(day.chance.randrange(await reasons.count())).check(force=True)
    await steps.press(page, f"{REFUSE} button")


async def _code(day: Day, work: FulfillmentId) -> str:
    """Return the code that the customer shows, which is in the letter that they got."""
    async with day.sessions.begin() as session:
        code = await session.scalar(select(Fulfillment.pickup_code).where(Fulfillment.id == work))
    return code or ""


async def _tell(day: Day) -> int:
    """Wait until the carrier has brought everything; print what became of it."""
    for _ in range(60):
        left = await _states(day.sessions)
        if not OPEN & left.keys():
            break
        await asyncio.sleep(5)
    async with day.sessions.begin() as session:
        number = await session.scalar(select(func.count()).select_from(Order))
    print(f"{number} orders; steps taken: {dict(day.done)}")
    print("fulfillments:", dict(sorted(left.items())))
    undone: Sequence[str] = sorted(OPEN & left.keys())
    if undone:
        print("still open:", ", ".join(undone))
    return bool(undone)


async def _states(sessions: Sessions) -> Counter[str]:
    async with sessions.begin() as session:
        rows = await session.execute(
            select(Fulfillment.state, func.count()).group_by(Fulfillment.state)
        )
        return Counter({row[0]: row[1] for row in rows})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--home", type=Path, default=Path(".sellier"))
    parser.add_argument("--refuse", type=int, default=5, help="Of a hundred offers.")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
