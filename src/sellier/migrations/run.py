"""Apply the migrations; the one thing that runs as the owner."""

from importlib import resources

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from sellier.infra import postgres

log = structlog.get_logger()


def upgrade(database: postgres.Database) -> None:
    """Bring the schema to the newest version; safe to repeat and to run from two places."""
    postgres.ensure_roles(database)
    with _as_owner(database) as connection:
        config = _config(connection)
        newest = ScriptDirectory.from_config(config).get_current_head()
        with connection.begin():  # two processes that start together take turns
            connection.execute(text("SELECT pg_advisory_lock(727002)"))
            before = MigrationContext.configure(connection).get_current_revision()
        if before != newest:
            command.upgrade(config, "head")
            log.info("schema migrated", before=before, after=newest)


def check(database: postgres.Database) -> None:
    """Raise when the models and the migrations do not say the same."""
    with _as_owner(database) as connection:
        command.check(_config(connection))


def generate(database: postgres.Database, message: str) -> None:
    """Write the next migration from what the models now say; read it before committing it."""
    with _as_owner(database) as connection:
        config = _config(connection)
        newest = ScriptDirectory.from_config(config).get_current_head() or "0"
        command.revision(config, message, autogenerate=True, rev_id=f"{int(newest) + 1:04d}")


def _as_owner(database: postgres.Database) -> Connection:
    return create_engine(database.url(postgres.OWNER), poolclass=NullPool).connect()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("sellier.migrations")))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
