from sellier.domain.carriers.states import (
    FINAL,
    START,
    TRANSITIONS,
    TrackingState,
    TrackingStep,
)


def test_every_state_can_be_reached() -> None:
    reached = {START}
    for _ in TrackingState:
        reached |= {after for (before, _), after in TRANSITIONS.items() if before in reached}
    assert reached == set(TrackingState)


def test_the_final_states_are_those_that_nothing_leaves() -> None:
    left = {before for before, _ in TRANSITIONS}
    assert set(TrackingState) - left == FINAL


def test_only_a_parcel_that_nobody_picked_up_is_canceled() -> None:
    can = {before for before, step in TRANSITIONS if step is TrackingStep.CANCEL}
    assert can == {TrackingState.LABELED}
