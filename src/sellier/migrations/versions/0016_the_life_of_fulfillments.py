"""Give fulfillments a life of their own, and lines the way in which they reach the customer."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _lines()
    _fulfillments()
    op.create_table(
        "fulfillment_transition",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=True),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"],
            ["fulfillment.id"],
            name=op.f("fk_fulfillment_transition_fulfillment_id_fulfillment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_transition")),
    )
    op.create_index(
        op.f("ix_fulfillment_transition_fulfillment_id"),
        "fulfillment_transition",
        ["fulfillment_id"],
    )
    op.execute("REVOKE UPDATE, DELETE ON fulfillment_transition FROM sellier_app, sellier_worker")
    op.execute(
        "INSERT INTO fulfillment_transition (fulfillment_id, event, after, at, by) "
        "SELECT id, 'open', state, created_at, 'migration' FROM fulfillment"
    )


def _lines() -> None:
    op.add_column(
        "order_line", sa.Column("canceled_units", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "order_line", sa.Column("way", sa.String(length=8), server_default="ship", nullable=False)
    )
    op.add_column("order_line", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_order_line_location_id_location"),
        "order_line",
        "location",
        ["location_id"],
        ["id"],
    )
    # Until now a line was `allocated` once paid for, and `canceled` whether or not it ever was.
    op.execute(
        "UPDATE order_line l SET state = 'lapsed' WHERE state = 'canceled' AND NOT EXISTS ("
        "SELECT FROM order_line_transition t WHERE t.line_id = l.id AND t.after = 'allocated')"
    )
    op.execute("UPDATE order_line SET canceled_units = quantity WHERE state = 'canceled'")
    op.execute("UPDATE order_line SET state = 'confirmed' WHERE state = 'allocated'")
    op.execute(
        "UPDATE order_line_transition t SET after = 'lapsed', event = 'lapse' FROM order_line l "
        "WHERE l.id = t.line_id AND l.state = 'lapsed' AND t.after = 'canceled'"
    )
    op.execute(
        "UPDATE order_line_transition SET after = 'confirmed', event = 'confirm' "
        "WHERE after = 'allocated'"
    )
    op.execute("UPDATE order_line_transition SET before = 'confirmed' WHERE before = 'allocated'")
    op.create_check_constraint(
        op.f("ck_order_line_canceled_of_those_ordered"),
        "order_line",
        "canceled_units BETWEEN 0 AND quantity",
    )
    op.create_check_constraint(
        op.f("ck_order_line_sent_or_at_a_place"),
        "order_line",
        "(way = 'ship') = (location_id IS NULL)",
    )


def _fulfillments() -> None:
    op.add_column(
        "fulfillment", sa.Column("way", sa.String(length=8), server_default="ship", nullable=False)
    )
    op.add_column(
        "fulfillment",
        sa.Column("state", sa.String(length=16), server_default="offered", nullable=False),
    )
    op.add_column("fulfillment", sa.Column("cause", sa.String(length=16), nullable=True))
    op.add_column("fulfillment", sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("pickup_code", sa.String(length=8), nullable=True))
    op.add_column("fulfillment", sa.Column("collect_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("reminded_at", sa.DateTime(timezone=True)))
    op.alter_column("fulfillment", "location_id", nullable=True)
    op.execute(
        "UPDATE fulfillment f SET state = 'canceled', cause = 'unpaid' WHERE NOT EXISTS ("
        "SELECT FROM fulfillment_line fl JOIN order_line l ON l.id = fl.line_id "
        "WHERE fl.fulfillment_id = f.id AND l.state = 'confirmed')"
    )
    op.drop_constraint(op.f("uq_fulfillment_order_id_location_id"), "fulfillment", type_="unique")
    op.drop_index(op.f("ix_fulfillment_location_id"), table_name="fulfillment")
    at_work = "state IN ('offered', 'accepted', 'picked', 'packed', 'ready')"
    op.create_index("ix_fulfillment_order_id", "fulfillment", ["order_id"])
    op.create_index(
        "ix_fulfillment_at_work",
        "fulfillment",
        ["location_id", "state"],
        postgresql_where=sa.text(at_work),
    )
    op.create_index(
        "ix_fulfillment_unsourced",
        "fulfillment",
        ["created_at"],
        postgresql_where=sa.text("state = 'unsourced'"),
    )
    op.create_index(
        "ix_fulfillment_due",
        "fulfillment",
        ["accept_by"],
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_check_constraint(
        op.f("ck_fulfillment_work_has_a_place"),
        "fulfillment",
        "location_id IS NOT NULL OR state NOT IN "
        "('offered', 'accepted', 'picked', 'packed', 'ready', 'handed_over')",
    )
    op.create_check_constraint(
        op.f("ck_fulfillment_line_quantity_positive"), "fulfillment_line", "quantity > 0"
    )
    op.create_index("ix_fulfillment_line_line_id", "fulfillment_line", ["line_id"])


def downgrade() -> None:
    raise NotImplementedError("Units that wait for a location have no place in the schema before.")
