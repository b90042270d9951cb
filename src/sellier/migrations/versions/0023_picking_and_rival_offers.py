"""Count what was scanned, say where it waits, and offer work to several boutiques."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.add_column("fulfillment", sa.Column("shelf", sa.String(length=20), nullable=True))
    op.add_column("fulfillment", sa.Column("widened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "fulfillment_line", sa.Column("picked", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_fulfillment_line_picked_of_those_wanted"),
        "fulfillment_line",
        "picked BETWEEN 0 AND quantity",
    )
    op.create_table(
        "fulfillment_offer",
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_fulfillment_offer_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_fulfillment_offer_location_id")
        ),
        sa.PrimaryKeyConstraint("fulfillment_id", "location_id", name=op.f("pk_fulfillment_offer")),
    )
    op.create_index(op.f("ix_fulfillment_offer_location_id"), "fulfillment_offer", ["location_id"])


def downgrade() -> None:
    op.drop_table("fulfillment_offer")
    op.drop_column("fulfillment_line", "picked")
    op.drop_column("fulfillment", "widened_at")
    op.drop_column("fulfillment", "shelf")
