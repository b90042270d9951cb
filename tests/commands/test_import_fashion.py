"""The real catalog that lies beside the repository: its first rows, through every importer."""

import gzip
from collections.abc import AsyncIterator, Callable
from itertools import islice
from pathlib import Path

import pytest

from sellier.commands.import_files import (
    Desk,
    import_locations,
    import_products_file,
    import_stock,
)
from sellier.infra import db, postgres
from tests.commands import make

FASHION = Path(__file__).resolve().parents[3] / "shared" / "data" / "fashion"
ROWS = 5_000

pytestmark = pytest.mark.skipif(
    not FASHION.is_dir(), reason="the fashion set is not beside the repository"
)


def first_rows(name: str, folder: Path, *, wanted: Callable[[bytes], bool]) -> Path:
    path = folder / name.removesuffix(".gz")
    with gzip.open(FASHION / name) as source:
        header = next(source)
        rows = islice((line for line in source if wanted(line)), ROWS)
        path.write_bytes(b"".join([header, *rows]))
    return path


@pytest.fixture
async def working(desk: Desk, database: postgres.Database) -> AsyncIterator[Desk]:
    """The desk with the worker's rights, whose statements may take their time."""
    await make.group(desk.sessions)
    engine = db.engine(database.url(postgres.WORKER), connections=2)
    yield Desk(sessions=db.sessions(engine), home=desk.home, now=desk.now)
    await engine.dispose()


async def test_the_fashion_set_comes_in_whole_and_once(working: Desk, tmp_path: Path) -> None:
    products = first_rows("products.tsv.gz", tmp_path, wanted=lambda _: True)
    skus = {line.partition(b"\t")[0] for line in products.read_bytes().splitlines()}
    stock = first_rows(
        "stock.csv.gz", tmp_path, wanted=lambda line: line.partition(b",")[0] in skus
    )
    steps = (
        (import_locations, FASHION / "locations.csv"),
        (import_products_file, products),
        (import_stock, stock),
    )
    for step, path in steps:
        report = await step(working, path)
        assert report.exit_code == 0, (report.unusable, report.problems[:3])
    before = await make.held(working.sessions)
    for step, path in steps:
        await step(working, path)

    assert await make.held(working.sessions) == before
