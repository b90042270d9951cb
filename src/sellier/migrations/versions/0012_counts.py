"""Keep counts, and how many units a position is short of."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SELLABLE = "on_hand - display - damaged - quality_hold"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _create_counts()
    _create_lines()
    short = sa.Column("short", sa.Integer(), server_default="0", nullable=False)
    op.add_column("stock_position", short)
    op.create_check_constraint(
        op.f("ck_stock_position_short_on_books"),
        "stock_position",
        f"short BETWEEN 0 AND {SELLABLE}",
    )
    op.create_index(
        "ix_stock_position_short", "stock_position", ["sku"], postgresql_where="short > 0"
    )
    _renew(f"least({SELLABLE} - reserved - safety_stock - short, lent)")


def downgrade() -> None:
    _renew(f"least({SELLABLE} - reserved - safety_stock, lent)")
    op.drop_index("ix_stock_position_short", table_name="stock_position")
    op.drop_constraint(op.f("ck_stock_position_short_on_books"), "stock_position", type_="check")
    op.drop_column("stock_position", "short")
    op.drop_table("stock_count_line")
    op.drop_table("stock_count")


def _create_counts() -> None:
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("shelf", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tolerance", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tolerance >= 0", name=op.f("ck_stock_count_tolerance_not_negative")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_count_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_count_number")),
    )
    op.create_index(op.f("ix_stock_count_location_id"), "stock_count", ["location_id"])


def _create_lines() -> None:
    op.create_table(
        "stock_count_line",
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=50), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_by", sa.String(), nullable=True),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_line_counted_not_negative")),
        sa.CheckConstraint("short >= 0", name=op.f("ck_stock_count_line_short_not_negative")),
        sa.CheckConstraint(
            "num_nulls(counted, expected, counted_at, counted_by) IN (0, 4)",
            name=op.f("ck_stock_count_line_counted_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("fk_stock_count_line_sku")),
        sa.PrimaryKeyConstraint("count_id", "sku", name=op.f("pk_stock_count_line")),
    )


def _renew(available: str) -> None:
    """Put a new formula where PostgreSQL 15 cannot change the one of a column."""
    op.drop_column("stock_position", "available")
    op.add_column(
        "stock_position",
        sa.Column(
            "available", sa.Integer(), sa.Computed(available, persisted=True), nullable=False
        ),
    )
