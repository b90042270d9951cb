"""What concurrent calls did to the database could have happened one after the other."""

from datetime import datetime

import pytest
from hypothesis import settings as hypothesis_settings

from tests.histories import plots
from tests.histories.checker import anomalies
from tests.histories.recorder import Outcome, Recorder

IS_SOAK = hypothesis_settings.get_current_profile_name() == "soak"
SEEDS = range(100 if IS_SOAK else 1)


@pytest.mark.parametrize("seed", SEEDS)
async def test_units_are_taken_and_given_back_as_if_in_turn(
    seed: int, recorder: Recorder, noon: datetime
) -> None:
    await plots.buyers(recorder, seed=seed, rounds=30, now=noon)

    assert anomalies(recorder.history()) == []
    assert recorder.untold(silent=plots.MAY_DO_NOTHING) == []
    assert recorder.count(Outcome.INVOKED) == 0
    assert recorder.count(Outcome.OK) > 50


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_at_one_order_is_as_if_in_turn(
    seed: int, recorder: Recorder, noon: datetime
) -> None:
    bought = await plots.sold(recorder, count=12, now=noon)
    await plots.everybody(recorder, bought, seed=seed, now=noon)

    assert anomalies(recorder.history()) == []
    assert recorder.untold(silent=plots.MAY_DO_NOTHING) == []
    assert recorder.count(Outcome.INVOKED) == 0
    assert recorder.count(Outcome.OK) > 12
