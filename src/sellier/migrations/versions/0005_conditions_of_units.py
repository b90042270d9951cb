"""Say in which condition units on hand are, and why a person moved them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CONDITIONS = ("display", "damaged", "quality_hold")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    for name in CONDITIONS:
        column = sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        op.add_column("stock_position", column)
    _renew("on_hand - display - damaged - quality_hold")
    op.create_check_constraint(
        op.f("ck_stock_position_conditions_not_negative"),
        "stock_position",
        "display >= 0 AND damaged >= 0 AND quality_hold >= 0",
    )
    op.add_column(
        "stock_movement",
        sa.Column("condition", sa.String(length=12), server_default="sellable", nullable=False),
    )
    op.add_column("stock_movement", sa.Column("note", sa.String(length=200), nullable=True))
    _source_of("sku", "location_id", "source", "condition")


def downgrade() -> None:
    _source_of("sku", "location_id", "source")
    op.drop_column("stock_movement", "note")
    op.drop_column("stock_movement", "condition")
    op.drop_constraint(
        op.f("ck_stock_position_conditions_not_negative"), "stock_position", type_="check"
    )
    _renew("on_hand")
    for name in CONDITIONS:
        op.drop_column("stock_position", name)


def _renew(sellable: str) -> None:
    """Put a new formula where PostgreSQL 15 cannot change the one of a column."""
    op.drop_column("stock_position", "available")
    op.add_column(
        "stock_position",
        sa.Column(
            "available",
            sa.Integer(),
            sa.Computed(f"{sellable} - reserved - safety_stock", persisted=True),
            nullable=False,
        ),
    )
    name = op.f("ck_stock_position_never_oversold")
    op.drop_constraint(name, "stock_position", type_="check")
    op.create_check_constraint(name, "stock_position", f"{sellable} >= reserved")


def _source_of(*columns: str) -> None:
    op.drop_index("uq_stock_movement_source", table_name="stock_movement")
    op.create_index("uq_stock_movement_source", "stock_movement", list(columns), unique=True)
