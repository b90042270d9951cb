from importlib import resources

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from sellier.infra.postgres import Database
from sellier.migrations import current


def test_the_newest_migration_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(resources.files("sellier.migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == current.newest()


def test_a_schema_that_lacks_a_migration_is_not_current(
    database: Database, owner: psycopg.Connection
) -> None:
    assert current.is_current(database)
    owner.execute("UPDATE alembic_version SET version_num = '0001'")
    try:
        assert not current.is_current(database)
    finally:
        owner.execute("UPDATE alembic_version SET version_num = %s", [current.newest()])
