"""Chain what staff do, whoever writes the statement: the database notes it at COMMIT."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Every history that says `by` whom, and the rows that are changed by somebody once more.
HISTORIES = (
    *("order_line_transition", "fulfillment_transition", "fulfillment_hold", "order_change"),
    *("payment_transition", "payment_operation_transition", "parcel_transition"),
    *("return_transition", "closure_transition", "stock_paper_transition"),
    *("stock_movement", "loan", "rule_set", "hot_mode", "rule_set_live", "availability_view"),
)

# Deferred: the chain's lock is the last that a transaction takes, and held while it commits only.
# The owner's rights: those who act cannot write here, nor change what is written.
NOTE = """
    CREATE FUNCTION note_staff_action() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        last staff_action%ROWTYPE;
        following bigint;
        entry jsonb := to_jsonb(NEW);
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('staff_action'));
        SELECT * INTO last FROM staff_action ORDER BY number DESC LIMIT 1;
        following := coalesce(last.number, 0) + 1;
        INSERT INTO staff_action (number, history, entry, hash) VALUES (
            following, TG_ARGV[0], entry,
            sha256(coalesce(last.hash, '') || convert_to(
                following || ' ' || TG_ARGV[0] || ' ' || entry::text, 'UTF8'))
        );
        RETURN NULL;
    END $$
"""
TRIGGER = """
    CREATE CONSTRAINT TRIGGER note_staff_{what} AFTER {when} ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.{who} LIKE 'staff:%')
    EXECUTE FUNCTION note_staff_action('{table}')
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "staff_action",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("history", sa.String(length=50), nullable=False),
        sa.Column("entry", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staff_action")),
    )
    op.execute("REVOKE INSERT, UPDATE, DELETE ON staff_action FROM sellier_app, sellier_worker")
    op.execute(NOTE)
    for table in HISTORIES:
        op.execute(TRIGGER.format(what="action", when="INSERT", table=table, who="by"))
    release = "UPDATE OF released_by"
    op.execute(
        TRIGGER.format(what="release", when=release, table="fulfillment_hold", who="released_by")
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER note_staff_release ON fulfillment_hold")
    for table in HISTORIES:
        op.execute(f"DROP TRIGGER note_staff_action ON {table}")
    op.execute("DROP FUNCTION note_staff_action")
    op.drop_table("staff_action")
