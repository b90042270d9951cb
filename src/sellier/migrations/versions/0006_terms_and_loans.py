"""Say what a location gives to a channel, and what it lends while it may be cut off."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SELLABLE = "on_hand - display - damaged - quality_hold"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _create_terms()
    _create_loans()
    op.add_column("stock_position", sa.Column("lent", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_stock_position_lent_is_there"),
        "stock_position",
        f"lent BETWEEN 0 AND {SELLABLE} - reserved",
    )
    _renew(f"least({SELLABLE} - reserved - safety_stock, lent)")


def downgrade() -> None:
    _renew(f"{SELLABLE} - reserved - safety_stock")
    op.drop_constraint(op.f("ck_stock_position_lent_is_there"), "stock_position", type_="check")
    op.drop_column("stock_position", "lent")
    op.drop_table("loan")
    op.drop_table("location_terms")


def _create_terms() -> None:
    op.create_table(
        "location_terms",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        sa.Column("collects", sa.Boolean(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("buffer", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("buffer >= 0", name=op.f("ck_location_terms_buffer_not_negative")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_location_terms_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_terms_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "channel_id", name=op.f("pk_location_terms")),
    )


def _create_loans() -> None:
    op.create_table(
        "loan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint(
            "location_id", "sku", "source", name=op.f("uq_loan_location_id_sku_source")
        ),
    )
    op.execute("REVOKE UPDATE, DELETE ON loan FROM sellier_app, sellier_worker")


def _renew(available: str) -> None:
    """Put a new formula where PostgreSQL 15 cannot change the one of a column."""
    op.drop_column("stock_position", "available")
    op.add_column(
        "stock_position",
        sa.Column(
            "available", sa.Integer(), sa.Computed(available, persisted=True), nullable=False
        ),
    )
