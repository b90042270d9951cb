"""Say by channel, maison and purpose which figures count as available."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "availability_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("maison_id", sa.Uuid(), nullable=True),
        sa.Column("counts_inbound", sa.Boolean(), nullable=False),
        sa.Column("keeps_safety", sa.Boolean(), nullable=False),
        sa.Column("keeps_buffer", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('browse', 'promise')",
            name=op.f("ck_availability_view_purpose_that_may_differ"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_availability_view_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["maison_id"], ["maison.id"], name=op.f("fk_availability_view_maison_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_view")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_availability_view_name_version")),
    )
    op.execute("REVOKE UPDATE, DELETE ON availability_view FROM sellier_app, sellier_worker")


def downgrade() -> None:
    op.drop_table("availability_view")
