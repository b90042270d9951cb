"""Bring one file in: read it, hold it against the database, keep all of it or nothing.

Each function is one file and one transaction and returns its report; no refusal leaves it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carriers.service import import_lanes as lanes
from sellier.domain.catalog.service import hang_pictures, stage_products
from sellier.domain.catalog.service.import_products import import_products
from sellier.domain.catalog.service.list_pieces import list_imported
from sellier.domain.catalog.service.main_language import main_language
from sellier.domain.closures.service import import_closures as closures
from sellier.domain.locations.service import import_calendars
from sellier.domain.locations.service import import_locations as locations
from sellier.domain.organization import queries as organizations
from sellier.domain.organization import service as organization
from sellier.domain.pricing import service as pricing
from sellier.domain.stock.service import import_positions as stock
from sellier.domain.stock.service import import_purchases as purchases
from sellier.domain.stock.service import import_terms as terms
from sellier.infra import archives, media, staging
from sellier.infra.archives import NamedBytes
from sellier.infra.media import Picture
from sellier.infra.reports import Report, UnusableFile
from sellier.infra.tables import Columns, Table, open_table

LANGUAGES: Final = ("en", "fr")

Watch = Callable[[Table], Table]
Keep = Callable[[Path, bytes], Picture]


def unwatched(table: Table) -> Table:
    """Show no progress."""
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every import needs: the database, where pictures are kept, the time, who asks."""

    sessions: async_sessionmaker[AsyncSession]
    home: Path
    now: datetime
    by: str = "import"
    watch: Watch = unwatched
    dry_run: bool = False


async def import_locations(desk: Desk, path: Path) -> Report:
    """Add and change boutiques and warehouses, and say which banner runs each."""
    report = Report(file=path.name, kind="locations")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, locations.COLUMNS, report=report) as table:
            banners = await locations.import_locations(db, table=table, report=report)
        known = {channel.banner_code for channel in await organizations.channels(db)}
        for location_id, code in banners.items():
            if code in known:
                await organization.run_location(db, location_id=location_id, banner_code=code)
            else:
                report.refuse(0, "banner", code, why="there is no banner of this code")
    return report


async def import_hours(desk: Desk, path: Path) -> Report:
    """Take the weekly opening hours of locations."""
    report = Report(file=path.name, kind="hours")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, import_calendars.HOURS_COLUMNS, report=report) as table:
            await import_calendars.import_hours(db, table=table, report=report)
    return report


async def import_special_days(desk: Desk, path: Path) -> Report:
    """Take days on which a location or a whole country is closed or has other hours."""
    report = Report(file=path.name, kind="special days")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, import_calendars.SPECIAL_DAY_COLUMNS, report=report) as table:
            await import_calendars.import_special_days(db, table=table, report=report)
    return report


async def import_lanes(desk: Desk, path: Path) -> Report:
    """Take what carriers take where, how soon and for how much."""
    report = Report(file=path.name, kind="lanes")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, lanes.COLUMNS, report=report) as table:
            await lanes.import_lanes(db, table=table, report=report)
    return report


async def import_products_file(
    desk: Desk,
    path: Path,
    *,
    language: str | None = None,
    channel: str | None = None,
    confirmed: bool = False,
) -> Report:
    """Add and change pieces, their texts and prices, and list new ones in a channel.

    Without a language the file is in the one the catalog began with; without a channel new
    pieces are listed in the default one, and `none` lists them nowhere.
    """
    report = Report(file=path.name, kind="products")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        main = await main_language(db, among=LANGUAGES)
        with _opened(desk, path, stage_products.COLUMNS, report=report) as table:
            is_main = await import_products(
                db, table=table, language=language or main, report=report, now=desk.now
            )
        if report.is_clean() and is_main:
            await pricing.import_product_prices(
                db, table=table, report=report, confirmed=confirmed, now=desk.now
            )
            await _list_new(db, channel, report=report, now=desk.now)
    return report


async def _list_new(db: AsyncSession, code: str | None, *, report: Report, now: datetime) -> None:
    if code == "none":
        return
    channels = await organizations.channels(db)
    chosen = next((one for one in channels if code in (None, one.code)), None)
    if chosen is None:
        if code is not None:
            raise UnusableFile(f"There is no channel {code}.")
        report.remark(0, "", "", why="there is no channel yet: the pieces are listed nowhere")
        return
    market_ids = [market.id for market in chosen.markets]
    await list_imported(db, channel_id=chosen.id, market_ids=market_ids, report=report, now=now)


async def import_prices(desk: Desk, path: Path, *, confirmed: bool = False) -> Report:
    """Set prices by SKU and market."""
    report = Report(file=path.name, kind="prices")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, pricing.COLUMNS, report=report) as table:
            await pricing.import_prices(
                db, table=table, report=report, confirmed=confirmed, now=desk.now
            )
    return report


async def import_stock(desk: Desk, path: Path) -> Report:
    """Take a count of the stock by SKU and location."""
    report = Report(file=path.name, kind="stock")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, stock.COLUMNS, report=report) as table:
            await stock.import_positions(db, table=table, report=report, by=desk.by, now=desk.now)
    return report


async def import_purchase_orders(desk: Desk, path: Path) -> Report:
    """Say what suppliers will bring, where and when."""
    report = Report(file=path.name, kind="purchase orders")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, purchases.COLUMNS, report=report) as table:
            await purchases.import_purchases(
                db, table=table, report=report, by=desk.by, now=desk.now
            )
    return report


async def import_terms(desk: Desk, path: Path) -> Report:
    """Say what locations give to channels."""
    report = Report(file=path.name, kind="terms")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, terms.COLUMNS, report=report) as table:
            await terms.import_terms(db, table=table, report=report)
    return report


async def import_closures(desk: Desk, path: Path) -> Report:
    """Close boutiques: what closes together is planned anew together, by whoever runs the jobs."""
    report = Report(file=path.name, kind="closures")
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        with _opened(desk, path, closures.COLUMNS, report=report) as table:
            await closures.import_closures(db, table=table, report=report, by=desk.by, now=desk.now)
    return report


def check_pictures(paths: Sequence[Path]) -> Report:
    """Look through sets of pictures before anything is imported; nothing is kept."""
    report = Report(file=", ".join(path.name for path in paths), kind="pictures")
    try:
        report.rows = sum(archives.check_pictures(path) for path in paths)
    except UnusableFile as refusal:
        report.unusable = refusal.message
    return report


async def import_pictures(desk: Desk, paths: Sequence[Path], *, keep: Keep) -> Report:
    """Keep the pictures that style-colors ask for, then hang them in one transaction."""
    report = Report(file=", ".join(path.name for path in paths), kind="pictures")
    async with desk.sessions.begin() as db:
        wanted = await hang_pictures.wanted_pictures(db)
    # Files named by their content do no harm before the database speaks of them.
    try:
        hung = list(
            hang_pictures.keep_wanted(
                _all_files(paths, report),
                wanted=wanted,
                keep=lambda content: keep(desk.home, content),
                report=report,
            )
        )
    except UnusableFile as refusal:
        report.unusable = refusal.message
        return report
    media.flush(desk.home)
    async with staging.all_or_nothing(desk.sessions, report, dry_run=desk.dry_run) as db:
        await hang_pictures.hang_pictures(db, hung=hung, report=report, now=desk.now)
    return report


def _all_files(paths: Sequence[Path], report: Report) -> Iterator[NamedBytes]:
    for path in paths:
        for file in archives.pictures(path):
            report.rows += 1
            yield file


@contextmanager
def _opened(desk: Desk, path: Path, columns: Columns, *, report: Report) -> Iterator[Table]:
    with open_table(path, columns, report=report) as table:
        yield desk.watch(table)
