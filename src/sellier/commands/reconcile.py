"""`sellier reconcile`: compare our payments with the provider's book, both ways."""

import asyncio
from datetime import UTC, datetime

import httpx
import typer
from rich.console import Console
from rich.table import Table

from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import ProviderError
from sellier.domain.payments.gateway import provider_of
from sellier.domain.payments.rules import Difference
from sellier.domain.payments.service import Found, Reconciliation
from sellier.infra import db, keys, postgres
from sellier.infra import settings as configuration
from sellier.infra.settings import Settings

console = Console()

SAYS = {
    Difference.UNKNOWN_HERE: "The provider holds money for a payment that we never opened.",
    Difference.HELD_THERE: "The provider holds money that we gave up: void it there.",
    Difference.MISSING_THERE: "We count on money that the provider does not hold.",
    Difference.OTHER_AMOUNT: "The provider authorized another amount.",
    Difference.OTHER_CAPTURED: "The provider took another amount than we asked for.",
    Difference.OTHER_REFUNDED: "The provider gave back another amount than we asked for.",
}


def reconcile() -> None:
    """Compare our payments with the provider's; leaves with 1 when they differ."""
    settings = configuration.from_environment()
    with postgres.running(settings) as database:
        try:
            compared = asyncio.run(_compare(settings, database))
        except ProviderError as error:
            typer.echo(f"The provider does not answer: {error} Try again later.", err=True)
            raise typer.Exit(2) from error
    console.print(f"{compared.there} payments there, {compared.here} authorized here.")
    if compared.found:
        console.print(_table(compared))
        raise typer.Exit(1)
    console.print("[green]Both books agree.[/]")


async def _compare(settings: Settings, database: postgres.Database) -> Reconciliation:
    engine = db.engine(database.url(postgres.WORKER), connections=1)
    try:
        async with httpx.AsyncClient() as client:
            provider = provider_of(settings, keys=keys.of(settings), client=client)
            return await payments.reconcile(db.sessions(engine), provider, now=datetime.now(UTC))
    finally:
        await engine.dispose()


def _table(compared: Reconciliation) -> Table:
    table = Table("payment", "here", "there", "what", box=None, pad_edge=False)
    for found in compared.found:
        table.add_row(found.key, _here(found), _there(found), SAYS[found.difference])
    return table


def _here(found: Found) -> str:
    if found.ours is None:
        return "unknown"
    sums = found.ours.balance
    return (
        f"{found.ours.state} {_sums(sums.amount.minor, sums.captured.minor, sums.refunded.minor)}"
    )


def _there(found: Found) -> str:
    if found.told is None:
        return "unknown"
    told = found.told
    return f"{told.state} {_sums(told.amount.minor, told.captured.minor, told.refunded.minor)}"


def _sums(amount: int, captured: int, refunded: int) -> str:
    return f"{amount}/{captured}/{refunded}"
