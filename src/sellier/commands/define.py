"""Say who sells what where: the organization, from a file."""

import asyncio
import tomllib
from pathlib import Path

import msgspec
import typer

from sellier.domain.organization import service as organization
from sellier.domain.organization.rules import GroupPlan
from sellier.infra import db, postgres
from sellier.infra import settings as configuration


def define(file: Path) -> None:
    """Define maisons, brands, markets and banners from a TOML file; what exists is kept."""
    try:
        plan = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), GroupPlan)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        typer.echo(f"{file} cannot be read: {error}", err=True)
        raise typer.Exit(2) from error
    except msgspec.ValidationError as error:
        typer.echo(f"{file}: {error}. docs/guides/catalog.md shows a whole file.", err=True)
        raise typer.Exit(1) from error
    with postgres.running(configuration.from_environment()) as database:
        asyncio.run(_define(database, plan))
    typer.echo(f"Defined {len(plan.banners)} banners in {len(plan.markets)} markets.")


async def _define(database: postgres.Database, plan: GroupPlan) -> None:
    engine = db.engine(database.url(postgres.WORKER), connections=1)
    try:
        async with db.sessions(engine).begin() as session:
            await organization.define(session, plan=plan)
    finally:
        await engine.dispose()
