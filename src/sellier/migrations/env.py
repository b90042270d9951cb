"""Run by Alembic: connects as the owner and applies one straight line of changes."""

from alembic import context
from sqlalchemy import Connection

from sellier.migrations.schema import METADATA, is_ours


def main() -> None:
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_object=is_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


main()
