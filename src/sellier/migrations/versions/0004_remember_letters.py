"""Remember which letters left."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "order_letter",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_letter_order_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_order_letter")),
    )
    op.create_index(op.f("ix_order_letter_order_id"), "order_letter", ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_order_letter_order_id"), table_name="order_letter")
    op.drop_table("order_letter")
