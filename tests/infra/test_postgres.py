import psycopg
import pytest

from sellier.infra import postgres
from sellier.migrations import run

NO_RIGHT = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


def test_models_and_migrations_say_the_same(database: postgres.Database) -> None:
    run.check(database)


def test_migrating_again_changes_nothing(database: postgres.Database) -> None:
    run.upgrade(database)
    run.check(database)


@pytest.mark.parametrize("role", [postgres.APP, postgres.WORKER, postgres.READER])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE orders",
        "ALTER TABLE orders ADD COLUMN mine int",
        "SET ROLE sellier_owner",
        "CREATE ROLE mine",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_running_processes_hold_no_right_over_the_schema(
    database: postgres.Database, role: str, statement: str
) -> None:
    with (
        psycopg.connect(postgres.conninfo(database.url(role))) as connection,
        pytest.raises(NO_RIGHT),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("role", [postgres.APP, postgres.WORKER])
@pytest.mark.parametrize("table", ["stock_movement", "order_line_transition", "payment_transition"])
def test_history_can_be_added_to_and_never_rewritten(
    database: postgres.Database, role: str, table: str
) -> None:
    for verb in (f"DELETE FROM {table}", f"UPDATE {table} SET by = 'nobody'"):
        with (
            psycopg.connect(postgres.conninfo(database.url(role))) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(verb.encode())


def test_the_reader_reads_and_writes_nothing(database: postgres.Database) -> None:
    with psycopg.connect(postgres.conninfo(database.url(postgres.READER))) as connection:
        connection.execute("SELECT count(*) FROM orders")
        with pytest.raises(psycopg.Error):
            connection.execute("INSERT INTO heartbeat VALUES ('mine', now())")


def test_pages_are_checked_against_bit_rot(database: postgres.Database) -> None:
    with psycopg.connect(postgres.conninfo(database.admin)) as connection:
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
