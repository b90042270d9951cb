"""Put the demo group into the database, by the same importers that take anyone's files."""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier import worker
from sellier.commands import import_files
from sellier.commands.demo_home import is_prepared, mark_prepared
from sellier.commands.demo_home import password as password_of
from sellier.commands.import_files import Desk
from sellier.demo import files, group
from sellier.demo.organization import plan
from sellier.domain.catalog.service.publish import publish
from sellier.domain.identity import service as identity
from sellier.domain.identity.states import Role
from sellier.domain.locations import queries as locations
from sellier.domain.organization import queries as organizations
from sellier.domain.organization import service as organization
from sellier.domain.organization.rules import code_of
from sellier.infra import db, logging, media, postgres
from sellier.infra import settings as configuration
from sellier.infra.reports import Report
from sellier.infra.settings import Settings

Say = Callable[[str], None]
Sessions = async_sessionmaker[AsyncSession]


def demo_data() -> None:
    """Put the demo group into the database; what is there already is kept."""
    settings = configuration.from_environment()
    logging.set_up(settings.log)
    prepare(settings, say=typer.echo)


def demo_files(folder: Path) -> None:
    """Write the demo group's import files, as examples of the formats."""
    files.write(folder)
    typer.echo(
        f"Written to {folder}: locations, calendars, lanes, products, prices, stock, pictures."
    )


def prepare(settings: Settings, *, say: Say) -> None:
    """Migrate, define the group, import its files and fill the index."""
    from sellier.migrations import run  # noqa: PLC0415  Alembic is slow to import

    with postgres.running(settings) as database:
        run.upgrade(database)
        if not is_prepared(settings):
            asyncio.run(_fill(settings, database, say=say))
            mark_prepared(settings)


async def _fill(settings: Settings, database: postgres.Database, *, say: Say) -> None:
    engine = db.engine(database.url(postgres.WORKER), connections=2)
    sessions, now = db.sessions(engine), datetime.now(UTC)
    try:
        say("Writing the demo group")
        async with sessions.begin() as session:
            await organization.define(session, plan=plan())
        with tempfile.TemporaryDirectory() as folder:
            files.write(Path(folder))
            desk = Desk(sessions=sessions, home=settings.home, now=now, by="demo")
            await _import(desk, Path(folder), say=say)
        async with sessions.begin() as session:
            await _publish(session, now=now)
            await _staff(session, password=password_of(settings), now=now)
    finally:
        await engine.dispose()
    say("Building the search index")
    await worker.work(settings, database, until_idle=True)


async def _import(desk: Desk, folder: Path, *, say: Say) -> None:
    products = partial(import_files.import_products_file, channel="none")
    steps = (
        (import_files.import_locations, "locations.csv"),
        (import_files.import_hours, "hours.csv"),
        (import_files.import_special_days, "special-days.csv"),
        (import_files.import_lanes, "lanes.csv"),
        (partial(products, language="en"), "products.en.tsv"),
        (partial(products, language="fr"), "products.fr.tsv"),
        (import_files.import_prices, "prices.csv"),
        (import_files.import_stock, "stock.csv"),
    )
    for step, name in steps:
        say(f"Importing {name}")
        _check(await step(desk, folder / name))
    say("Hanging the drawings")
    pictures = [folder / "pictures"]
    # These drawings are our own; a drawing from anyone else is never taken.
    _check(await import_files.import_pictures(desk, pictures, keep=media.add_drawing))


def _check(report: Report) -> None:
    assert report.is_clean(), f"{report.file}: {report.unusable or report.problems[:3]}"


async def _publish(session: AsyncSession, *, now: datetime) -> None:
    """List each banner's brands on its shelves, in its markets."""
    names = {brand.code: brand.name for brand in group.BRANDS}
    brands = {brand.name: brand.id for brand in await organizations.brands(session)}
    channels = {channel.code: channel for channel in await organizations.channels(session)}
    for planned in group.CHANNELS:
        channel = channels[planned.banner]
        await publish(
            session,
            channel_id=channel.id,
            market_ids=[market.id for market in channel.markets],
            brand_ids=[brands[names[code]] for code in planned.brands],
            shelves=[code_of(name) for name in planned.top_categories],
            now=now,
        )


async def _staff(session: AsyncSession, *, password: str, now: datetime) -> None:
    places = {place.code: place.id for place in await locations.locations(session)}
    for member in group.STAFF:
        await identity.define_staff(
            session,
            email=member.email,
            name=member.display_name,
            role=Role(member.role.value),
            password=password,
            location_id=places[member.location] if member.location else None,
            now=now,
        )
