"""In time: whatever has a deadline has ended once it has passed and the worker has had its turn.

Each job looks every 10 to 20 seconds, so a minute is enough, and longer than a restart takes;
those of returns look every five minutes. Work of people (to pick, to inspect, to receive) has no
deadline of ours: the control tower shows it late.
"""

from collections.abc import Sequence
from typing import Final

from sellier.invariants.values import Invariant

_TURN: Final = "interval '1 minute'"
_LONG_TURN: Final = "interval '6 minutes'"
# As long as units are kept for a payment that its provider tells nothing of.
_PATIENCE: Final = "interval '5 minutes'"


def _over(says: str, *, late: str, deadline: str, turn: str = _TURN) -> Invariant:
    """Say that no rows `late`, as a FROM clause with its conditions, are past their deadline."""
    return Invariant(
        code="I17",
        says=says,
        query=f"SELECT {deadline} AS deadline, it.* FROM {late} AND {deadline} < :now - {turn}",
    )


INVARIANTS: Final[Sequence[Invariant]] = (
    Invariant(
        code="I10",
        says="Every event was handed to the jobs that react.",
        query=f"""
            SELECT id, name, happened_at FROM outbox
            WHERE dispatched_at IS NULL AND happened_at < :now - {_TURN}
        """,
    ),
    Invariant(
        code="I16",
        says="No reservation outlives its end by more than a minute.",
        query=f"""
            SELECT id, sku, expires_at FROM reservation
            WHERE state = 'open' AND expires_at < now() - {_TURN}  -- the database's clock decides
        """,
    ),
    _over(
        "Every payment is decided in time: authorized, refused, or let go.",
        late="payment it WHERE state IN ('created', 'requires_action')",
        deadline=f"deadline_at + {_PATIENCE}",
    ),
    _over(
        "Every capture is asked for when it is its turn, and every refund whose money was taken.",
        late="""
            payment_operation it WHERE state = 'due' AND (kind = 'capture' OR (
                SELECT p.captured_minor >= p.refunded_minor + p.refund_due_minor
                FROM payment p WHERE p.id = it.payment_id))
        """,
        deadline="next_try_at",
    ),
    _over(
        "Every label is asked for when it is its turn.",
        late="""
            (SELECT id, fulfillment_id, state, next_try_at FROM parcel) it WHERE state = 'asked'
        """,
        deadline="next_try_at",
    ),
    _over(
        "Every offer that nobody took went elsewhere.",
        late="fulfillment it WHERE state = 'offered'",
        deadline="accept_by",
    ),
    _over(
        "Every pickup that nobody came for was put back.",
        late="fulfillment it WHERE state = 'ready'",
        deadline="collect_by",
    ),
    _over(
        "Every closure whose time has come has begun.",
        late="closure it WHERE state = 'scheduled'",
        deadline="starts_at",
    ),
    _over(
        "What a closure planned anew was carried out.",
        late="""
            (SELECT m.*, p.at FROM closure_move m JOIN closure_plan p ON p.id = m.plan_id) it
            WHERE state = 'planned'
        """,
        deadline="at",
    ),
    _over(
        "Whoever did not choose in time had it decided for them.",
        late="closure_choice it WHERE state = 'open'",
        deadline="deadline_at",
    ),
    _over(
        "Every return that never came has lapsed.",
        late="returns it WHERE state = 'announced'",
        deadline="lapses_at",
        turn=_LONG_TURN,
    ),
    _over(
        "What a carrier lost and did not find in three days was paid back.",
        late="""
            (SELECT f.id, f.order_id, max(t.at) AS lost_at
                FROM fulfillment f JOIN fulfillment_transition t ON t.fulfillment_id = f.id
                WHERE f.state = 'lost' AND t.after = 'lost' GROUP BY f.id) it
            WHERE NOT EXISTS (SELECT FROM return_line l JOIN returns r ON r.id = l.return_id
                WHERE l.fulfillment_id = it.id AND r.state NOT IN ('canceled', 'lapsed'))
        """,
        deadline="lost_at + interval '3 days'",
        turn=_LONG_TURN,
    ),
    _over(
        "Every webhook whose turn it is was tried.",
        late="""
            (SELECT DISTINCT ON (d.endpoint_id, coalesce(d.subject, d.id::text))
                    d.id, d.endpoint_id, d.subject, d.next_try_at
                FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id
                WHERE d.state = 'waiting' AND e.state = 'active'
                ORDER BY d.endpoint_id, coalesce(d.subject, d.id::text), d.sequence, d.id) it
            WHERE true
        """,
        deadline="next_try_at",
    ),
    _over(
        "Every job in the queue had its turn.",
        late="""
            (SELECT id, task_name, status, scheduled_at FROM procrastinate_jobs) it
            WHERE status = 'todo'
        """,
        deadline="scheduled_at",
        turn=_LONG_TURN,
    ),
)
