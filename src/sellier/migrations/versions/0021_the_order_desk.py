"""Keep what the order desk does: holds on work, and changes of orders; find what is late."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "fulfillment_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("released_why", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)",
            name=op.f("ck_fulfillment_hold_released_by_somebody_or_not"),
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"],
            ["fulfillment.id"],
            name=op.f("fk_fulfillment_hold_fulfillment_id_fulfillment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_hold")),
    )
    op.create_index(
        op.f("ix_fulfillment_hold_fulfillment_id"), "fulfillment_hold", ["fulfillment_id"]
    )
    op.create_index(
        "uq_fulfillment_hold_live",
        "fulfillment_hold",
        ["fulfillment_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.execute("REVOKE DELETE ON fulfillment_hold FROM sellier_app, sellier_worker")
    op.create_table(
        "order_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_change_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_line.id"], name=op.f("fk_order_change_line_id_order_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_change")),
    )
    op.create_index(op.f("ix_order_change_order_id"), "order_change", ["order_id"])
    op.execute("REVOKE UPDATE, DELETE ON order_change FROM sellier_app, sellier_worker")
    _what_is_late()


def _what_is_late() -> None:
    states = "('unsourced', 'offered', 'accepted', 'picked', 'packed', 'ready', 'handed_over')"
    op.create_index(
        "ix_fulfillment_open",
        "fulfillment",
        ["state"],
        postgresql_where=sa.text(f"state IN {states}"),
    )
    op.create_index(
        "ix_fulfillment_transition_at",
        "fulfillment_transition",
        ["at"],
        postgresql_using="brin",
    )
    op.create_index(
        "ix_payment_operation_failed",
        "payment_operation",
        ["created_at"],
        postgresql_where=sa.text("state = 'failed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_payment_operation_failed", table_name="payment_operation")
    op.drop_index("ix_fulfillment_transition_at", table_name="fulfillment_transition")
    op.drop_index("ix_fulfillment_open", table_name="fulfillment")
    op.drop_table("order_change")
    op.drop_table("fulfillment_hold")
