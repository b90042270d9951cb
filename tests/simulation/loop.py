"""A deterministic loop: processes are generators, time is virtual, chance has a seed.

A process yields the seconds that its next step takes; between two steps any other may run, and it
may die. The same seed and code give the same history, to the last step.
"""

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Final, Protocol, TypeVar

Result = TypeVar("Result")
Steps = Generator[float, None, Result]

PARK: Final = -1.0  # yielded by who waits to be woken
BEGINNING: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Violation(AssertionError):
    """Something that must always be true is not."""


class Open(Protocol):
    """What a process leaves behind when it dies."""

    def abort(self) -> None: ...


@dataclass(slots=True, eq=False)
class Process:
    """A web request, a job, or somebody outside who lives on."""

    name: str
    steps: Steps[None]
    again: Callable[[], Steps[None]] | None  # what begins in its place when it dies
    is_mortal: bool
    open: list[Open] = field(default_factory=list)
    is_over: bool = False


class Loop:
    """Runs the processes, one step at a time, in the order of their virtual times."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.seconds = 0.0
        self.operations = 0
        self.crashes = 0
        self.slow = 0.01  # seconds that a statement takes at most
        self.deadly = 0.0  # how likely a step is a process's last
        self.current: Process
        self._due: list[tuple[float, int, Process]] = []
        self._number = 0

    @property
    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)

    def lag(self) -> float:
        """Return how long the next statement takes."""
        return self.chance.random() * self.slow

    def one_in(self, number: float) -> bool:
        return self.chance.random() * number < 1

    def start(
        self,
        name: str,
        begin: Callable[[], Steps[None]],
        *,
        after: float = 0.0,
        is_reborn: bool = False,
        is_mortal: bool = True,
    ) -> Process:
        """Begin a process; one that is reborn begins anew whenever it dies."""
        process = Process(name, begin(), begin if is_reborn else None, is_mortal)
        self._push(process, after)
        return process

    def wake(self, process: Process) -> None:
        """Let a process that parked go on."""
        if not process.is_over:
            self._push(process, self.lag())

    def kill(self, process: Process) -> None:
        """End a process where it stands: what it had not committed is gone."""
        self.crashes += 1
        process.is_over = True
        for each in list(process.open):
            each.abort()
        process.steps.close()
        if process.again is not None:
            rest = self.chance.random() * 30
            self.start(process.name, process.again, after=rest, is_reborn=True)

    def run(self, *, operations: int | None = None, until: Callable[[], bool]) -> None:
        """Run until the time has come, or so many operations were done."""
        last = None if operations is None else self.operations + operations
        while self._due and not until():
            if last is not None and self.operations >= last:
                return
            self.seconds, _, process = heappop(self._due)
            if process.is_over:
                continue
            if process.is_mortal and self.deadly and self.chance.random() < self.deadly:
                self.kill(process)
                continue
            self._step(process)

    def _step(self, process: Process) -> None:
        self.current = process
        self.operations += 1
        try:
            takes = process.steps.send(None)
        except StopIteration:
            process.is_over = True
            return
        if takes != PARK:
            self._push(process, takes)

    def _push(self, process: Process, after: float) -> None:
        self._number += 1
        heappush(self._due, (self.seconds + after, self._number, process))
