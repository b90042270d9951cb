"""Close locations, plan what they had to do anew, and ask their customers."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.execute(sa.schema.CreateSequence(sa.Sequence("closure_number")))
    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_reopening", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "planned_reopening > starts_at", name=op.f("ck_closure_reopens_after_it_closes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint("number", name=op.f("uq_closure_number")),
    )
    op.create_index(
        "ix_closure_not_over",
        "closure",
        ["starts_at"],
        unique=False,
        postgresql_where="state IN ('scheduled', 'closing', 'closed')",
    )
    op.create_table(
        "closure_location",
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], name=op.f("fk_closure_location_closure_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_closure_location_location_id")
        ),
        sa.PrimaryKeyConstraint("closure_id", "location_id", name=op.f("pk_closure_location")),
    )
    op.create_index(
        op.f("ix_closure_location_location_id"), "closure_location", ["location_id"], unique=False
    )
    op.create_table(
        "closure_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("cost_before_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("bound_minor", sa.BigInteger(), nullable=False),
        sa.Column("greedy_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], name=op.f("fk_closure_plan_closure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_plan")),
    )
    op.create_index(
        op.f("ix_closure_plan_closure_id"), "closure_plan", ["closure_id"], unique=False
    )
    op.create_table(
        "closure_transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=8), nullable=False),
        sa.Column("before", sa.String(length=9), nullable=True),
        sa.Column("after", sa.String(length=9), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], name=op.f("fk_closure_transition_closure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_transition")),
    )
    op.create_index(
        op.f("ix_closure_transition_closure_id"), "closure_transition", ["closure_id"], unique=False
    )
    op.create_table(
        "closure_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("choice", sa.String(length=9), nullable=True),
        sa.Column("to_location_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'made') = (choice IS NOT NULL)", name=op.f("ck_closure_choice_made_is_said")
        ),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], name=op.f("fk_closure_choice_closure_id")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_closure_choice_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_closure_choice_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["location.id"], name=op.f("fk_closure_choice_to_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_choice")),
        sa.UniqueConstraint(
            "closure_id", "fulfillment_id", name=op.f("uq_closure_choice_closure_id_fulfillment_id")
        ),
    )
    op.create_index(
        "ix_closure_choice_due",
        "closure_choice",
        ["deadline_at"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_index(
        op.f("ix_closure_choice_order_id"), "closure_choice", ["order_id"], unique=False
    )
    op.create_table(
        "closure_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("from_location_id", sa.Uuid(), nullable=True),
        sa.Column("to_location_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_closure_move_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], name=op.f("fk_closure_move_closure_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["location.id"], name=op.f("fk_closure_move_from_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_closure_move_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_line.id"], name=op.f("fk_closure_move_line_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_closure_move_order_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["closure_plan.id"], name=op.f("fk_closure_move_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["location.id"], name=op.f("fk_closure_move_to_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_move")),
    )
    op.create_index(
        "ix_closure_move_closure_id", "closure_move", ["closure_id", "order_id"], unique=False
    )
    op.create_index(
        "ix_closure_move_planned",
        "closure_move",
        ["closure_id"],
        unique=False,
        postgresql_where="state = 'planned'",
    )
    for table in ("closure_transition", "closure_plan"):
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM sellier_app, sellier_worker")
    op.add_column("location", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("location", "closed_at")
    op.drop_index(
        "ix_closure_move_planned", table_name="closure_move", postgresql_where="state = 'planned'"
    )
    op.drop_index("ix_closure_move_closure_id", table_name="closure_move")
    op.drop_table("closure_move")
    op.drop_index(op.f("ix_closure_choice_order_id"), table_name="closure_choice")
    op.drop_index(
        "ix_closure_choice_due", table_name="closure_choice", postgresql_where="state = 'open'"
    )
    op.drop_table("closure_choice")
    op.drop_index(op.f("ix_closure_transition_closure_id"), table_name="closure_transition")
    op.drop_table("closure_transition")
    op.drop_index(op.f("ix_closure_plan_closure_id"), table_name="closure_plan")
    op.drop_table("closure_plan")
    op.drop_index(op.f("ix_closure_location_location_id"), table_name="closure_location")
    op.drop_table("closure_location")
    op.drop_index(
        "ix_closure_not_over",
        table_name="closure",
        postgresql_where="state IN ('scheduled', 'closing', 'closed')",
    )
    op.drop_table("closure")
    op.execute(sa.schema.DropSequence(sa.Sequence("closure_number")))
