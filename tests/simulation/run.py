"""Many histories, one after the other, and what they came to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import process_time
from typing import Final

from tests.simulation.loop import Violation
from tests.simulation.world import OPERATIONS, Parts, World

SEEDS: Final = Path(__file__).with_name("seeds.txt")


@dataclass(slots=True)
class Report:
    """What was done, so that nobody takes an empty history for a good one."""

    histories: int = 0
    operations: int = 0  # while there were faults
    finishing: int = 0
    crashes: int = 0
    notices: int = 0
    commits: int = 0
    orders: int = 0
    seconds: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)  # of fulfillments

    def add(self, world: World) -> None:
        self.histories += 1
        self.operations += OPERATIONS
        self.finishing += world.loop.operations - OPERATIONS
        self.crashes += world.loop.crashes
        self.notices += world.line.notices
        self.commits += world.store.commits
        self.orders += len(world.store.rows("order"))
        self.ends.update(row["state"] for row in world.store.rows("fulfillment").values())

    def __str__(self) -> str:
        return (
            f"{self.operations:,} operations with faults in {self.histories:,} histories, "
            f"{self.finishing:,} more to finish; {self.crashes:,} crashes, {self.notices:,} "
            f"notices, {self.commits:,} commits checked, {self.orders:,} orders; "
            f"{', '.join(f'{n:,} {state}' for state, n in self.ends.most_common())}; "
            f"{self.operations / max(self.seconds, 1e-9):,.0f} operations/s"
        )


def kept_seeds() -> Iterator[int]:
    """Return the seeds that failed once; each is replayed for ever."""
    for line in SEEDS.read_text().splitlines():
        if said := line.partition("#")[0].strip():
            yield int(said)


def campaign(operations: int, *, first: int = 0, parts: Parts | None = None) -> Report:
    """Run the kept seeds, then new ones, until so many operations were done under faults."""
    return histories(_until(operations, [*kept_seeds()], first), parts or Parts())


def histories(seeds: Iterable[int], parts: Parts) -> Report:
    """Run histories; raises `Violation`, which names the seed that shows it."""
    report = Report()
    began = process_time()
    for seed in seeds:
        world = World(seed, parts)
        world.run()
        report.add(world)
    report.seconds = process_time() - began
    return report


def first_violation(seeds: Iterable[int], parts: Parts) -> str | None:
    """Return what goes wrong first in these histories, if anything does."""
    try:
        histories(seeds, parts)
    except Violation as error:
        return str(error)
    return None


def _until(operations: int, kept: list[int], first: int) -> Iterator[int]:
    yield from kept
    done = len(kept) * OPERATIONS
    for seed in count(first):
        if done >= operations:
            return
        yield seed
        done += OPERATIONS
