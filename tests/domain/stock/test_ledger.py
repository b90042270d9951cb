"""The ledger is kept in parts by SKU; `bench/ledger.py` shows it with ten million movements."""

import psycopg
import pytest

ASKED = {
    "a SKU's newest": "SELECT * FROM stock_movement WHERE sku = 'P-7' ORDER BY id DESC LIMIT 50",
    "whether a source was written": "SELECT FROM stock_movement WHERE sku = 'P-7'"
    " AND location_id = gen_random_uuid() AND source = 'x'",
}


def test_every_part_holds_some_of_many_skus(owner: psycopg.Connection) -> None:
    parts = owner.execute(
        "SELECT satisfies_hash_partition('stock_movement'::regclass, 16, part, 'P-' || n)"
        " FROM generate_series(0, 15) part, generate_series(1, 1000) n"
    ).fetchall()
    assert sum(is_there for (is_there,) in parts) == 1000  # each SKU is in one part alone
    for part in range(16):
        mine = parts[part * 1000 : (part + 1) * 1000]
        assert 30 <= sum(is_there for (is_there,) in mine) <= 100


@pytest.mark.parametrize("question", list(ASKED))
def test_what_is_asked_of_a_sku_looks_into_one_part_by_an_index(
    owner: psycopg.Connection, question: str
) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL enable_seqscan = off")  # tables of tests are small
        owner.execute("SET LOCAL enable_bitmapscan = off")
        rows = owner.execute(f"EXPLAIN {ASKED[question]}".encode()).fetchall()
    plan = "\n".join(line for (line,) in rows)
    assert plan.count(" on stock_movement_part_") == 1
    assert "Index" in plan
    assert "Sort" not in plan
