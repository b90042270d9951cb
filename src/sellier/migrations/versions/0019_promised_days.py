"""Keep the days that a customer was promised."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.add_column("orders", sa.Column("promised_from", sa.Date(), nullable=True))
    op.add_column("orders", sa.Column("promised_to", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_orders_promise_begins_before_it_ends"),
        "orders",
        "promised_from <= promised_to",
    )


def downgrade() -> None:
    op.drop_column("orders", "promised_to")
    op.drop_column("orders", "promised_from")
