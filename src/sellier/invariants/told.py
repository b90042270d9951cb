"""Whatever happened is told: each change has its event, and each event its change.

The event is written in the transaction of the change, so no snapshot of the database has one
without the other; and each query here is one statement, which sees one snapshot. Changes and events
are paired by number: two changes have two events.
"""

from collections.abc import Sequence
from typing import Final

from sellier.invariants.values import Invariant

_PAIRED: Final = """
    SELECT name, subject, at, c.times AS happened, t.times AS told
    FROM (
        SELECT name, subject, at, count(*) AS times FROM ({changes}) AS changed
        GROUP BY name, subject, at
    ) c
    FULL JOIN (
        SELECT {name} AS name, {subject} AS subject, happened_at AS at, {times} AS times
        FROM outbox WHERE name {names} GROUP BY 1, 2, 3
    ) t USING (name, subject, at)
    WHERE c.times IS DISTINCT FROM t.times
"""


def _paired(
    says: str,
    *,
    changes: str,
    subject: str,
    names: str,
    name: str = "name",
    times: str = "count(*)",
) -> Invariant:
    """Say that changes, as (name, subject, at), and events of these names are one to one."""
    query = _PAIRED.format(changes=changes, subject=subject, names=names, name=name, times=times)
    return Invariant(code="I10", says=says, query=query)


INVARIANTS: Final[Sequence[Invariant]] = (
    _paired(
        "Every order that is placed, paid, or over is told as such, once.",
        changes="""
            SELECT 'order.placed' AS name, id::text AS subject, placed_at AS at FROM orders
            UNION ALL
            SELECT DISTINCT 'order.paid', l.order_id::text, t.at
            FROM order_line_transition t JOIN order_line l ON l.id = t.line_id
            WHERE t.event = 'confirm' AND t.before = 'pending'
            UNION ALL
            SELECT 'order.canceled', l.order_id::text, max(t.at)
            FROM order_line l LEFT JOIN order_line_transition t ON t.line_id = l.id
            GROUP BY l.order_id
            HAVING bool_and(l.state IN ('lapsed', 'canceled'))
        """,
        subject="payload->>'order_id'",
        names="IN ('order.placed', 'order.paid', 'order.canceled')",
    ),
    _paired(
        "Units of a paid order that will not be delivered are told.",
        changes="""
            SELECT DISTINCT '' AS name, f.order_id::text AS subject, t.at
            FROM fulfillment_transition t JOIN fulfillment f ON f.id = t.fulfillment_id
            WHERE t.event IN ('cancel', 'expire')
        """,
        subject="payload->>'order_id'",
        names="= 'order.units_canceled'",
        name="''",
        times="1",
    ),
    _paired(
        "Every step of the work is told, with the state that it led to.",
        changes="""
            SELECT after AS name, fulfillment_id::text AS subject, at
            FROM fulfillment_transition WHERE event <> 'open'
        """,
        subject="payload->>'fulfillment_id'",
        names="= 'fulfillment.advanced'",
        name="payload->>'state'",
    ),
    _paired(
        "Money that is to be moved is told, and that it was, each time.",
        changes="""
            SELECT 'payment.operation_due' AS name, id::text AS subject, created_at AS at
            FROM payment_operation
            UNION ALL
            SELECT 'payment.operation_due', operation_id::text, at
            FROM payment_operation_transition WHERE event = 'retry'
            UNION ALL
            SELECT CASE o.kind WHEN 'capture' THEN 'payment.captured' ELSE 'payment.refunded' END,
                o.id::text, t.at
            FROM payment_operation_transition t JOIN payment_operation o ON o.id = t.operation_id
            WHERE t.event = 'confirm'
        """,
        subject="payload->>'operation_id'",
        names="IN ('payment.operation_due', 'payment.captured', 'payment.refunded')",
    ),
    _paired(
        "What goes out for a piece that came back is told.",
        changes="""
            SELECT DISTINCT '' AS name, l.return_id::text AS subject, t.at
            FROM order_line_transition t JOIN return_line l ON l.replacement_id = t.line_id
            WHERE t.event = 'confirm'
        """,
        subject="payload->>'return_id'",
        names="= 'exchange.released'",
        name="''",
    ),
    _paired(
        "Every step of a return is told.",
        changes="""
            SELECT 'return.' || after AS name, return_id::text AS subject, at
            FROM return_transition WHERE after <> 'on_the_way'
        """,
        subject="payload->>'return_id'",
        names="LIKE 'return.%'",
    ),
    _paired(
        "Every step of a transfer, a count or a purchase order is told.",
        changes="""
            SELECT 'transfer_' || t.after AS name, t.paper_id::text AS subject, t.at
            FROM stock_paper_transition t JOIN transfer p ON p.id = t.paper_id
            WHERE t.after <> 'draft'
            UNION ALL
            SELECT 'count_' || t.after, t.paper_id::text, t.at
            FROM stock_paper_transition t JOIN stock_count p ON p.id = t.paper_id
            WHERE t.after <> 'open'
            UNION ALL
            SELECT 'purchase_order', t.paper_id::text, t.at
            FROM stock_paper_transition t JOIN purchase_order p ON p.id = t.paper_id
            UNION ALL
            SELECT 'purchase_order', id::text, created_at FROM purchase_order
        """,
        subject=(
            "coalesce(payload->>'transfer_id', payload->>'count_id', payload->>'purchase_order_id')"
        ),
        names="~ '^stock[.](transfer|count|purchase_order)_'",
        name="CASE WHEN name LIKE 'stock.purchase%' THEN 'purchase_order' ELSE substr(name, 7) END",
    ),
    _paired(
        "Every step of a closure is told, and who has to choose.",
        changes="""
            SELECT CASE after WHEN 'closing' THEN 'closure.begun' WHEN 'closed'
                THEN 'closure.finished' ELSE 'closure.' || after END AS name,
                closure_id::text AS subject, at
            FROM closure_transition
            UNION ALL
            SELECT 'closure.customer_asked', id::text, asked_at FROM closure_choice
        """,
        subject="coalesce(payload->>'closure_id', payload->>'choice_id')",
        names="LIKE 'closure.%'",
    ),
    _paired(
        "Every parcel that is packed is told.",
        changes="SELECT '' AS name, id::text AS subject, created_at AS at FROM parcel",
        subject="payload->>'parcel_id'",
        names="= 'parcel.packed'",
        name="''",
    ),
    Invariant(
        code="I10",
        says="Every parcel that is dropped is told, or its label would be paid for.",
        query="""
            SELECT parcel_id, at FROM parcel_transition t
            WHERE event = 'cancel' AND NOT EXISTS (SELECT FROM outbox o
                WHERE o.name = 'parcel.dropped' AND o.payload->>'parcel_id' = t.parcel_id::text
                    AND o.happened_at = t.at)
        """,
    ),
    Invariant(
        code="I10",
        says="Where a parcel is now was told last.",
        query="""
            SELECT k.parcel_id, k.state, t.after
            FROM tracking k LEFT JOIN (
                SELECT DISTINCT ON (payload->>'parcel_id') payload->>'parcel_id' AS parcel,
                    payload->>'after' AS after
                FROM outbox WHERE name = 'parcel.moved' ORDER BY payload->>'parcel_id', id DESC
            ) t ON t.parcel = k.parcel_id::text
            WHERE k.state IS DISTINCT FROM t.after
        """,
    ),
    Invariant(
        code="I10",
        says="Work is opened for a reason that is told: paid, moved, in part canceled, exchanged.",
        query="""
            SELECT t.fulfillment_id, t.at
            FROM fulfillment_transition t JOIN fulfillment f ON f.id = t.fulfillment_id
            LEFT JOIN (
                SELECT DISTINCT payload->>'order_id' AS subject, happened_at AS at
                FROM outbox WHERE name IN ('order.paid', 'order.units_unsourced',
                    'fulfillment.advanced', 'return.announced')
            ) o ON o.subject = f.order_id::text AND o.at = t.at
            WHERE t.event = 'open' AND o.at IS NULL
        """,
    ),
    Invariant(
        code="I10",
        says="What a payment came to is told: its order is paid or over, or the money let go.",
        query="""
            SELECT t.payment_id, t.after, t.at
            FROM payment_transition t JOIN payment p ON p.id = t.payment_id
            LEFT JOIN (
                SELECT DISTINCT coalesce(payload->>'order_id', payload->>'payment_id') AS subject,
                    happened_at AS at
                FROM outbox WHERE name IN
                    ('order.paid', 'order.canceled', 'order.units_canceled', 'payment.void_due')
            ) o ON o.subject IN (p.order_id::text, p.id::text) AND o.at = t.at
            WHERE t.event <> 'ask' AND o.at IS NULL
        """,
    ),
    Invariant(
        code="I10",
        says="Whatever moves in stock is told, so that nobody shows what is not there.",
        query="""
            SELECT m.sku, m.location_id, m.source, m.at
            FROM stock_movement m LEFT JOIN (
                SELECT DISTINCT sku, happened_at AS at
                FROM outbox, jsonb_array_elements_text(payload->'skus') AS sku
                WHERE name = 'stock.positions_changed'
            ) o ON o.sku = m.sku AND o.at = m.at
            WHERE o.at IS NULL
        """,
    ),
    Invariant(
        code="I10",
        says="What the order desk changes of an order is told.",
        query="""
            SELECT c.order_id, c.what, c.at
            FROM order_change c LEFT JOIN (
                SELECT DISTINCT name, payload->>'order_id' AS subject, happened_at AS at
                FROM outbox WHERE name IN ('order.letter_wanted', 'order.units_unsourced')
            ) o ON o.subject = c.order_id::text AND o.at = c.at
                AND (o.name = 'order.letter_wanted') = (c.what = 'letter')
            WHERE c.what IN ('letter', 'size') AND o.at IS NULL
        """,
    ),
)
