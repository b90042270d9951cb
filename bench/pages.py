"""Pages and the API through HTTP, over the fashion set, from one web process.

    .venv/bin/python -m bench pages

The fashion set is imported into a database of its own and indexed; one `sellier serve` then answers
one visitor over one connection, so a figure is the time of the server and of HTTP, without waiting
in line. Each address is asked once, then once again; processor time is the web process's, a
request, over both. Bare tantivy is the same index asked for
the same words, without understanding, facets, database, HTTP or JSON.
"""

import asyncio
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote_plus

import tantivy
from bench.imports import FASHION, PLAN, STEPS
from bench.sales import cpu_s, process
from tests.journeys.demo import free_ports

from sellier.commands.import_files import Desk
from sellier.domain.organization import service as organization
from sellier.domain.search import service as search
from sellier.domain.search.gateway import fields, folder
from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.migrations import run

WORDS = FASHION.parents[1] / "relevance" / "fashion.jsonl"
SAMPLE = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What one kind of question took, in milliseconds, sorted."""

    what: str
    first: Sequence[float]
    again: Sequence[float]
    cpu_ms: float
    most: str = ""


def main() -> None:
    if not (FASHION / "products.tsv.gz").is_file():
        print(f"skipped: {FASHION.parent.name}/{FASHION.name} is not beside the repository")
        return
    with tempfile.TemporaryDirectory(prefix="sellier-bench-") as name:
        Path(name).chmod(0o755)
        port, elsewhere = free_ports(2)
        settings = Settings(
            home=Path(name) / "home",
            url=f"http://127.0.0.1:{port}",
            payments_url=f"http://127.0.0.1:{elsewhere}",
        )
        settings.home.mkdir()
        with postgres.running(settings) as database:
            run.upgrade(database)
            codes = asyncio.run(fill(settings, database))
            with process(settings, port, "serve", "--port", str(port)) as web:
                ask = visitor(port)
                times = pages(ask, codes, web)
            show(times, bare(search.index_folder(settings.home)))


async def fill(settings: Settings, database: postgres.Database) -> list[str]:
    """Import and index the set; return some of its pieces."""
    engine = db.engine(database.url(postgres.WORKER), connections=2)
    sessions = db.sessions(engine)
    async with sessions.begin() as session:
        await organization.define(session, plan=PLAN)
    for name, step in STEPS:
        desk = Desk(sessions=sessions, home=settings.home, now=datetime.now(UTC))
        await step(desk, FASHION / name)
    await search.rebuild(sessions, home=settings.home, now=datetime.now(UTC))
    async with engine.begin() as connection:
        # The import is seconds old; a shop's tables have been looked at since.
        await connection.exec_driver_sql("ANALYZE")
        found = await connection.exec_driver_sql("SELECT code FROM style_color ORDER BY id")
        codes = [row[0] for row in found]
    await engine.dispose()
    return random.Random(7).sample(codes, SAMPLE)  # noqa: S311  the same pieces every time


def visitor(port: int) -> Callable[[str], bytes]:
    """Ask as one visitor does, over one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(path: str) -> bytes:
        connection.request("GET", path, headers={"Accept": "text/html, application/json"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body[:300])  # noqa: PLR2004
        return body

    return ask


def pages(ask: Callable[[str], bytes], codes: Sequence[str], web: int) -> list[Times]:
    """Ask for each kind of page and of API answer; `web` is the process that gives them."""
    words = [quote_plus(text) for text in queries()]
    facets = json.loads(ask("/api/v1/search?q=shoes"))["facets"]
    assert facets, "every facet is counted"
    colors = ("black", "white", "blue", "red", "brown", "green", "grey", "pink")
    sorts = ("recommended", "new", "price_up", "price_down")
    lists = [
        f"/en/list?color={color}&sort={sort}&page={page}"
        for color in colors
        for sort in sorts
        for page in range(1, 8)
    ]
    asked = (
        ("list page, two facets", lists, "p50 15"),
        ("list page, words", [f"/en/list?q={text}" for text in words], "p50 15"),
        ("product page", [f"/en/p/{quote_plus(code)}" for code in codes], "p50 15"),
        ("API search, all facets", [f"/api/v1/search?q={text}" for text in words], "p50 8, p99 25"),
        ("API product", [f"/api/v1/products/{quote_plus(code)}" for code in codes], ""),
    )
    for path in (lists[0], f"/en/p/{quote_plus(codes[0])}", "/api/v1/search?q=hat"):
        ask(path)  # templates and statements are prepared once in a process's life
    return [twice(ask, paths, web=web, what=what, most=most) for what, paths, most in asked]


def twice(
    ask: Callable[[str], object], paths: Sequence[str], *, web: int, what: str, most: str
) -> Times:
    before = cpu_s(web)
    first, again = timed(ask, paths), timed(ask, paths)
    cpu_ms = (cpu_s(web) - before) * 1_000 / (2 * len(paths))
    return Times(what=what, first=first, again=again, cpu_ms=cpu_ms, most=most)


def timed(ask: Callable[[str], object], paths: Sequence[str]) -> list[float]:
    took = []
    for path in paths:
        began = time.perf_counter()
        ask(path)
        took.append((time.perf_counter() - began) * 1_000)
    return sorted(took)


def bare(root: Path) -> list[float]:
    """Ask the engine alone for the same words, and read the codes of the first page."""
    index = folder.open_index(folder.current(root))
    searcher, analyzer = index.searcher(), fields.analyzers()["en"]

    def ask(words: str) -> object:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, field, term))
            for term in analyzer.analyze(words)
            for field in ("title_en", "names_en", "body_en")
        ]
        found = searcher.search(tantivy.Query.boolean_query(terms), limit=24)
        return [searcher.doc(address)["code"] for _, address in found.hits]

    timed(ask, queries())
    return timed(ask, queries())


def queries() -> list[str]:
    if not WORDS.is_file():
        return ["red leather handbag", "black dress", "watch steel strap men", "running shoes"]
    lines = [json.loads(line) for line in WORDS.read_text(encoding="utf-8").splitlines()]
    return [line["query"] for line in lines if line.get("lang", "en") == "en"]


def show(times: Sequence[Times], engine: Sequence[float]) -> None:
    names = "p50 ms | p99 ms | again p50 ms | again p99 ms | processor ms | times bare, p50"
    print(f"| what | {names} | at most |")
    print("|---|---|---|---|---|---|---|---|")
    base = middle(engine)
    for one in times:
        ratio = f"{middle(one.first) / base:.1f}" if "search" in one.what else ""
        cells = [middle(one.first), last(one.first), middle(one.again), last(one.again)]
        cells.append(one.cpu_ms)
        told = " | ".join(f"{cell:.1f}" for cell in cells)
        print(f"| {one.what} ({len(one.first)} asked) | {told} | {ratio} | {one.most} |")
    print(f"| bare tantivy, the same words | {base:.2f} | {last(engine):.2f} | | | | 1 | |")


def middle(took: Sequence[float]) -> float:
    return took[len(took) // 2]


def last(took: Sequence[float]) -> float:
    return took[int(len(took) * 0.99)]


if __name__ == "__main__":
    main()
