"""Lines that replace others: set aside, let out when the others are back."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEEPS = ("offered", "accepted", "picked", "packed", "ready")
PLACED = (*KEEPS, "handed_over")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.add_column("order_line", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_order_line_replaces_id"), "order_line", "order_line", ["replaces_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_order_line_set_aside_for_another"),
        "order_line",
        "state <> 'set_aside' OR replaces_id IS NOT NULL",
    )
    op.add_column("return_line", sa.Column("replacement_id", sa.Uuid(), nullable=True))
    op.add_column(
        "return_line", sa.Column("exchanged", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_return_line_replacement_id"),
        "return_line",
        "order_line",
        ["replacement_id"],
        ["id"],
    )
    op.create_unique_constraint(
        op.f("uq_return_line_replacement_id"), "return_line", ["replacement_id"]
    )
    op.create_check_constraint(
        op.f("ck_return_line_exchanged_of_those_announced"),
        "return_line",
        "exchanged BETWEEN 0 AND quantity",
    )
    op.create_check_constraint(
        op.f("ck_return_line_exchanged_for_something"),
        "return_line",
        "exchanged = 0 OR replacement_id IS NOT NULL",
    )
    _kept(("set_aside", *KEEPS), placed=("set_aside", *PLACED))


def downgrade() -> None:
    _kept(KEEPS, placed=PLACED)
    op.drop_column("return_line", "exchanged")
    op.drop_column("return_line", "replacement_id")
    op.drop_column("order_line", "replaces_id")


def _kept(states: tuple[str, ...], *, placed: tuple[str, ...]) -> None:
    """Say anew in which states work keeps units, and so has a place."""
    op.drop_constraint(op.f("ck_fulfillment_work_has_a_place"), "fulfillment")
    told = ", ".join(f"'{state}'" for state in placed)
    op.create_check_constraint(
        op.f("ck_fulfillment_work_has_a_place"),
        "fulfillment",
        f"location_id IS NOT NULL OR state NOT IN ({told})",
    )
    op.drop_index("ix_fulfillment_at_work", table_name="fulfillment")
    told = ", ".join(f"'{state}'" for state in states)
    op.create_index(
        "ix_fulfillment_at_work",
        "fulfillment",
        ["location_id", "state"],
        postgresql_where=sa.text(f"state IN ({told})"),
    )
