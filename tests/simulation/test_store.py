"""The store of the simulation does what PostgreSQL does, the bad things too."""

from functools import partial

import pytest

from tests.simulation.loop import Loop, Steps, Violation
from tests.simulation.store import Row, Store, Transaction

BUYERS = 20


def counted(units: int) -> Store:
    store = Store(Loop(1))
    store.apply({("counter", name): {"units": units} for name in "ab"})
    return store


def test_a_value_that_is_read_and_written_back_overwrites_what_others_wrote() -> None:
    store = counted(0)

    def more() -> Steps[None]:
        tx = Transaction(store)
        yield from tx.look()
        seen = tx.get("counter", "a") or {}
        yield from tx.write("counter", "a", units=seen["units"] + 1)
        yield from tx.commit()

    for _ in range(BUYERS):
        store.loop.start("buyer", more)
    store.loop.run(until=lambda: False)

    assert store.rows("counter")["a"]["units"] < BUYERS


def test_a_condition_is_looked_at_again_after_waiting() -> None:
    store = counted(7)
    sold = []

    def less(row: Row) -> Row:
        return {"units": row["units"] - 1}

    def buy() -> Steps[None]:
        tx = Transaction(store)
        if (yield from tx.update("counter", "a", lambda row: row["units"] > 0, less)):
            sold.append(1)
        yield from tx.commit()

    for _ in range(BUYERS):
        store.loop.start("buyer", buy)
    store.loop.run(until=lambda: False)

    assert len(sold) == 7
    assert store.rows("counter")["a"]["units"] == 0


def test_who_dies_has_done_nothing_and_holds_nothing() -> None:
    store = counted(1)

    def die() -> Steps[None]:
        tx = Transaction(store)
        yield from tx.write("counter", "a", units=0)
        yield 1_000.0

    dying = store.loop.start("buyer", die)
    store.loop.run(until=lambda: bool(store.locks))
    store.loop.kill(dying)

    assert store.rows("counter")["a"]["units"] == 1
    assert not store.locks


def test_two_who_wait_for_each_other_are_a_violation() -> None:
    store = counted(1)

    def lock(names: str) -> Steps[None]:
        tx = Transaction(store)
        yield from tx.lock_all("counter", names)
        yield 1.0
        yield from tx.commit()

    for number in range(BUYERS):
        store.loop.start("buyer", partial(lock, "ab" if number % 2 else "ba"))
    with pytest.raises(Violation, match="a deadlock"):
        store.loop.run(until=lambda: False)
