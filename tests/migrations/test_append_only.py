"""What happened is written once: neither the web nor the worker may change or remove it."""

import psycopg

FORGETS = """
    SELECT tablename, role, privilege
    FROM pg_tables, unnest(ARRAY['sellier_app', 'sellier_worker']) AS role,
        unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
    WHERE schemaname = 'public'
        AND (tablename LIKE '%\\_transition' OR tablename LIKE 'stock\\_movement\\_part%'
            OR tablename IN ('stock_movement', 'loan', 'hot_mode', 'rule_set',
                'sourcing_decision', 'staff_action'))
        AND has_table_privilege(role, 'public.' || tablename, privilege)
"""


def test_no_history_can_be_rewritten(owner: psycopg.Connection) -> None:
    assert owner.execute(FORGETS.encode()).fetchall() == []
