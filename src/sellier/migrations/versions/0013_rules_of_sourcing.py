"""Keep rule sets by version, which of them decides for a channel, and what they decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rule_set", "rule_set_live", "sourcing_decision")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _create_rule_sets()
    op.create_table(
        "sourcing_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_set_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("log", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.id"], name=op.f("fk_sourcing_decision_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourcing_decision")),
    )
    op.create_index(op.f("ix_sourcing_decision_order_id"), "sourcing_decision", ["order_id"])
    op.create_index("ix_allocation_location_id", "allocation", ["location_id", "order_id"])
    for table in APPEND_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM sellier_app, sellier_worker")


def downgrade() -> None:
    op.drop_index("ix_allocation_location_id", table_name="allocation")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)


def _create_rule_sets() -> None:
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_rule_set_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_rule_set_name_version")),
    )
    op.create_table(
        "rule_set_live",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("rule_set_id", sa.Uuid(), nullable=False),
        sa.Column("live_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_rule_set_live_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.id"], name=op.f("fk_rule_set_live_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set_live")),
    )
    op.create_index("ix_rule_set_live_channel_id", "rule_set_live", ["channel_id", "live_from"])
