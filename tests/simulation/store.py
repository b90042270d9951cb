"""An in-memory store that behaves as PostgreSQL does at READ COMMITTED.

Each statement sees what is committed when it begins, and what its own transaction wrote. Rows that
a transaction changes are locked to its end; who comes second waits, and looks again. A value that
is read and written back later overwrites what others wrote meanwhile: nothing here protects from
that but the locks and conditions that a verb asks for. Who waits in a circle is a violation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tests.simulation.loop import PARK, Loop, Steps, Violation

Row = dict[str, Any]
Address = tuple[str, Any]  # table and key
Change = tuple[Row | None, Row | None]  # before and after
Changes = Mapping[Address, Change]

# What rows are looked up by beside their key.
BELONGS: Final = {
    "line": "order",
    "reservation": "order",
    "allocation": "order",
    "fulfillment": "order",
    "payment": "order",
    "operation": "payment",
    "parcel": "fulfillment",
}


class Taken(Exception):
    """A key that is there already."""


class Store:
    """Tables of committed rows, the locks on them, and who hears of every commit."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.tables: dict[str, dict[Any, Row]] = {}
        self.children: dict[tuple[str, Any], list[Any]] = {}
        self.locks: dict[Address, Transaction] = {}
        self.commits = 0
        self.heard: Callable[[Changes], None] = lambda _changes: None
        self._drawn = 0

    def new_id(self) -> Any:
        """Draw an id; ids sort by when they were drawn."""
        self._drawn += 1
        return self._drawn

    def rows(self, table: str) -> Mapping[Any, Row]:
        return self.tables.setdefault(table, {})

    def of(self, table: str, parent: Any) -> Iterator[tuple[Any, Row]]:
        """Return the committed rows that belong to a parent."""
        rows = self.rows(table)
        for key in self.children.get((table, parent), ()):
            if (row := rows.get(key)) is not None:
                yield key, row

    def apply(self, writes: Mapping[Address, Row | None]) -> None:
        """Make what a transaction wrote true, at once."""
        self.commits += 1
        changes: dict[Address, Change] = {}
        for (table, key), after in writes.items():
            rows = self.tables.setdefault(table, {})
            before = rows.get(key)
            changes[table, key] = (before, after)
            if after is None:
                rows.pop(key, None)
                continue
            rows[key] = after
            if before is None and table in BELONGS:
                known = self.children.setdefault((table, after[BELONGS[table]]), [])
                if key not in known:
                    known.append(key)
        self.heard(changes)


class Transaction:
    """One transaction. Its verbs are steps: between two of them anything may happen."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.loop = store.loop
        self.began: datetime = store.loop.now
        self.writes: dict[Address, Row | None] = {}
        self.held: list[Address] = []
        self.waits_for: Transaction | None = None
        self.waiting: list[Transaction] = []
        self.swept: set[Any] | None = None  # reservations that had ended when it looked
        self.skipped: set[Address] = set()  # rows that others had when these were wanted free
        self._process = store.loop.current
        self._process.open.append(self)

    def get(self, table: str, key: Any) -> Row | None:
        """Read a row as it is now, for this transaction."""
        address = (table, key)
        if address in self.writes:
            return self.writes[address]
        return self.store.rows(table).get(key)

    def of(self, table: str, parent: Any) -> list[tuple[Any, Row]]:
        """Read the rows that belong to a parent, sorted by key."""
        found = dict(self.store.of(table, parent))
        column = BELONGS[table]
        for (name, key), row in self.writes.items():
            if name == table:
                found.pop(key, None)
                if row is not None and row[column] == parent:
                    found[key] = row
        return sorted(found.items())

    def look(self) -> Steps[None]:
        """Take the time of a statement that reads."""
        yield self.loop.lag()

    def lock(self, table: str, key: Any) -> Steps[Row | None]:
        """Lock a row, after whoever has it, and return it as it is then."""
        yield self.loop.lag()
        yield from self._wait((table, key))
        self._hold((table, key))
        return self.get(table, key)

    def lock_all(self, table: str, keys: Iterable[Any]) -> Steps[None]:
        """Lock rows in the order given."""
        for key in keys:
            yield from self.lock(table, key)

    def lock_free(self, table: str, key: Any) -> Steps[Row | None]:
        """Lock a row unless somebody has it."""
        yield self.loop.lag()
        if self.store.locks.get((table, key)) not in (None, self):
            self.skipped.add((table, key))
            return None
        self._hold((table, key))
        return self.get(table, key)

    def update(
        self, table: str, key: Any, condition: Callable[[Row], bool], change: Callable[[Row], Row]
    ) -> Steps[Row | None]:
        """Change a row in one statement, where a condition holds; return it, or None."""
        yield self.loop.lag()
        has_waited = yield from self._wait((table, key))
        row = self.get(table, key)
        if row is None or not condition(row):
            if has_waited:
                self._hold((table, key))  # as there: the lock came with the wait
            return None
        self._hold((table, key))
        after = self.writes[table, key] = {**row, **change(row)}
        return after

    def write(self, table: str, key: Any, **values: Any) -> Steps[None]:
        """Write values into a row, whatever is in it now."""
        yield from self.update(table, key, lambda _row: True, lambda _row: values)

    def change(self, table: str, key: Any, **values: Any) -> None:
        """Write values into a row that this transaction has locked."""
        assert self.store.locks.get((table, key)) is self, f"{table} {key} is not locked"
        row = self.get(table, key)
        assert row is not None
        self.writes[table, key] = {**row, **values}

    def add(self, table: str, row: Row, *, key: Any = None) -> Any:
        """Insert a row; nobody sees it before the transaction commits."""
        key = self.store.new_id() if key is None else key
        self.writes[table, key] = row
        return key

    def add_once(self, table: str, row: Row, *, key: Any) -> Steps[bool]:
        """Insert a row under a key that may be there already, after whoever inserts it too."""
        yield self.loop.lag()
        yield from self._wait((table, key))
        self._hold((table, key))
        if self.get(table, key) is not None:
            return False
        self.writes[table, key] = row
        return True

    def delete(self, table: str, key: Any) -> None:
        assert self.store.locks.get((table, key)) is self, f"{table} {key} is not locked"
        self.writes[table, key] = None

    def save(self) -> tuple[dict[Address, Row | None], int]:
        """Remember where a savepoint is."""
        return dict(self.writes), len(self.held)

    def undo(self, saved: tuple[dict[Address, Row | None], int]) -> None:
        """Go back to a savepoint, and let go of what was locked since."""
        self.writes, held = saved
        self._release(self.held[held:])
        del self.held[held:]

    def commit(self) -> Steps[None]:
        """Make it true. Who dies right before or right after does not know which."""
        yield self.loop.lag()
        self.store.apply(self.writes)
        self.abort()  # lets go of everything; there is nothing left to undo
        yield self.loop.lag()

    def abort(self) -> None:
        self.writes = {}
        self._release(self.held)
        self.held = []
        self.waits_for = None
        if self in self._process.open:
            self._process.open.remove(self)

    def _wait(self, address: Address) -> Steps[bool]:
        has_waited = False
        while (holder := self.store.locks.get(address)) not in (None, self):
            assert holder is not None
            self._wait_for(holder, address)
            has_waited = True
            yield PARK
            self.waits_for = None
        return has_waited

    def _wait_for(self, holder: "Transaction", address: Address) -> None:
        other: Transaction | None = holder
        while other is not None:
            if other is self:
                raise Violation(f"a deadlock over {address} in {self._process.name}")
            other = other.waits_for
        self.waits_for = holder
        holder.waiting.append(self)

    def _hold(self, address: Address) -> None:
        if self.store.locks.get(address) is not self:
            self.store.locks[address] = self
            self.held.append(address)

    def _release(self, addresses: Iterable[Address]) -> None:
        for address in addresses:
            if self.store.locks.get(address) is self:
                del self.store.locks[address]
        woken, self.waiting = self.waiting, []
        for each in woken:
            each.waits_for = None  # until it looks again
            self.loop.wake(each._process)
