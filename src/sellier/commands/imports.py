"""`sellier import`: locations and their hours, lanes, products, stock and prices out of files."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from psycopg.errors import UndefinedTable
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from sellier.commands import import_files
from sellier.commands.import_files import Desk
from sellier.infra import db, media, postgres, reports
from sellier.infra import settings as configuration
from sellier.infra.reports import Report
from sellier.infra.tables import Row, Table

app = typer.Typer(
    no_args_is_help=True,
    help="Bring files in: all of a file or nothing, with a report by row. Leaves with 1 when "
    "rows are refused and 2 when a file cannot be used.",
)
ROWS_PER_STEP: Final = 500

Files = Annotated[list[Path], typer.Argument(help="TSV, CSV or XML in UTF-8; gzip too.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and report; change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
Confirm = Annotated[
    bool, typer.Option("--confirm-prices", help="Let many prices change by more than three times.")
]
Import = Callable[[Desk, Path], Awaitable[Report]]


@app.command()
def locations(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Boutiques and warehouses: code, kind, name, city, country, coordinates, hours, capacity."""
    _run(import_files.import_locations, files, dry_run=dry_run, as_json=as_json)


@app.command()
def hours(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Hours of opening: location, days (`mon-fri sun`), opens, closes; all of a week at once."""
    _run(import_files.import_hours, files, dry_run=dry_run, as_json=as_json)


@app.command()
def special_days(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Days apart: location or country, day, opens, closes; without hours it is closed."""
    _run(import_files.import_special_days, files, dry_run=dry_run, as_json=as_json)


@app.command()
def lanes(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Lanes of carriers: from where to where, how soon, on which days, and for how much."""
    _run(import_files.import_lanes, files, dry_run=dry_run, as_json=as_json)


@app.command()
def products(
    files: Files,
    *,
    pictures: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or tar(.gz) with the pictures that image_link names. Repeat."),
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language of the texts: en or fr. Default: the first one.")
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(help="Channel to list new pieces in, or none. Default: the first channel."),
    ] = None,
    confirm_prices: Confirm = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Pieces in the Google product data specification, one row a SKU."""
    if lang not in (None, *import_files.LANGUAGES):
        raise typer.BadParameter("--lang is en or fr")
    one = partial(
        import_files.import_products_file,
        language=lang,
        channel=channel,
        confirmed=confirm_prices,
    )
    _run(one, files, dry_run=dry_run, as_json=as_json, pictures=pictures or ())


@app.command()
def stock(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Units on hand as counted: sku, location, on_hand. What is not named stays as it is."""
    _run(import_files.import_stock, files, dry_run=dry_run, as_json=as_json)


@app.command(name="purchase-orders")
def purchase_orders(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Lines of purchase orders: purchase_order, supplier, location, expected_on, sku, quantity."""
    _run(import_files.import_purchase_orders, files, dry_run=dry_run, as_json=as_json)


@app.command()
def closures(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Closures: location, starts_on (a day or `now`), reopens_on (a day or `for good`), reason."""
    _run(import_files.import_closures, files, dry_run=dry_run, as_json=as_json)


@app.command()
def terms(files: Files, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Terms of locations with channels: location, channel, ships, collects, holds, buffer."""
    _run(import_files.import_terms, files, dry_run=dry_run, as_json=as_json)


@app.command()
def prices(
    files: Files, *, confirm_prices: Confirm = False, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Prices by market: sku, market, price (`1250.00 EUR`), and maybe sale_price, valid_from."""
    one = partial(import_files.import_prices, confirmed=confirm_prices)
    _run(one, files, dry_run=dry_run, as_json=as_json)


def _run(
    one: Import,
    files: Sequence[Path],
    *,
    dry_run: bool,
    as_json: bool,
    pictures: Sequence[Path] = (),
) -> None:
    settings = configuration.from_environment()
    console = Console(stderr=as_json)
    with postgres.running(settings) as database, _progress(console) as progress:
        engine = db.engine(database.url(postgres.WORKER), connections=2)
        desk = Desk(
            sessions=db.sessions(engine),
            home=settings.home,
            now=datetime.now(UTC),
            watch=partial(_watched, progress),
            dry_run=dry_run,
        )
        try:
            found = asyncio.run(_all(desk, engine, one, files=files, pictures=pictures))
        except OperationalError as error:
            typer.echo(f"The database cannot be reached: {error.orig}", err=True)
            raise typer.Exit(2) from error
        except ProgrammingError as error:
            if not isinstance(error.orig, UndefinedTable):
                raise
            typer.echo("The database has no schema of ours yet: run `sellier migrate`.", err=True)
            raise typer.Exit(2) from error
    for report in found:
        if not as_json:
            reports.show(report, console)
    if as_json:
        typer.echo(json.dumps([reports.as_json(report) for report in found], ensure_ascii=False))
    raise typer.Exit(max(report.exit_code for report in found))


async def _all(
    desk: Desk,
    engine: AsyncEngine,
    one: Import,
    *,
    files: Sequence[Path],
    pictures: Sequence[Path],
) -> Sequence[Report]:
    try:
        return await _each(desk, one, files, pictures=pictures)
    finally:
        await engine.dispose()


async def _each(
    desk: Desk, one: Import, files: Sequence[Path], *, pictures: Sequence[Path]
) -> Sequence[Report]:
    if pictures:
        checked = await asyncio.to_thread(import_files.check_pictures, pictures)
        if not checked.is_clean():
            return [checked]
    found = [await one(desk, path) for path in files]
    # A file that was refused asks for no pictures.
    if pictures and not desk.dry_run and all(report.is_clean() for report in found):
        found.append(await import_files.import_pictures(desk, pictures, keep=media.add))
    return found


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def _watched(progress: Progress, table: Table) -> Table:
    task = progress.add_task("reading", total=table.size)

    def rows() -> Iterator[Row]:
        for number, row in enumerate(table.rows):
            if number % ROWS_PER_STEP == 0:
                progress.update(task, completed=table.position())
            yield row
        progress.update(task, completed=table.size, description="comparing, writing")

    return replace(table, rows=rows())
