from importlib import resources

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sellier.infra.postgres import Database
from sellier.migrations import current


def test_the_newest_migration_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(resources.files("sellier.migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == current.newest()


async def test_a_schema_that_lacks_a_migration_is_not_current(
    database: Database, owner: AsyncEngine
) -> None:
    assert current.is_current(database)
    async with owner.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert not current.is_current(database)
    finally:
        async with owner.begin() as connection:
            await connection.execute(
                text("UPDATE alembic_version SET version_num = :newest"),
                {"newest": current.newest()},
            )
