"""The books agree: stock, orders, payments and returns, and each with its own history."""

from collections.abc import Sequence
from typing import Final

from sellier.invariants.values import Invariant

# What has a state, where its transitions are written, which column names it there, and the state
# it begins in; NULL where its beginning is a transition too.
HISTORIES: Final = (
    ("order_line", "order_line_transition", "line_id", "'pending'"),
    ("payment", "payment_transition", "payment_id", "'created'"),
    ("payment_operation", "payment_operation_transition", "operation_id", "'due'"),
    ("fulfillment", "fulfillment_transition", "fulfillment_id", "NULL"),
    ("parcel", "parcel_transition", "parcel_id", "'asked'"),
    ("returns", "return_transition", "return_id", "NULL"),
    ("transfer", "stock_paper_transition", "paper_id", "'draft'"),
    ("stock_count", "stock_paper_transition", "paper_id", "'open'"),
    ("purchase_order", "stock_paper_transition", "paper_id", "'open'"),
    ("closure", "closure_transition", "closure_id", "NULL"),
)
ASTRAY: Final = """
            SELECT '{table}' AS kind, one.id, one.state, last.after
            FROM {table} one LEFT JOIN LATERAL (
                SELECT after FROM {transitions} WHERE {key} = one.id ORDER BY id DESC LIMIT 1
            ) last ON true
            WHERE one.state IS DISTINCT FROM coalesce(last.after, {start})
"""

INVARIANTS: Final[Sequence[Invariant]] = (
    Invariant(
        code="I1",
        says="Units on hand are the sum of the movements, by SKU, location and condition.",
        query="""
            SELECT coalesce(p.sku, m.sku) AS sku, p.on_hand, m.moved
            FROM stock_position p
            FULL JOIN (
                SELECT sku, location_id, sum(quantity) AS moved,
                    sum(quantity) FILTER (WHERE condition = 'display') AS to_display,
                    sum(quantity) FILTER (WHERE condition = 'damaged') AS to_damaged,
                    sum(quantity) FILTER (WHERE condition = 'quality_hold') AS to_hold
                FROM stock_movement GROUP BY sku, location_id
            ) m ON m.sku = p.sku AND m.location_id = p.location_id
            WHERE coalesce(p.on_hand, 0) <> coalesce(m.moved, 0)
                OR coalesce(p.display, 0) <> coalesce(m.to_display, 0)
                OR coalesce(p.damaged, 0) <> coalesce(m.to_damaged, 0)
                OR coalesce(p.quality_hold, 0) <> coalesce(m.to_hold, 0)
        """,
    ),
    Invariant(
        code="I1",
        says="Units that left on transfers arrived, are in transit, or are written down as lost.",
        query="""
            SELECT sku, m.units AS left_and_not_come, l.units AS in_transit
            FROM (
                SELECT sku, -sum(quantity) AS units FROM stock_movement
                WHERE cause IN ('transfer_out', 'transfer_in') GROUP BY sku
            ) m FULL JOIN (
                SELECT l.sku, sum(l.sent - l.received - l.missing) AS units,
                    bool_or(l.sent <> l.received + l.missing
                        AND t.state NOT IN ('sent', 'partly_received')) AS is_stuck
                FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id GROUP BY l.sku
            ) l USING (sku)
            WHERE coalesce(m.units, 0) <> coalesce(l.units, 0) OR l.is_stuck
        """,
    ),
    Invariant(
        code="I2",
        says="Units reserved are those of open reservations and allocations, and on hand.",
        query="""
            WITH kept AS (
                SELECT sku, location_id, sum(quantity) AS units FROM (
                    SELECT sku, location_id, quantity FROM reservation WHERE state = 'open'
                    UNION ALL SELECT sku, location_id, quantity FROM allocation
                ) each_one GROUP BY sku, location_id
            )
            SELECT coalesce(p.sku, k.sku) AS sku, p.on_hand, p.reserved, k.units
            FROM stock_position p
            FULL JOIN kept k ON k.sku = p.sku AND k.location_id = p.location_id
            WHERE coalesce(p.reserved, 0) <> coalesce(k.units, 0)
                OR p.reserved NOT BETWEEN 0 AND p.on_hand
        """,
    ),
    Invariant(
        code="I3",
        says="Every unit of a paid line is in one fulfillment, and allocated where it is prepared.",
        query="""
            WITH work AS (
                SELECT fl.line_id,
                    sum(fl.quantity) FILTER (WHERE f.state
                        NOT IN ('withdrawn', 'canceled', 'expired')) AS counted,
                    sum(fl.quantity) FILTER (WHERE f.state IN
                    ('set_aside', 'offered', 'accepted', 'picked', 'packed', 'ready')) AS kept
                FROM fulfillment f JOIN fulfillment_line fl ON fl.fulfillment_id = f.id
                GROUP BY fl.line_id
            ), allocated AS (
                SELECT order_line_id, sum(quantity) AS units FROM allocation GROUP BY order_line_id
            )
            SELECT l.id AS line, l.state, l.quantity, l.canceled_units, w.counted, w.kept, a.units
            FROM order_line l
            LEFT JOIN work w ON w.line_id = l.id
            LEFT JOIN allocated a ON a.order_line_id = l.id
            WHERE coalesce(w.counted, 0) <> CASE WHEN l.state NOT IN ('pending', 'lapsed')
                    THEN l.quantity - l.canceled_units ELSE 0 END
                OR coalesce(w.kept, 0) <> coalesce(a.units, 0)
                OR (l.state = 'canceled') <> (l.canceled_units = l.quantity)
        """,
    ),
    Invariant(
        code="I3",
        says="Units are allocated at the very location whose work they are.",
        query="""
            SELECT coalesce(a.order_line_id, w.line_id) AS line, a.quantity, w.units
            FROM allocation a
            FULL JOIN (
                SELECT fl.line_id, f.location_id, sum(fl.quantity) AS units
                FROM fulfillment f JOIN fulfillment_line fl ON fl.fulfillment_id = f.id
                WHERE f.state IN ('set_aside', 'offered', 'accepted', 'picked', 'packed', 'ready')
                GROUP BY fl.line_id, f.location_id
            ) w ON w.line_id = a.order_line_id AND w.location_id = a.location_id
            WHERE coalesce(a.quantity, 0) <> coalesce(w.units, 0)
                AND EXISTS (SELECT FROM order_line l
                    WHERE l.id = coalesce(a.order_line_id, w.line_id))
        """,
    ),
    Invariant(
        code="I3",
        says="What left for an order is a sale in the ledger, unit by unit, and no other is.",
        query="""
            SELECT coalesce(w.source, m.source) AS source, w.sku, w.units, m.units AS sold
            FROM (
                SELECT 'fulfillment:' || f.id AS source, l.sku, f.location_id,
                    sum(fl.quantity) AS units
                FROM fulfillment f
                JOIN fulfillment_line fl ON fl.fulfillment_id = f.id
                JOIN order_line l ON l.id = fl.line_id
                WHERE f.state IN ('handed_over', 'delivered', 'collected', 'lost')
                GROUP BY f.id, l.sku
            ) w
            FULL JOIN (
                SELECT source, sku, location_id, -sum(quantity) AS units FROM stock_movement
                WHERE cause = 'sale' AND source LIKE 'fulfillment:%'
                GROUP BY source, sku, location_id
            ) m ON m.source = w.source AND m.sku = w.sku AND m.location_id = w.location_id
            WHERE coalesce(w.units, 0) <> coalesce(m.units, 0)
        """,
    ),
    Invariant(
        code="I5",
        says="No order without a payment intent, no intent without an order.",
        query="""
            SELECT o.id AS order_id, p.id AS payment_id
            FROM orders o FULL JOIN payment p ON p.order_id = o.id
            WHERE o.id IS NULL OR p.id IS NULL
        """,
    ),
    Invariant(
        code="I6",
        says="No money is kept for an order that was not confirmed.",
        query="""
            SELECT p.id AS payment, l.id AS line, l.state
            FROM payment p JOIN order_line l ON l.order_id = p.order_id
            WHERE p.state = 'authorized' AND l.state IN ('pending', 'lapsed')
        """,
    ),
    Invariant(
        code="I7",
        says="No more is taken than authorized, nor given back than taken; all of it is written.",
        query="""
            WITH moved AS (
                SELECT payment_id,
                    sum(amount_minor) FILTER (WHERE kind = 'capture' AND is_open) AS capture_due,
                    sum(amount_minor) FILTER (WHERE kind = 'capture' AND is_done) AS captured,
                    sum(amount_minor) FILTER (WHERE kind = 'refund' AND is_open) AS refund_due,
                    sum(amount_minor) FILTER (WHERE kind = 'refund' AND is_done) AS refunded,
                    count(DISTINCT currency) AS currencies, min(currency) AS currency,
                    count(provider_operation) - count(DISTINCT provider_operation) AS twice
                FROM payment_operation, LATERAL (
                    SELECT state IN ('due', 'failed') AS is_open, state = 'done' AS is_done
                ) AS told
                GROUP BY payment_id
            )
            SELECT p.id AS payment, p.amount_minor, p.capture_due_minor, p.captured_minor,
                p.refund_due_minor, p.refunded_minor
            FROM payment p LEFT JOIN moved m ON m.payment_id = p.id
            WHERE p.capture_due_minor <> coalesce(m.capture_due, 0)
                OR p.captured_minor <> coalesce(m.captured, 0)
                OR p.refund_due_minor <> coalesce(m.refund_due, 0)
                OR p.refunded_minor <> coalesce(m.refunded, 0)
                OR p.capture_due_minor + p.captured_minor > p.amount_minor
                OR p.refunded_minor > p.captured_minor
                OR m.currencies > 1 OR m.currency <> p.currency OR m.twice > 0
        """,
    ),
    Invariant(
        code="I8",
        says="An order's total is its lines and shipping, and what the provider is asked for.",
        query="""
            SELECT o.number, o.total_minor, sum(l.quantity * l.unit_minor) AS lines, p.amount_minor
            FROM orders o
            JOIN order_line l ON l.order_id = o.id AND l.replaces_id IS NULL
            JOIN payment p ON p.order_id = o.id
            GROUP BY o.id, p.id
            HAVING o.items_minor <> sum(l.quantity * l.unit_minor)
                OR o.total_minor <> o.items_minor + o.shipping_minor
                OR o.total_minor <> p.amount_minor OR o.currency <> p.currency
        """,
    ),
    Invariant(
        code="I9",
        says="The state of whatever has one is the last of its written transitions.",
        query=" UNION ALL ".join(
            ASTRAY.format(table=table, transitions=transitions, key=key, start=start)
            for table, transitions, key, start in HISTORIES
        ),
    ),
    Invariant(
        code="I3",
        says="No more units come back than left, each once, out of the fulfillment they left with.",
        query="""
            SELECT l.fulfillment_id, l.line_id, f.state, fl.quantity, sum(l.units) AS back
            FROM (
                SELECT rl.fulfillment_id, rl.line_id, coalesce(rl.received, rl.quantity) AS units
                FROM return_line rl JOIN returns r ON r.id = rl.return_id
                WHERE r.state NOT IN ('canceled', 'lapsed')
            ) l
            LEFT JOIN fulfillment f ON f.id = l.fulfillment_id
                AND f.state IN ('handed_over', 'delivered', 'collected', 'lost')
            LEFT JOIN fulfillment_line fl
                ON fl.fulfillment_id = f.id AND fl.line_id = l.line_id
            GROUP BY l.fulfillment_id, l.line_id, f.state, fl.quantity
            HAVING coalesce(fl.quantity, 0) < sum(l.units)
        """,
    ),
    Invariant(
        code="I3",
        says="What was taken back is a return in the ledger, unit by unit, where it came.",
        query="""
            SELECT coalesce(b.source, m.source) AS source, b.units, m.units AS moved
            FROM (
                SELECT 'return:' || r.id || ':' || l.id AS source, l.sku, r.received_at_id,
                    CASE f.disposition WHEN 'restock' THEN 'sellable' ELSE f.disposition END
                        AS condition, sum(f.quantity) AS units
                FROM return_finding f
                JOIN return_line l ON l.id = f.return_line_id JOIN returns r ON r.id = l.return_id
                WHERE f.disposition <> 'refuse'
                GROUP BY r.id, l.id, 4
            ) b
            FULL JOIN (
                SELECT source, sku, location_id, condition, sum(quantity) AS units
                FROM stock_movement WHERE source LIKE 'return:%' GROUP BY 1, 2, 3, 4
            ) m ON m.source = b.source AND m.sku = b.sku AND m.location_id = b.received_at_id
                AND m.condition = b.condition
            WHERE coalesce(b.units, 0) <> coalesce(m.units, 0)
        """,
    ),
    Invariant(
        code="I7",
        says="A settled return gives back what was paid for its units, once, and no other does.",
        query="""
            SELECT r.number, r.refund_minor, r.delivery_minor, u.worth, o.amount_minor
            FROM (
                SELECT l.return_id,
                    sum(l.unit_minor * (coalesce(f.taken, l.quantity) - l.exchanged)) AS worth
                FROM return_line l JOIN order_line ol ON ol.id = l.line_id
                LEFT JOIN LATERAL (
                    SELECT coalesce(sum(quantity) FILTER (WHERE disposition <> 'refuse'), 0)
                        AS taken FROM return_finding WHERE return_line_id = l.id
                ) f ON l.received IS NOT NULL
                GROUP BY l.return_id
            ) u JOIN returns r ON r.id = u.return_id
            FULL JOIN payment_operation o ON o.source = 'return:' || r.id
            WHERE CASE WHEN r.state = 'settled'
                THEN r.refund_minor - r.delivery_minor <> u.worth
                    OR o.kind IS DISTINCT FROM CASE WHEN r.refund_minor > 0 THEN 'refund' END
                    OR o.amount_minor <> r.refund_minor OR o.currency <> r.currency
                ELSE o.source LIKE 'return:%' END
        """,
    ),
    Invariant(
        code="I7",
        says="A unit comes back at the price on its order, and delivery is given back once.",
        query="""
            SELECT o.number, o.shipping_minor, sum(r.delivery_minor) AS given_back,
                bool_or(p.is_other) AS is_other
            FROM returns r JOIN orders o ON o.id = r.order_id
            LEFT JOIN LATERAL (
                SELECT bool_or(rl.unit_minor <> ol.unit_minor OR ol.order_id <> r.order_id
                    OR rl.sku <> ol.sku) AS is_other
                FROM return_line rl JOIN order_line ol ON ol.id = rl.line_id
                WHERE rl.return_id = r.id
            ) p ON true
            GROUP BY o.id
            HAVING sum(r.delivery_minor) > o.shipping_minor OR bool_or(p.is_other)
        """,
    ),
    Invariant(
        code="I3",
        says="Units that replace others are set aside until those are here, and no others are.",
        query="""
            SELECT l.id AS line, l.state, f.id AS fulfillment, f.state AS work
            FROM order_line l JOIN fulfillment_line fl ON fl.line_id = l.id
            JOIN fulfillment f ON f.id = fl.fulfillment_id
            WHERE f.state NOT IN ('unsourced', 'withdrawn', 'canceled')
                AND (l.state = 'set_aside') <> (f.state = 'set_aside')
        """,
    ),
    Invariant(
        code="I7",
        says="What replaces a unit costs what that was paid, once, and goes out as it came back.",
        query="""
            SELECT n.id AS line, n.state, n.canceled_units, l.exchanged, r.state AS of_return
            FROM order_line n JOIN order_line o ON o.id = n.replaces_id
            LEFT JOIN return_line l ON l.replacement_id = n.id
            LEFT JOIN returns r ON r.id = l.return_id
            WHERE (n.order_id, n.unit_minor, n.quantity, o.id)
                    IS DISTINCT FROM (o.order_id, o.unit_minor, l.quantity, l.line_id)
                OR CASE WHEN n.state = 'set_aside'
                    THEN l.exchanged > 0 OR r.state NOT IN ('announced', 'on_the_way', 'received')
                    ELSE l.exchanged < n.quantity - n.canceled_units END
        """,
    ),
    Invariant(
        code="I7",
        says="Money of a unit that was exchanged is given back when nothing goes out for it.",
        query="""
            SELECT line, g.owed, m.owed AS written
            FROM (
                SELECT n.id::text AS line, n.unit_minor
                    * greatest(l.exchanged - (n.quantity - n.canceled_units), 0) AS owed
                FROM order_line n JOIN return_line l ON l.replacement_id = n.id
            ) g FULL JOIN (
                SELECT split_part(source, ':', 2) AS line, sum(amount_minor) AS owed
                FROM payment_operation WHERE source LIKE 'replacement:%' GROUP BY 1
            ) m USING (line)
            WHERE coalesce(g.owed, 0) <> coalesce(m.owed, 0)
        """,
    ),
    Invariant(
        code="I7",
        says="Money is taken for what was bought and left, and none for what replaces it.",
        query="""
            SELECT source, w.worth, m.amount_minor
            FROM (
                SELECT 'fulfillment:' || f.id AS source, sum(l.unit_minor * fl.quantity)
                    FILTER (WHERE l.replaces_id IS NULL) AS worth
                FROM fulfillment f JOIN fulfillment_line fl ON fl.fulfillment_id = f.id
                JOIN order_line l ON l.id = fl.line_id
                WHERE f.state IN ('handed_over', 'delivered', 'collected', 'lost') GROUP BY f.id
            ) w LEFT JOIN payment_operation m USING (source)
            WHERE coalesce(w.worth, 0) <> coalesce(m.amount_minor, 0)
        """,
    ),
    Invariant(
        code="I16",
        says="No reservation is open for an order that is paid or canceled.",
        query="""
            SELECT r.id AS reservation, l.state
            FROM reservation r JOIN order_line l ON l.id = r.order_line_id
            WHERE r.state = 'open' AND l.state <> 'pending'
        """,
    ),
)
