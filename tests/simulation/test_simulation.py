"""A million operations of a shop without a database, with faults everywhere; then all is finished.

`python -m tests.simulation seed N` runs the history of one seed again, step by step the same.
"""

import sys

import pytest
from hypothesis import settings

from tests.simulation.run import campaign
from tests.simulation.world import Parts, World

IS_SOAK = settings.get_current_profile_name() == "soak"


def test_a_million_operations_break_nothing_and_everything_comes_to_an_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = campaign(20_000_000 if IS_SOAK else 1_000_000, first=1_000_000 if IS_SOAK else 0)

    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n")
    assert report.crashes > report.histories
    assert min(report.ends[each] for each in ("delivered", "collected", "expired", "lost")) > 0


def test_a_seed_is_one_history() -> None:
    ends = []
    for _ in range(2):
        world = World(7, Parts())
        world.run()
        ends.append((world.loop.operations, world.loop.seconds, world.store.rows("movement")))

    assert ends[0] == ends[1]
