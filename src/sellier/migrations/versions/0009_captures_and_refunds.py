"""Take and give back the money of a payment, in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTERS = ("capture_due_minor", "captured_minor", "refund_due_minor", "refunded_minor")
CHECKS = {
    "counters_not_negative": "capture_due_minor >= 0 AND captured_minor >= 0"
    " AND refund_due_minor >= 0 AND refunded_minor >= 0",
    "captured_within_authorized": "capture_due_minor + captured_minor <= amount_minor",
    "refunded_within_captured": "refunded_minor <= captured_minor AND"
    " refund_due_minor + refunded_minor <= capture_due_minor + captured_minor",
    "captured_only_if_authorized": "state = 'authorized' OR capture_due_minor + captured_minor = 0",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    for name in COUNTERS:
        column = sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        op.add_column("payment", column)
    for name, says in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_payment_{name}"), "payment", says)
    _operations()
    _transitions()


def _operations() -> None:
    op.create_table(
        "payment_operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("provider_operation", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_operation_amount_positive")),
        sa.CheckConstraint(
            "(state = 'done') = (provider_operation IS NOT NULL AND done_at IS NOT NULL)",
            name=op.f("ck_payment_operation_done_is_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_operation_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_operation")),
        sa.UniqueConstraint(
            "provider_operation", name=op.f("uq_payment_operation_provider_operation")
        ),
    )
    op.create_index(
        "uq_payment_operation_source", "payment_operation", ["payment_id", "source"], unique=True
    )
    op.create_index(
        "ix_payment_operation_due",
        "payment_operation",
        ["next_try_at"],
        postgresql_where="state = 'due'",
    )


def _transitions() -> None:
    op.create_table(
        "payment_operation_transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=8), nullable=False),
        sa.Column("before", sa.String(length=8), nullable=False),
        sa.Column("after", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["payment_operation.id"],
            name=op.f("fk_payment_operation_transition_operation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_operation_transition")),
    )
    op.create_index(
        op.f("ix_payment_operation_transition_operation_id"),
        "payment_operation_transition",
        ["operation_id"],
    )
    op.execute(
        "REVOKE UPDATE, DELETE ON payment_operation_transition FROM sellier_app, sellier_worker"
    )


def downgrade() -> None:
    op.drop_table("payment_operation_transition")
    op.drop_table("payment_operation")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_payment_{name}"), "payment", type_="check")
    for name in COUNTERS:
        op.drop_column("payment", name)
