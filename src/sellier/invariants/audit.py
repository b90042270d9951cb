"""I18: what staff did is written once, chained, and none of it is missing."""

from collections.abc import Sequence
from typing import Final

from sellier.invariants.values import Invariant

# Where staff act, and the column that says who.
HISTORIES: Final = (
    ("order_line_transition", "by"),
    ("fulfillment_transition", "by"),
    ("fulfillment_hold", "by"),
    ("fulfillment_hold", "released_by"),
    ("order_change", "by"),
    ("payment_transition", "by"),
    ("payment_operation_transition", "by"),
    ("parcel_transition", "by"),
    ("return_transition", "by"),
    ("closure_transition", "by"),
    ("stock_paper_transition", "by"),
    ("stock_movement", "by"),
    ("loan", "by"),
    ("hot_mode", "by"),
    ("rule_set", "by"),
    ("rule_set_live", "by"),
    ("availability_view", "by"),
)
_DID: Final = "SELECT '{table}' AS history, count(*) AS did FROM {table} WHERE {who} LIKE 'staff:%'"

INVARIANTS: Final[Sequence[Invariant]] = (
    Invariant(
        code="I18",
        says="Each record of what staff did is chained to the one before; the first bad one leads.",
        query="""
            SELECT number AS first_bad, history, entry
            FROM (
                SELECT number, history, entry, hash,
                    lag(number, 1, 0::bigint) OVER chain AS before,
                    sha256(coalesce(lag(hash) OVER chain, '') || convert_to(
                        number || ' ' || history || ' ' || entry::text, 'UTF8')) AS must_be
                FROM staff_action WINDOW chain AS (ORDER BY number)
            ) record
            WHERE hash <> must_be OR number <> before + 1
            ORDER BY number
        """,
    ),
    Invariant(
        code="I18",
        says="Whatever staff did is in the audit, the last of it too, and nothing else is.",
        query=f"""
            SELECT history, did, noted
            FROM (
                SELECT history, sum(did) AS did FROM (
                    {" UNION ALL ".join(_DID.format(table=t, who=who) for t, who in HISTORIES)}
                ) each_one GROUP BY history
            ) h FULL JOIN (
                SELECT history, count(*) AS noted FROM staff_action GROUP BY history
            ) a USING (history)
            WHERE coalesce(did, 0) <> coalesce(noted, 0)
        """,
    ),
)
