"""Somebody who works and dies, at every point of it, again and again, until it is done.

Each try is a process forked from the test, which ends at once at the numbered point: ahead of a
statement, around a COMMIT, around a call of the provider or carrier. The points are counted from
outside, so no code of ours knows of them. What died is tried again and lives one point longer;
so each try finds what the one before left, and few things have to be set up.
"""

import asyncio
import gc
import os
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from sellier.infra import db, keys
from sellier.infra.jobs import Context
from sellier.infra.settings import Settings
from sellier.invariants.check import ALWAYS
from sellier.kernel.errors import Refusal
from tests.conftest import ASKED, EMPTY, together
from tests.faults.dying import DIED, Steps, Watched

NAME: Final = "mortal"
MANY: Final = 400  # points in one verb: more is a loop
_THE_DEAD: Final = b"SELECT 1 FROM pg_stat_activity WHERE application_name = 'mortal'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing that somebody does; it may be done again, and is refused then or does nothing."""

    name: str
    does: Callable[[Context], Awaitable[object]]
    waits: timedelta = timedelta()  # before it is tried again: how long a dead one keeps its claim


def watch(engine: AsyncEngine, steps: Steps) -> None:
    """Make a point of everything that is sent to the database, whoever sends it."""

    class Counting(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **given: Any) -> Any:
            steps(" ".join(str(query).split()[:3]))
            return await super().execute(query, params, **given)

    def listen_in(connection: Any, _record: object) -> None:
        connection.driver_connection.cursor_factory = Counting

    event.listen(engine.sync_engine, "connect", listen_in)
    event.listen(engine.sync_engine, "commit", lambda _connection: steps("COMMIT"))
    event.listen(Session, "after_commit", lambda _session: steps("after COMMIT"))


@dataclass(slots=True, kw_only=True)
class Mortal:
    engine: AsyncEngine
    settings: Settings
    owner: psycopg.Connection
    hooks: str  # where webhooks are heard
    steps: Steps = field(default_factory=Steps)
    died: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        watch(self.engine, self.steps)

    def live(self, verbs: Sequence[Verb], *, now: datetime) -> None:
        """Do all of it, in this process: so every statement is compiled for those who die."""
        for verb in verbs:
            asyncio.run(self._do(verb, now=now))

    def die(self, verbs: Sequence[Verb], *, now: datetime) -> datetime:
        """Do all of it, dying at every point; all invariants hold after every death that counts."""
        gc.collect()
        gc.freeze()  # or each child would copy the pages that its own collector marks
        for verb in verbs:
            for point in range(MANY):
                if self._fork(verb, now=now, point=point) == 0:
                    break
                self.died[verb.name] += 1
                now += verb.waits
            else:
                raise AssertionError(f"{verb.name} never ends")
            self.check(verb.name)
        gc.unfreeze()
        return now

    def check(self, when: str) -> None:
        rows = [cursor.fetchall() for cursor in together(self.owner, ASKED)]
        broken = [(each.says, found) for each, found in zip(ALWAYS, rows, strict=True) if found]
        assert not broken, f"broken by those who died while they did this: {when}"

    def empty(self) -> None:
        together(self.owner, EMPTY)

    async def _do(self, verb: Verb, *, now: datetime) -> None:
        async with httpx.AsyncClient(
            transport=Watched(steps=self.steps), trust_env=False
        ) as client:
            context = Context(
                sessions=db.sessions(self.engine),
                settings=self.settings,
                keys=keys.of(self.settings),
                http=client,
                clock=lambda: now,
            )
            with suppress(Refusal):  # whoever died had done it
                await verb.does(context)
        await self.engine.dispose()

    def _fork(self, verb: Verb, *, now: datetime, point: int) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the others' threads stay here
            pid = os.fork()
        if pid == 0:
            self._end(verb, now=now, point=point)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code in {0, DIED}, f"{verb.name} failed at point {point}"
        self._bury()
        return code

    def _end(self, verb: Verb, *, now: datetime, point: int) -> None:
        code = 1
        try:
            self.steps.names.clear()
            self.steps.dies_at = point
            asyncio.run(self._do(verb, now=now))
            code = 0
        except BaseException:  # noqa: BLE001  whatever it is, this process ends here
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)

    def _bury(self) -> None:
        """Wait until the database has noticed a death, and let go of all that was locked."""
        while self.owner.execute(_THE_DEAD, prepare=True).fetchone():
            time.sleep(0.001)


def summed(died: Mapping[str, int]) -> str:
    return f"{sum(died.values())} kills: " + ", ".join(f"{n} {verb}" for verb, n in died.items())
