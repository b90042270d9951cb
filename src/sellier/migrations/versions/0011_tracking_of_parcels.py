"""Remember what carriers tell of parcels, and the notices that told it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HISTORY = ("tracking_event", "carrier_notice")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "tracking",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("tracking_number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_tracking")),
    )
    op.create_index(
        "ix_tracking_on_the_way",
        "tracking",
        ["told_at"],
        postgresql_where="state NOT IN ('delivered', 'returned', 'canceled')",
    )
    op.create_table(
        "tracking_event",
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_tracking_event_number_positive")),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["tracking.parcel_id"], name=op.f("fk_tracking_event_parcel_id")
        ),
        sa.PrimaryKeyConstraint("parcel_id", "number", name=op.f("pk_tracking_event")),
    )
    op.create_table(
        "carrier_notice",
        sa.Column("notice_id", sa.String(length=200), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_carrier_notice")),
    )
    for table in HISTORY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM sellier_app, sellier_worker")


def downgrade() -> None:
    op.drop_table("carrier_notice")
    op.drop_table("tracking_event")
    op.drop_table("tracking")
