"""Look after a running deployment: what is set, what is wrong, what must be true."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import get_args, get_type_hints
from urllib.parse import urlsplit

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from sellier.infra import db, postgres
from sellier.infra import settings as configuration
from sellier.infra.settings import Explained, Settings, variable
from sellier.invariants import check
from sellier.invariants.values import Breach

console = Console()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What doctor saw of one thing: fine, or what to do about it."""

    about: str
    is_fine: bool
    says: str


def doctor() -> None:
    """Explain every setting and say what is wrong."""
    settings = configuration.from_environment()
    console.print(_settings_table(settings))
    findings = list(_findings(settings))
    for finding in findings:
        mark = "[green]fine[/]" if finding.is_fine else "[red]wrong[/]"
        console.print(f"{mark:>14}  {finding.about}: {finding.says}", highlight=False)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


def invariants() -> None:
    """Check what must always be true; leaves with 1 when something is not."""
    settings = configuration.from_environment()
    with postgres.running(settings) as database:
        found = asyncio.run(_breaches(database))
    for breach in found:
        console.print(f"[red]broken[/] {breach.invariant.code} {breach.invariant.says}")
        for row in breach.rows:
            console.print(f"       {row}")
    broken = [breach.invariant for breach in found]
    for invariant in (*check.ALWAYS, *check.IN_TIME):
        if invariant not in broken:
            console.print(f"[green]holds[/]  {invariant.code} {invariant.says}", highlight=False)
    if found:
        raise typer.Exit(1)


async def _breaches(database: postgres.Database) -> list[Breach]:
    engine = db.engine(database.url(postgres.READER), connections=1)
    try:
        async with db.sessions(engine)() as session:
            now = datetime.now(UTC)
            return [*await check.breaches(session), *await check.overdue(session, now=now)]
    finally:
        await engine.dispose()


def _settings_table(settings: Settings) -> Table:
    table = Table("setting", "value", "meaning", box=None, pad_edge=False)
    hints = get_type_hints(Settings, include_extras=True)
    for field in fields(Settings):
        explained = next(a for a in get_args(hints[field.name]) if isinstance(a, Explained))
        value = getattr(settings, field.name)
        shown = "(set)" if explained.is_secret and value else str(value or "(unset)")
        table.add_row(variable(field.name), shown, explained.meaning)
    return table


def _findings(settings: Settings) -> Iterator[Finding]:
    tries: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("home", _try_home),
        ("database", _try_database),
        ("payments", lambda s: _try_port(s.payments_url)),
        ("carrier", lambda s: _try_port(s.carrier_address)),
        ("mail", lambda s: _try_port(s.smtp_url)),
    )
    for about, look in tries:
        try:
            yield Finding(about=about, is_fine=True, says=look(settings))
        except (OSError, psycopg.Error, configuration.SettingsRefused) as error:
            yield Finding(about=about, is_fine=False, says=str(error).strip().splitlines()[0])


def _try_home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe = settings.home / ".doctor"
    probe.write_text("")
    probe.unlink()
    return f"{settings.home.resolve()} can be written"


def _try_database(settings: Settings) -> str:
    with (
        postgres.running(settings) as database,
        psycopg.connect(postgres.conninfo(database.admin), connect_timeout=5) as connection,
    ):
        version = connection.info.parameter_status("server_version")
        checksums = connection.execute("SHOW data_checksums").fetchone()
        kind = "embedded" if postgres.is_embedded(settings) else "your own"
        return f"{kind} PostgreSQL {version}, checksums {checksums[0] if checksums else '?'}"


def _try_port(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 25)
    with socket.create_connection((parts.hostname or "", port), timeout=2):
        return f"{parts.hostname}:{port} answers"
