"""The tests of the tests: every planted fault is noticed, and by the invariant that is about it."""

import pytest

from tests.sabotage.planted import PLANTED
from tests.simulation.run import first_violation

HISTORIES = range(30)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_noticed(name: str) -> None:
    planted = PLANTED[name]

    noticed = first_violation(HISTORIES, planted.parts)

    assert noticed is not None, "nobody noticed"
    assert any(f": {code}" in noticed for code in planted.caught_by), noticed
