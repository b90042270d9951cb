"""`sellier drill`: rehearse what nobody wants to try in earnest. Changes nothing."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from sellier.domain.closures import service as closures
from sellier.domain.closures.errors import PlannerMissing
from sellier.domain.locations import queries as locations
from sellier.infra import db, postgres
from sellier.infra import settings as configuration

app = typer.Typer(help="Rehearse what nobody wants to try in earnest.", no_args_is_help=True)
console = Console()

BUSIEST_SHOWN: Final = 10
BOUTIQUE: Final = "boutique"


@app.callback()
def _drill() -> None:
    """Rehearse what nobody wants to try in earnest."""


@app.command()
def closure(
    *,
    count: Annotated[int, typer.Option("--locations", min=1, help="Boutiques to close.")] = 3,
    seed: Annotated[int, typer.Option(help="Chooses which; the same seed, the same ones.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="How long to plan at most.")] = 27.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Say what would happen if so many boutiques closed now: moved, waiting, cost, customers."""
    try:
        told = asyncio.run(_told(count, seed=seed, seconds=seconds))
    except PlannerMissing as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(2) from refusal
    if as_json:
        typer.echo(msgspec.json.encode(told))
        return
    table = Table("", "", box=None, pad_edge=False, show_header=False)
    for name, value in told.items():
        table.add_row(name.replace("_", " "), _said(value))
    console.print(table)


async def _told(count: int, *, seed: int, seconds: float) -> Mapping[str, Any]:
    with postgres.running(configuration.from_environment()) as database:
        engine = db.engine(database.url(postgres.WORKER), connections=1)
        try:
            sessions = db.sessions(engine)
            async with sessions.begin() as session:
                places = await locations.locations(session)
            codes = {one.id: one.code for one in places}
            boutiques = [one for one in places if one.kind == BOUTIQUE]
            chosen = random.Random(seed).sample(boutiques, min(count, len(boutiques)))  # noqa: S311  a drill
            found = await closures.rehearse(
                sessions,
                location_ids=[one.id for one in chosen],
                now=datetime.now(UTC),
                seconds=seconds,
            )
        finally:
            await engine.dispose()
    busiest = sorted(found.work.items(), key=lambda each: (-each[1], codes[each[0]]))
    return {
        "closes": sorted(one.code for one in chosen),
        "orders": found.orders,
        "customers": found.customers,
        "units": found.units,
        "units_moved": found.plan.moved,
        "units_waiting": found.plan.waiting,
        "pickups_to_ask_about": found.pickups,
        "transfers": found.transfers,
        "cost_before_minor": found.cost_before,
        "cost_after_minor": found.plan.cost,
        "bound_minor": found.plan.bound,
        "gap_percent": round(100 * found.plan.gap, 3),
        "greedy_minor": found.plan.greedy_cost,
        "work_by_location": {codes[place]: n for place, n in busiest[:BUSIEST_SHOWN]},
        "short": dict(sorted(found.short.items())),
    }


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {number}" for key, number in value.items()) or "—"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
