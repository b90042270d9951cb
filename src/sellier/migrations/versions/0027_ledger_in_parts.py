"""Keep the ledger in parts by SKU, so that it is as quick with a hundred million rows as with one.

Every row is copied while the ledger is locked: a minute for some ten million. A source must count
once for a SKU at a place, and only parts by SKU can hold that; parts by time could not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

PARTS = 16
COLUMNS = "id, sku, location_id, quantity, condition, cause, source, note, by, at"
SOURCE = ["sku", "location_id", "source", "condition"]
# The chain of what staff do hears of the new table as it did of the old one.
TRIGGER = """
    CREATE CONSTRAINT TRIGGER note_staff_action AFTER INSERT ON stock_movement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.by LIKE 'staff:%')
    EXECUTE FUNCTION note_staff_action('stock_movement')
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.execute(sa.schema.CreateSequence(sa.Sequence("stock_movement_number")))
    _set_aside()
    _create(
        sa.Column(
            "id",
            sa.BigInteger(),
            server_default=sa.text("nextval('stock_movement_number')"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("sku", "id", name=op.f("pk_stock_movement")),
        partition_by="HASH (sku)",
    )
    for part in range(PARTS):
        op.execute(
            f"CREATE TABLE stock_movement_part_{part:02} PARTITION OF stock_movement "
            f"FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
        )
        op.execute(_forget(f"stock_movement_part_{part:02}"))
    _bring_back("")
    op.create_index("ix_stock_movement_location_id", "stock_movement", ["location_id", "id"])
    op.execute(
        "SELECT setval('stock_movement_number', (SELECT max(id) FROM stock_movement))"
        " WHERE EXISTS (SELECT FROM stock_movement)"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _set_aside()
    _create(
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    _bring_back("OVERRIDING SYSTEM VALUE")
    op.execute(
        "SELECT setval(pg_get_serial_sequence('stock_movement', 'id'), max(id)) FROM stock_movement"
    )
    op.execute(sa.schema.DropSequence(sa.Sequence("stock_movement_number")))


def _set_aside() -> None:
    """Keep the old rows by another name until they are copied; nobody reads them meanwhile."""
    op.rename_table("stock_movement", "stock_movement_before")
    op.execute("ALTER INDEX pk_stock_movement RENAME TO pk_stock_movement_before")
    op.execute("ALTER INDEX uq_stock_movement_source RENAME TO uq_stock_movement_source_before")


def _create(*what: sa.schema.SchemaItem, partition_by: str | None = None) -> None:
    op.create_table(
        "stock_movement",
        *what,
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=12), server_default="sellable", nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_movement_moves_something")),
        postgresql_partition_by=partition_by,
    )
    op.execute(_forget("stock_movement"))


def _bring_back(overriding: str) -> None:
    op.execute(
        f"INSERT INTO stock_movement ({COLUMNS}) {overriding} "  # noqa: S608  our own words
        f"SELECT {COLUMNS} FROM stock_movement_before ORDER BY id"
    )
    op.drop_table("stock_movement_before")
    op.create_index("uq_stock_movement_source", "stock_movement", SOURCE, unique=True)
    op.execute(TRIGGER)


def _forget(table: str) -> str:
    return f"REVOKE UPDATE, DELETE ON {table} FROM sellier_app, sellier_worker"
