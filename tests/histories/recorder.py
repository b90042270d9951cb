"""What concurrent calls of our verbs did to the real database, told by the database itself.

A trigger writes down every change of a row with its transaction, as a witness: it is rolled back
with the change, so that only what was committed is known. Which version of a key a transaction
has seen follows from what it wrote down of itself:

* Work: each transition says what was there `before`.
* A position counts what is kept of it. A transaction that adds three units of reservations to a
  position that then has eight had seen one that had five. Where that was not the last one, whatever
  others had added is overwritten.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import psycopg
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.kernel.errors import Refusal
from tests.histories.checker import Transaction

Sessions = async_sessionmaker[AsyncSession]
Do = Callable[[AsyncSession, str], Awaitable[object]]  # told what it is called

WATCHED: Final = ("stock_position", "reservation", "allocation", "fulfillment_transition")
_BEGIN: Final = """
CREATE TABLE witness (
    number bigint GENERATED ALWAYS AS IDENTITY, xid xid8, kind text, before jsonb, after jsonb
);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.witness (xid, kind, before, after)
    VALUES (pg_current_xact_id(), TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
    RETURN NULL;
END $$;
"""
_WATCH: Final = """
CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION witness();
"""
_READ: Final = "SELECT xid::text, kind, before, after FROM witness ORDER BY number"


class Outcome(StrEnum):
    INVOKED = "invoked"
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"  # whoever called has left


@dataclass(slots=True, kw_only=True)
class Call:
    name: str
    xid: str = ""
    outcome: Outcome = Outcome.INVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One change of one row, as the database saw it."""

    xid: str
    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@contextmanager
def watching(owner: psycopg.Connection) -> Iterator[None]:
    owner.execute(_BEGIN)
    for table in WATCHED:
        owner.execute(_WATCH.format(table=table).encode())
    try:
        yield
    finally:
        owner.execute("DROP FUNCTION witness CASCADE")
        owner.execute("DROP TABLE witness")


@dataclass(slots=True)
class Recorder:
    """Calls verbs, each in a transaction of its own, and keeps what became of each call."""

    sessions: Sessions
    owner: psycopg.Connection
    calls: list[Call] = field(default_factory=list)

    async def call(self, verb: str, do: Do, *, patience: float | None = None) -> Outcome:
        """Call a verb; with `patience`, leave after so many seconds, whatever it is doing."""
        call = Call(name=f"{verb}-{len(self.calls)}")
        self.calls.append(call)
        try:
            await asyncio.wait_for(self._done(call, do), patience)
            call.outcome = Outcome.OK
        except Refusal:
            call.outcome = Outcome.FAILED
        except TimeoutError:
            call.outcome = Outcome.UNKNOWN
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):  # a deadlock is never right
                raise
            call.outcome = Outcome.FAILED
        return call.outcome

    async def _done(self, call: Call, do: Do) -> None:
        async with self.sessions.begin() as db:
            call.xid = await db.scalar(text("SELECT pg_current_xact_id()::text")) or ""
            await do(db, call.name)

    def count(self, outcome: Outcome) -> int:
        return sum(call.outcome is outcome for call in self.calls)

    def written(self) -> Sequence[Written]:
        rows = self.owner.execute(_READ).fetchall()
        return [Written(xid=row[0], kind=row[1], before=row[2], after=row[3]) for row in rows]

    def untold(self, *, silent: Sequence[str] = ()) -> Sequence[str]:
        """Return what calls and traces do not agree on.

        Those whose names begin with one of `silent` may find nothing to do.
        """
        traces = {one.xid for one in self.written()}
        said = [
            f"{call.name} was acknowledged and left no trace"
            for call in self.calls
            if call.outcome is Outcome.OK
            and call.xid not in traces
            and not call.name.startswith(tuple(silent))
        ]
        said += [
            f"{call.name} failed and left a trace"
            for call in self.calls
            if call.outcome is Outcome.FAILED and call.xid in traces
        ]
        return said + [f"{xid} is nobody's" for xid in traces - {call.xid for call in self.calls}]

    def history(self) -> Sequence[Transaction]:
        """Return what every transaction that left a trace saw, and which versions it made."""
        written = self.written()
        reads: dict[str, dict[str, int]] = defaultdict(dict)
        writes: dict[str, dict[str, int]] = defaultdict(dict)
        for key, seen, made in [*_works(written), *_positions(written)]:
            xid, version = made
            reads[xid][key] = seen
            writes[xid][key] = version
        names = {call.xid: call.name for call in self.calls}
        return [
            Transaction(id=names.get(xid, xid), reads=reads[xid], writes=writes[xid])
            for xid in writes
        ]


Change = tuple[str, str, Any, Any]  # key, by whom, before, after
Version = tuple[str, int, tuple[str, int]]  # key, version seen, (by whom, version made)


def _works(written: Sequence[Written]) -> Iterator[Version]:
    """Tell the versions of work: its transitions, each of which says what was before it."""
    rows = [(one.xid, one.after) for one in written if one.kind == "fulfillment_transition"]
    changes = [
        (f"work {row['fulfillment_id']}", xid, row["before"], row["after"])
        for xid, row in rows
        if row is not None
    ]
    for key, runs in _runs(changes).items():
        states = [runs[0][1], *(after for _, _, after in runs)]
        for number, (xid, before, _) in enumerate(runs, start=1):
            yield key, _latest(states[:number], before), (xid, number)


def _positions(written: Sequence[Written]) -> Iterator[Version]:
    """Tell the versions of positions, of which each transaction says what it adds."""
    added = _added(written)
    changes = [
        (_place(one.after), one.xid, one.before["reserved"], one.after["reserved"])
        for one in written
        if one.kind == "stock_position" and one.before and one.after
    ]
    for key, runs in _runs(changes).items():
        counts = [runs[0][1], *(after for _, _, after in runs)]
        for number, (xid, _, after) in enumerate(runs, start=1):
            yield key, _latest(counts[:number], after - added[xid, key]), (xid, number)


def _added(written: Sequence[Written]) -> Counter[tuple[str, str]]:
    """Count the units that each transaction keeps more, or less, of each position."""
    added: Counter[tuple[str, str]] = Counter()
    for one in written:
        if one.kind not in {"reservation", "allocation"}:
            continue
        for row, sign in ((one.after, 1), (one.before, -1)):
            if row is not None:
                added[one.xid, _place(row)] += sign * _kept(row)
    return added


def _runs(changes: Sequence[Change]) -> Mapping[str, Sequence[tuple[str, Any, Any]]]:
    """Put together what one transaction did to a key: who, what was before, and after."""
    runs: dict[str, list[tuple[str, Any, Any]]] = defaultdict(list)
    for key, xid, before, after in changes:
        first = before
        if runs[key] and runs[key][-1][0] == xid:
            _, first, _ = runs[key].pop()
        runs[key].append((xid, first, after))
    return runs


def _latest(versions: Sequence[object], seen: object) -> int:
    """Return the last version that is like the one that was seen; -1 when there was none."""
    return next((n for n in reversed(range(len(versions))) if versions[n] == seen), -1)


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['sku']} at {row['location_id']}"


def _kept(row: Mapping[str, Any]) -> int:
    return int(row["quantity"]) if row.get("state", "open") == "open" else 0
