"""How long the imports take on the real fashion set, and how much memory our process needs.

    .venv/bin/python bench/imports.py [FOLDER]

Runs against a database of its own in a temporary folder. Prints a table in Markdown.
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sellier.commands import import_files
from sellier.commands.import_files import Desk
from sellier.domain.organization import service as organization
from sellier.domain.organization.rules import BannerPlan, GroupPlan, MarketPlan
from sellier.infra import db, media, postgres
from sellier.infra.reports import Report
from sellier.infra.settings import Settings
from sellier.migrations import run

FASHION = Path(__file__).resolve().parents[2] / "shared" / "data" / "fashion"


def main(folder: Path) -> None:
    if not (folder / "products.tsv.gz").is_file():
        print(f"skipped: {folder} has no products.tsv.gz")
        return
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        with postgres.running(settings) as database:
            run.upgrade(database)
            # A process of its own, so that its memory is that of the import and nothing else.
            subprocess.run(  # noqa: S603  our own file and folders
                [sys.executable, __file__, folder, home], check=True
            )


def measure(folder: Path, home: Path) -> None:
    pictures = sorted(folder.glob("images.part*.tar.gz"))
    with postgres.running(Settings(home=home)) as database:
        asyncio.run(_measure(folder, home, database, pictures=pictures))


async def _measure(
    folder: Path, home: Path, database: postgres.Database, *, pictures: list[Path]
) -> None:
    engine = db.engine(database.url(postgres.WORKER), connections=2)
    sessions = db.sessions(engine)
    async with sessions.begin() as session:
        await organization.define(session, plan=PLAN)
    print("| step | rows | seconds | peak MB | result |\n|---|---|---|---|---|")
    total = 0.0
    for turn in ("first", "again"):
        for name, one in STEPS:
            began = time.perf_counter()
            report = await one(
                Desk(sessions=sessions, home=home, now=datetime.now(UTC)), folder / name
            )
            total += show(f"{turn}: {name}", began, report)
        print(f"| **{turn}: all three** | | **{total:.1f}** | **{peak():.0f}** | |")
        total = 0.0
    began = time.perf_counter()
    desk = Desk(sessions=sessions, home=home, now=datetime.now(UTC))
    show("pictures", began, await import_files.import_pictures(desk, pictures, keep=media.add))
    await engine.dispose()


def show(step: str, began: float, report: Report) -> float:
    seconds = time.perf_counter() - began
    counts = ", ".join(f"{count:,} {what}" for what, count in report.counts.items() if count)
    print(f"| {step} | {report.rows:,} | {seconds:.1f} | {peak():.0f} | {counts} |", flush=True)
    assert report.is_clean(), (report.unusable, report.problems[:3])
    return seconds


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PLAN = GroupPlan(
    maisons={},
    brands=(),
    markets=(MarketPlan(code="FR", country="FR", currency="EUR", languages=("fr", "en")),),
    banners=(
        BannerPlan(
            code="bench",
            name="Bench",
            strapline={},
            theme={},
            entity_code="bench",
            entity_name="Bench",
            entity_country="FR",
            markets=("FR",),
            is_default=True,
        ),
    ),
)
STEPS = (
    ("locations.csv", import_files.import_locations),
    ("products.tsv.gz", import_files.import_products_file),
    ("stock.csv.gz", import_files.import_stock),
)

if __name__ == "__main__":
    match sys.argv[1:]:
        case [source, target]:
            measure(Path(source), Path(target))
        case [source]:
            main(Path(source))
        case _:
            main(FASHION)
