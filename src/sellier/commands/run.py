"""`sellier migrate`, `serve` and `worker`: what a deployment runs."""

import asyncio
from typing import Annotated

import typer

from sellier.infra import logging, postgres
from sellier.infra import settings as configuration
from sellier.infra.settings import Settings


def migrate(
    generate: Annotated[
        str, typer.Option(help="For developers: write the next migration from the models.")
    ] = "",
) -> None:
    """Bring the database's schema to the newest version."""
    from sellier.migrations import run  # noqa: PLC0415  Alembic is slow to import

    with postgres.running(_settings()) as database:
        run.upgrade(database)
        if generate:
            run.generate(database, generate)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8000,
) -> None:
    """Serve the storefronts, the boutique app, the studio and the API."""
    # Here, and not on top: the other commands of this file have no use for it.
    from granian import Granian  # noqa: PLC0415
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    settings = _settings()
    with postgres.running(settings):
        Granian(
            "sellier.app:web_app",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=settings.web_workers,
            factory=True,
            log_access=False,
            log_level=LogLevels.warning,
            http=HTTPModes.http1,
        ).serve()


def worker() -> None:
    """Run the jobs: the search index, mails, payments to settle."""
    from sellier.worker import work  # noqa: PLC0415  the whole domain; nothing else here needs it

    settings = _settings()
    with postgres.running(settings) as database:
        asyncio.run(work(settings, database))


def _settings() -> Settings:
    """Read the settings and begin to log as they say."""
    found = configuration.from_environment()
    logging.set_up(found.log)
    return found
