"""Whether the schema is the newest, asked without Alembic, which is slow to import."""

from importlib import resources

import psycopg

from sellier.infra import postgres


def is_current(database: postgres.Database) -> bool:
    """Tell whether every migration has run."""
    with psycopg.connect(postgres.conninfo(database.admin)) as connection:
        table = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if table is None or table[0] is None:
            return False
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return found == [(newest(),)]


def newest() -> str:
    """Return the revision of the last migration: the number that its file's name begins with."""
    files = (resources.files("sellier.migrations") / "versions").iterdir()
    return max(file.name.partition("_")[0] for file in files if file.name[0].isdigit())
