"""Commands for operators. Each reads the settings, opens the database and calls one thing."""

import sys
from typing import Annotated

import typer
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from sellier.commands import define, demo, demo_data, imports, operate, search, staff
from sellier.infra import logging, postgres
from sellier.infra import settings as configuration
from sellier.infra.settings import Settings, SettingsRefused

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def settings() -> Settings:
    """Read the settings and begin to log as they say."""
    found = configuration.from_environment()
    logging.set_up(found.log)
    return found


@app.command()
def migrate(
    generate: Annotated[
        str, typer.Option(help="For developers: write the next migration from the models.")
    ] = "",
) -> None:
    """Bring the database's schema to the newest version."""
    from sellier.migrations import run  # noqa: PLC0415  Alembic is slow to import

    with postgres.running(settings()) as database:
        run.upgrade(database)
        if generate:
            run.generate(database, generate)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8000,
) -> None:
    """Serve the storefronts, the boutique app, the studio and the API."""
    found = settings()
    with postgres.running(found):
        Granian(
            "sellier.app:web_app",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=found.web_workers,
            factory=True,
            log_access=False,
            log_level=LogLevels.warning,
            http=HTTPModes.http1,
        ).serve()


@app.command()
def worker() -> None:
    """Run the jobs: the search index, mails, payments to settle."""
    import asyncio  # noqa: PLC0415

    from sellier.worker import work  # noqa: PLC0415

    found = settings()
    with postgres.running(found) as database:
        asyncio.run(work(found, database))


app.command()(operate.doctor)
app.command()(operate.invariants)
app.command()(operate.sandbox)
app.command()(demo.demo)
app.command("demo-data")(demo_data.demo_data)
app.command("demo-files")(demo_data.demo_files)
app.command()(define.define)
app.command()(search.search)
app.command()(search.reindex)
app.add_typer(imports.app, name="import")
app.add_typer(staff.app, name="staff")


def main() -> None:
    """Run the command that was asked for; a wrong setting ends it with what to do."""
    try:
        app()
    except SettingsRefused as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
