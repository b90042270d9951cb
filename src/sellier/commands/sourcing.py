"""`sellier sourcing`: try rules on past orders before they decide."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from sellier.domain.orders import queries as orders
from sellier.domain.promising.errors import RuleSetRefused
from sellier.domain.promising.rules import DEFAULT, RuleSet, parse
from sellier.domain.promising.rules.simulate import Outcome
from sellier.infra import db, postgres
from sellier.infra import settings as configuration

app = typer.Typer(help="Try rules of sourcing on past orders.", no_args_is_help=True)
console = Console()

BUSIEST_SHOWN = 10


@app.callback()
def _sourcing() -> None:
    """Try rules of sourcing on past orders."""


@app.command()
def simulate(  # noqa: PLR0917  Typer reads them off the command line
    rules: Annotated[Path, typer.Argument(help="A rule set as JSON.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Orders placed from then.")],
    against: Annotated[
        Path | None, typer.Option(help="Another one; unset: the usual rules.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=5_000)] = 1_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,  # noqa: FBT002
) -> None:
    """Say what past orders would have become under these rules."""
    before = _read(against) if against else DEFAULT
    after = _read(rules)
    told = asyncio.run(_told([before, after], since=since.replace(tzinfo=UTC), limit=limit))
    if as_json:
        typer.echo(msgspec.json.encode(dict(zip(("before", "after"), told, strict=True))))
    else:
        console.print(_table(*told))


def _read(path: Path) -> RuleSet:
    try:
        return parse(msgspec.json.decode(path.read_bytes()))
    except (OSError, msgspec.DecodeError) as error:
        typer.echo(f"{path} cannot be read: {error}", err=True)
        raise typer.Exit(2) from error
    except RuleSetRefused as refusal:
        typer.echo(f"{path}: {refusal.details['field']}: {refusal.message}", err=True)
        raise typer.Exit(2) from refusal


async def _told(rule_sets: Sequence[RuleSet], *, since: datetime, limit: int) -> Sequence[Outcome]:
    settings = configuration.from_environment()
    with postgres.running(settings) as database:
        engine = db.engine(database.url(postgres.WORKER), connections=1)
        try:
            async with db.sessions(engine).begin() as session:
                return await orders.replayed(
                    session, rule_sets=rule_sets, since=since, now=datetime.now(UTC), limit=limit
                )
        finally:
            await engine.dispose()


def _table(before: Outcome, after: Outcome) -> Table:
    table = Table("", "before", "after", box=None, pad_edge=False)
    for name, one, other in _rows(before, after):
        table.add_row(name, one, other)
    return table


def _rows(before: Outcome, after: Outcome) -> Sequence[tuple[str, str, str]]:
    def row(name: str, say: Any) -> tuple[str, str, str]:
        return name, say(before), say(after)

    busiest = sorted({*before.load, *after.load}, key=lambda code: -after.load.get(code, 0))
    return [
        row("orders", lambda one: f"{one.orders}"),
        row("not served", lambda one: f"{one.unsourced}"),
        row("parcels an order", lambda one: f"{one.each(one.parcels):.2f}"),
        row("orders split", lambda one: f"{one.split}"),
        row("parcels from boutiques", lambda one: f"{one.share(one.from_boutiques):.0%}"),
        row("parcels abroad", lambda one: f"{one.share(one.abroad):.0%}"),
        row("km an order", lambda one: f"{one.each(one.km):.0f}"),
        row("cost an order", lambda one: f"{one.each(one.cost_minor) / 100:.2f}"),
        *(
            row(f"parcels from {code}", lambda one, code=code: f"{one.load.get(code, 0)}")
            for code in busiest[:BUSIEST_SHOWN]
        ),
    ]
