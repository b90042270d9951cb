"""`sellier search` and `sellier reindex`: ask the index, and make it anew."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.organization import queries as organization
from sellier.domain.search import queries
from sellier.domain.search import service as search_service
from sellier.domain.search.errors import SearchUnavailable
from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.rules.documents import SearchPage, SearchRequest
from sellier.infra import db, postgres
from sellier.infra import settings as configuration

console = Console()
RUN_LIMIT = 100


def search(
    words: Annotated[
        list[str], typer.Argument(help="What to look for; or `run FILE.jsonl` for many queries.")
    ],
    *,
    lang: Annotated[str, typer.Option(help="Language of the words: en or fr.")] = "en",
    market: Annotated[str, typer.Option(help="Market to look in.")] = "FR",
    channel: Annotated[
        str | None, typer.Option(help="Channel to look in. Default: the first one.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer.")] = False,
) -> None:
    """Search as a customer would: `sellier search "robe noire" --lang fr`."""
    request = SearchRequest(
        lang=lang, channel=channel, market=market, words=" ".join(words), limit=limit
    )
    many = Path(words[1]) if len(words) == 2 and words[0] == "run" else None  # noqa: PLR2004  `run` and its file
    try:
        asyncio.run(_run(request, many) if many else _show(request, as_json=as_json))
    except SearchUnavailable as reason:
        console.print(f"[red]{reason}[/] Run `sellier reindex`.", highlight=False)
        raise typer.Exit(1) from reason


def reindex() -> None:
    """Make the search index anew from the database, and switch to it when it is whole."""
    console.print(f"{asyncio.run(_reindex())} style-colors indexed.", highlight=False)


async def _reindex() -> int:
    home = configuration.from_environment().home
    async with _sessions(postgres.WORKER) as sessions:
        return await search_service.rebuild(sessions, home=home, now=datetime.now(UTC))


async def _show(request: SearchRequest, *, as_json: bool) -> None:
    async with _sessions(postgres.APP) as sessions, sessions.begin() as session:
        asked = await _in_channel(session, request)
        page = await queries.search(_index(), asked)
        titles = await queries.titles(session, codes=page.codes, lang=asked.lang)
    if as_json:
        print(json.dumps(asdict(page), ensure_ascii=False, indent=2))  # noqa: T201  for programs
        return
    _print_understood(page)
    for rank, code in enumerate(page.codes, start=1):
        console.print(f"{rank:>3}  {code}  {titles.get(code, '')}", highlight=False, markup=False)


def _print_understood(page: SearchPage) -> None:
    understood = page.understood
    if understood.corrected:
        console.print(f"read as: {understood.corrected}", highlight=False, markup=False)
    told = [*understood.types, *understood.brands, *understood.wishes, *understood.words]
    told += [f"not {excluded}" for excluded in understood.excluded]
    told += [f"(without {dropped})" for dropped in understood.given_up]
    console.print(f"{page.total} found: {', '.join(told)}", highlight=False, markup=False)


async def _run(request: SearchRequest, file: Path) -> None:
    """Answer a file of queries on standard output, a line each: `{"id": ..., "results": [...]}`."""
    index = _index()
    async with _sessions(postgres.APP) as sessions, sessions.begin() as session:
        asked = await _in_channel(session, request)
    for line in _lines(file):
        page = index.search(
            replace(
                asked,
                words=str(line["query"]),
                lang=str(line.get("lang", asked.lang)),
                limit=RUN_LIMIT,
                facets=False,
            )
        )
        sys.stdout.write(json.dumps({"id": line["id"], "results": page.codes}) + "\n")


def _lines(file: Path) -> Iterator[dict[str, object]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _index() -> SearchIndex:
    return SearchIndex(search_service.index_folder(configuration.from_environment().home))


async def _in_channel(session: AsyncSession, request: SearchRequest) -> SearchRequest:
    """Look in the first channel when none is named."""
    if request.channel is not None:
        return request
    found = await organization.channels(session)
    return replace(request, channel=found[0].code if found else None)


@asynccontextmanager
async def _sessions(role: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    with postgres.running(configuration.from_environment()) as database:
        engine = db.engine(database.url(role))
        try:
            yield db.sessions(engine)
        finally:
            await engine.dispose()
