"""Sell a SKU as one that everyone wants at once: units are kept for carts."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "hot_mode",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("is_hot", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("fk_hot_mode_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_mode")),
    )
    op.create_index("ix_hot_mode_sku", "hot_mode", ["sku", "id"])
    op.execute("REVOKE UPDATE, DELETE ON hot_mode FROM sellier_app, sellier_worker")
    op.add_column("reservation", sa.Column("cart_id", sa.Uuid(), nullable=True))
    op.alter_column("reservation", "order_id", nullable=True)
    op.alter_column("reservation", "order_line_id", nullable=True)
    for name, condition in (
        ("kept_for_one", "num_nonnulls(order_id, cart_id) = 1"),
        ("of_a_line", "num_nulls(order_id, order_line_id) IN (0, 2)"),
    ):
        op.create_check_constraint(op.f(f"ck_reservation_{name}"), "reservation", condition)
    op.create_index(
        "ix_reservation_cart_id",
        "reservation",
        ["cart_id"],
        postgresql_where="state = 'open' AND cart_id IS NOT NULL",
    )


def downgrade() -> None:
    op.execute(
        """
        WITH gone AS (
            DELETE FROM reservation WHERE order_id IS NULL
            RETURNING sku, location_id, CASE state WHEN 'open' THEN quantity ELSE 0 END AS units
        )
        UPDATE stock_position p SET reserved = reserved - g.units, lent = lent + g.units
        FROM (SELECT sku, location_id, sum(units) AS units FROM gone GROUP BY 1, 2) g
        WHERE p.sku = g.sku AND p.location_id = g.location_id
        """
    )
    op.drop_constraint(op.f("ck_reservation_of_a_line"), "reservation", type_="check")
    op.drop_column("reservation", "cart_id")
    op.alter_column("reservation", "order_id", nullable=False)
    op.alter_column("reservation", "order_line_id", nullable=False)
    op.drop_table("hot_mode")
