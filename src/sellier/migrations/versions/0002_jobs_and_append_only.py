"""Create the job queue's own tables, and take away the right to rewrite history."""

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HISTORY = ("stock_movement", "order_line_transition", "payment_transition")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    connection: Connection = op.get_bind()
    # Straight to the driver: the script holds many statements, and percent signs.
    connection.connection.cursor().execute(SchemaManager.get_schema())
    for table in HISTORY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM sellier_app, sellier_worker")


def downgrade() -> None:
    for table in HISTORY:
        op.execute(f"GRANT UPDATE, DELETE ON {table} TO sellier_app, sellier_worker")
    op.execute("DROP FUNCTION IF EXISTS procrastinate_notify_queue_job_inserted_v1 CASCADE")
