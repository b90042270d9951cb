"""Keep the parcels of fulfillments, with their labels."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "parcel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.String(length=50), nullable=True),
        sa.Column("carrier_id", sa.String(length=100), nullable=True),
        sa.Column("tracking_number", sa.String(length=40), nullable=True),
        sa.Column("tracking_url", sa.String(length=600), nullable=True),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'labeled' OR num_nulls(carrier_id, tracking_number, tracking_url, label) = 0",
            name=op.f("ck_parcel_labeled_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_parcel_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    op.create_index("ix_parcel_fulfillment_id", "parcel", ["fulfillment_id"])
    op.create_index(
        "uq_parcel_at_work",
        "parcel",
        ["fulfillment_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'labeled')"),
    )
    op.create_index(
        "ix_parcel_due", "parcel", ["next_try_at"], postgresql_where=sa.text("state = 'asked'")
    )
    op.create_table(
        "parcel_transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_transition_parcel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_transition")),
    )
    op.create_index(op.f("ix_parcel_transition_parcel_id"), "parcel_transition", ["parcel_id"])
    op.execute("REVOKE UPDATE, DELETE ON parcel_transition FROM sellier_app, sellier_worker")


def downgrade() -> None:
    op.drop_table("parcel_transition")
    op.drop_table("parcel")
