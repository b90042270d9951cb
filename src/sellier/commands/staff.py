"""`sellier staff`: who may sign in to the boutique app and the studio."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from sellier.domain.identity import service as identity
from sellier.domain.identity.errors import StaffRefused
from sellier.domain.identity.states import Role
from sellier.domain.locations import queries as locations
from sellier.infra import db, postgres
from sellier.infra import settings as configuration
from sellier.kernel.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    email: str
    name: str
    role: Role
    location: str


app = typer.Typer(no_args_is_help=True, help="Who may sign in to the boutique app and the studio.")


@app.command()
def add(  # noqa: PLR0917  Typer reads them off the command line
    email: str,
    name: str,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    location: Annotated[str, typer.Option(help="Code of an associate's boutique.")] = "",
) -> None:
    """Make an account, or change it; prints a new password, once."""
    password = secrets.token_urlsafe(15)
    with postgres.running(configuration.from_environment()) as database:
        try:
            account = _Account(email=email, name=name, role=role, location=location)
            asyncio.run(_define(database, account, password=password))
        except Refusal as refusal:
            typer.echo(refusal.message, err=True)
            raise typer.Exit(1) from refusal
    typer.echo(f"{email} may sign in with the password {password}")


async def _define(database: postgres.Database, account: _Account, *, password: str) -> None:
    engine = db.engine(database.url(postgres.WORKER), connections=1)
    try:
        async with db.sessions(engine).begin() as session:
            places = await locations.ids_by_code(session)
            if account.location and account.location not in places:
                raise StaffRefused(f"There is no location {account.location}.")
            await identity.define_staff(
                session,
                email=account.email,
                name=account.name,
                role=account.role,
                password=password,
                location_id=places.get(account.location),
                now=datetime.now(UTC),
            )
    finally:
        await engine.dispose()
