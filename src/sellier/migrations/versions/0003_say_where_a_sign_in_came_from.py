"""Say where a sign-in came from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    # Nothing was kept there before sign-in existed.
    op.add_column("sign_in_failure", sa.Column("address", sa.String(), nullable=False))
    op.drop_index(op.f("ix_sign_in_failure_email"), table_name="sign_in_failure")
    op.create_index("ix_sign_in_failure_address_at", "sign_in_failure", ["address", "at"])
    op.create_index("ix_sign_in_failure_email_at", "sign_in_failure", ["email", "at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_failure_email_at", table_name="sign_in_failure")
    op.drop_index("ix_sign_in_failure_address_at", table_name="sign_in_failure")
    op.create_index(op.f("ix_sign_in_failure_email"), "sign_in_failure", ["email"])
    op.drop_column("sign_in_failure", "address")
