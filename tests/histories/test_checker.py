"""The checker finds what is planted, and lets pass what could have happened in turn."""

from collections.abc import Sequence

import pytest

from tests.histories.checker import Anomaly, Kind, Transaction, anomalies


def tx(
    name: str,
    reads: dict[str, int] | None = None,
    writes: dict[str, int] | None = None,
    *,
    is_committed: bool = True,
) -> Transaction:
    return Transaction(id=name, reads=reads or {}, writes=writes or {}, is_committed=is_committed)


def test_one_after_the_other_is_in_order() -> None:
    history = [tx(f"t{n}", {"bag": n, "hat": n}, {"bag": n + 1, "hat": n + 1}) for n in range(50)]
    assert anomalies(history) == []


def test_at_once_on_different_keys_is_in_order() -> None:
    history = [
        tx("a", {"bag": 0}, {"bag": 1}),
        tx("b", {"hat": 0}, {"hat": 1}),
        tx("c", {"bag": 1, "hat": 1}),
        tx("d", {"bag": 0, "hat": 1}),  # between b and a
    ]
    assert anomalies(history) == []


PLANTED: dict[str, tuple[Sequence[Transaction], Anomaly]] = {
    "both read 0, and the second overwrites the first": (
        [tx("a", {"bag": 0}, {"bag": 1}), tx("b", {"bag": 0}, {"bag": 2})],
        Anomaly(kind=Kind.LOST_UPDATE, transactions=("a", "b"), key="bag"),
    ),
    "both made the same version": (
        [tx("a", {"bag": 0}, {"bag": 1}), tx("b", {"bag": 0}, {"bag": 1})],
        Anomaly(kind=Kind.FORK, transactions=("a", "b"), key="bag"),
    ),
    "each writes what the other has read": (
        [
            tx("a", {"paris": 0, "lyon": 0}, {"paris": 1}),
            tx("b", {"paris": 0, "lyon": 0}, {"lyon": 1}),
        ],
        Anomaly(kind=Kind.WRITE_SKEW, transactions=("a", "b")),
    ),
    "three skewed in a row": (
        [
            tx("a", {"one": 0}, {"two": 1}),
            tx("b", {"two": 0}, {"three": 1}),
            tx("c", {"three": 0}, {"one": 1}),
        ],
        Anomaly(kind=Kind.WRITE_SKEW, transactions=("a", "b", "c")),
    ),
    "what was read was never committed": (
        [tx("a", {}, {"bag": 1}, is_committed=False), tx("b", {"bag": 1})],
        Anomaly(kind=Kind.ABORTED_READ, transactions=("b",), key="bag"),
    ),
    "half of a change was seen": (
        [tx("a", {}, {"bag": 1, "hat": 1}), tx("b", {"bag": 1, "hat": 0})],
        Anomaly(kind=Kind.STALE_READ, transactions=("a", "b")),
    ),
    "each saw what the other made": (
        [tx("a", {"hat": 1}, {"bag": 1}), tx("b", {"bag": 1}, {"hat": 1})],
        Anomaly(kind=Kind.CIRCLE, transactions=("a", "b")),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_named(name: str) -> None:
    history, expected = PLANTED[name]
    (found, *others) = anomalies(history)
    assert not others
    assert (found.kind, found.key) == (expected.kind, expected.key)
    assert set(found.transactions) == set(expected.transactions)


def test_every_circle_is_named_and_the_rest_is_let_be() -> None:
    pairs = [
        one
        for n in range(3)
        for one in (
            tx(f"a{n}", {f"l{n}": 0}, {f"r{n}": 1}),
            tx(f"b{n}", {f"r{n}": 0}, {f"l{n}": 1}),
        )
    ]
    found = anomalies([*pairs, tx("c", {"bag": 0}, {"bag": 1})])
    assert [one.kind for one in found] == [Kind.WRITE_SKEW] * 3
