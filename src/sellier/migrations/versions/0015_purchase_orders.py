"""Keep purchase orders, and find what is on its way by its SKU."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _create_orders()
    _create_lines()
    op.create_index(
        "ix_purchase_order_line_to_come",
        "purchase_order_line",
        ["sku"],
        postgresql_where="received < quantity",
    )
    op.create_index(
        "ix_transfer_line_in_transit",
        "transfer_line",
        ["sku"],
        postgresql_where="received + missing < sent",
    )


def downgrade() -> None:
    op.drop_index("ix_transfer_line_in_transit", table_name="transfer_line")
    op.drop_table("purchase_order_line")
    op.drop_table("purchase_order")


def _create_orders() -> None:
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=50), nullable=False),
        sa.Column("supplier", sa.String(length=200), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_purchase_order_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_purchase_order_reference")),
    )
    op.create_index(op.f("ix_purchase_order_location_id"), "purchase_order", ["location_id"])


def _create_lines() -> None:
    op.create_table(
        "purchase_order_line",
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=50), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_order_line_quantity_positive")),
        sa.CheckConstraint(
            "damaged BETWEEN 0 AND received", name=op.f("ck_purchase_order_line_damaged_came")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
            name=op.f("fk_purchase_order_line_purchase_order_id"),
        ),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("fk_purchase_order_line_sku")),
        sa.PrimaryKeyConstraint("purchase_order_id", "sku", name=op.f("pk_purchase_order_line")),
    )
