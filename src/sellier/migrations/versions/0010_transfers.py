"""Keep transfers between locations, and the history of what people fill in about stock."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.execute(sa.schema.CreateSequence(sa.Sequence("stock_paper_number")))
    _create_history()
    _create_transfers()
    _create_lines()


def downgrade() -> None:
    for table in ("transfer_line", "transfer", "stock_paper_transition"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("stock_paper_number")))


def _create_history() -> None:
    op.create_table(
        "stock_paper_transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_paper_transition")),
        sa.UniqueConstraint("paper_id", "key", name=op.f("uq_stock_paper_transition_paper_id_key")),
    )
    op.execute("REVOKE UPDATE, DELETE ON stock_paper_transition FROM sellier_app, sellier_worker")


def _create_transfers() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin_id <> destination_id", name=op.f("ck_transfer_goes_elsewhere")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["location.id"], name=op.f("fk_transfer_destination_id")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["location.id"], name=op.f("fk_transfer_origin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_number")),
    )
    op.create_index(
        "ix_transfer_in_transit",
        "transfer",
        ["destination_id"],
        unique=False,
        postgresql_where="state IN ('sent', 'partly_received')",
    )
    op.create_index(op.f("ix_transfer_origin_id"), "transfer", ["origin_id"], unique=False)


def _create_lines() -> None:
    op.create_table(
        "transfer_line",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=50), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "damaged <= received + over", name=op.f("ck_transfer_line_damaged_arrived")
        ),
        sa.CheckConstraint(
            "least(received, damaged, over, missing) >= 0",
            name=op.f("ck_transfer_line_not_negative"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transfer_line_quantity_positive")),
        sa.CheckConstraint(
            "received + missing <= sent", name=op.f("ck_transfer_line_arrived_was_sent")
        ),
        sa.CheckConstraint(
            "sent BETWEEN 0 AND quantity", name=op.f("ck_transfer_line_sent_as_asked")
        ),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("fk_transfer_line_sku")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_line_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "sku", name=op.f("pk_transfer_line")),
    )
