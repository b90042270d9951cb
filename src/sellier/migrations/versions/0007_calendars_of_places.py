"""Say when places are open and prepare: weekly hours, special days, how long, until when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.add_column(
        "location",
        sa.Column("preparation_minutes", sa.Integer(), server_default="60", nullable=False),
    )
    op.add_column("location", sa.Column("cut_off", sa.Time(), nullable=True))
    op.add_column(
        "location", sa.Column("prepares_on", postgresql.ARRAY(sa.SmallInteger()), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_location_preparation_not_negative"), "location", "preparation_minutes >= 0"
    )
    op.create_table(
        "opening",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_opening_a_day_of_the_week")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_opening_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "weekday", "opens", name=op.f("pk_opening")),
    )
    op.create_table(
        "special_day",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(location_id, country) = 1",
            name=op.f("ck_special_day_of_a_place_or_a_country"),
        ),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL)", name=op.f("ck_special_day_both_hours_or_none")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_special_day_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
    )
    op.create_index(
        "uq_special_day_day",
        "special_day",
        ["day", "location_id", "country", "opens"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("special_day")
    op.drop_table("opening")
    op.drop_constraint(op.f("ck_location_preparation_not_negative"), "location", type_="check")
    for name in ("prepares_on", "cut_off", "preparation_minutes"):
        op.drop_column("location", name)
