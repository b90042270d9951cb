"""Keep what comes back: which units, what they are found to be like, what is owed for them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

APPEND_ONLY = ("return_transition", "return_finding")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.execute(sa.schema.CreateSequence(sa.Sequence("return_number")))
    _create_returns()
    _create_lines()
    _create_history()
    for table in APPEND_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM sellier_app, sellier_worker")


def _create_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("expected_at_id", sa.Uuid(), nullable=True),
        sa.Column("received_at_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_in_time", sa.Boolean(), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refund_minor", sa.BigInteger(), nullable=True),
        sa.Column("delivery_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(refund_minor IS NULL) = (state <> 'settled') AND refund_minor >= delivery_minor"
            " AND delivery_minor >= 0",
            name=op.f("ck_returns_settled_with_a_sum"),
        ),
        sa.CheckConstraint(
            "received_at_id IS NOT NULL OR state NOT IN ('received', 'inspected', 'refused')",
            name=op.f("ck_returns_received_at_a_place"),
        ),
        sa.ForeignKeyConstraint(
            ["expected_at_id"], ["location.id"], name=op.f("fk_returns_expected_at_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_returns_order_id")),
        sa.ForeignKeyConstraint(
            ["received_at_id"], ["location.id"], name=op.f("fk_returns_received_at_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("number", name=op.f("uq_returns_number")),
    )
    op.create_index("ix_returns_created_at", "returns", ["created_at"], unique=False)
    op.create_index(
        "ix_returns_expected",
        "returns",
        ["expected_at_id"],
        unique=False,
        postgresql_where="state IN ('announced', 'on_the_way')",
    )
    op.create_index(
        "ix_returns_lapsing",
        "returns",
        ["lapses_at"],
        unique=False,
        postgresql_where="state = 'announced'",
    )
    op.create_index("ix_returns_order_id", "returns", ["order_id"], unique=False)
    op.create_index(
        "ix_returns_to_settle",
        "returns",
        ["received_at_id"],
        unique=False,
        postgresql_where="state IN ('received', 'inspected')",
    )


def _create_lines() -> None:
    op.create_table(
        "return_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=True),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_line_quantity_positive")),
        sa.CheckConstraint(
            "received BETWEEN 0 AND quantity",
            name=op.f("ck_return_line_received_of_those_announced"),
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_return_line_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_line.id"], name=op.f("fk_return_line_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_line_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint(
            "return_id",
            "line_id",
            "fulfillment_id",
            name=op.f("uq_return_line_return_id_line_id_fulfillment_id"),
        ),
    )
    op.create_index(
        "ix_return_line_part", "return_line", ["fulfillment_id", "line_id"], unique=False
    )


def _create_history() -> None:
    op.create_table(
        "return_transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=True),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_transition_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_transition")),
    )
    op.create_index(
        op.f("ix_return_transition_return_id"), "return_transition", ["return_id"], unique=False
    )
    op.create_table(
        "return_finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("return_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("look", sa.String(length=12), nullable=False),
        sa.Column("disposition", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_finding_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["return_line_id"], ["return_line.id"], name=op.f("fk_return_finding_return_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_finding")),
    )
    op.create_index(
        op.f("ix_return_finding_return_line_id"), "return_finding", ["return_line_id"], unique=False
    )


def downgrade() -> None:
    for table in ("return_finding", "return_transition", "return_line", "returns"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("return_number")))
