"""Say what carriers take where, how soon and for how much."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "lane",
        sa.Column("carrier", sa.String(length=50), nullable=False),
        sa.Column("service", sa.String(length=50), nullable=False),
        sa.Column("from_country", sa.String(length=2), nullable=False),
        sa.Column("to_country", sa.String(length=2), nullable=False),
        sa.Column("days_min", sa.SmallInteger(), nullable=False),
        sa.Column("days_max", sa.SmallInteger(), nullable=False),
        sa.Column("cut_off", sa.Time(), nullable=False),
        sa.Column("pickup_days", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("delivery_days", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("prices", postgresql.JSONB(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_currency", sa.String(length=3), nullable=True),
        sa.CheckConstraint("days_min BETWEEN 0 AND days_max", name=op.f("ck_lane_days_in_order")),
        sa.CheckConstraint(
            "(cost_minor IS NULL) = (cost_currency IS NULL)",
            name=op.f("ck_lane_a_cost_has_a_currency"),
        ),
        sa.PrimaryKeyConstraint(
            "carrier", "service", "from_country", "to_country", name=op.f("pk_lane")
        ),
    )


def downgrade() -> None:
    op.drop_table("lane")
